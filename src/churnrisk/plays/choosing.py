"""The next step of an account: the first play that holds, can be said and is not passed over."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from churnrisk import words
from churnrisk.clock import as_date
from churnrisk.plays.case import Case, NextStep
from churnrisk.plays.holds import ASKS, HOLDS, Held, Settings
from churnrisk.plays.play import Play
from churnrisk.plays.saying import said
from churnrisk.rules import Rule

PASSED_OVER = {"payment": ("done",), "nudge": ASKS, "advocacy": ASKS}
"""By kind of play, the rules that hold that step and leave room for another one: a reminder that went out, and an ask
at the wrong time. The other rules are about the account, and hold whatever would come next."""


def next_step(plays: Sequence[Play], case: Case, settings: Settings) -> NextStep | None:
    """The step of an account; None where no play holds.

    Where something is owed, a payment reminder comes before any other play, wherever it stands in the file: nobody is
    won back by a call that passes over an invoice. Once it was sent, the other plays have their turn.
    """
    fitting = [step for play in plays if play.when.holds(case) and (step := _step(play, case)) is not None]
    in_order = sorted(fitting, key=lambda step: step.kind != "payment")
    tried = [(step, _rule(step, case, settings)) for step in in_order]
    open_ones = (each for each in tried if each[1] is None or each[1].name not in PASSED_OVER.get(each[0].kind, ()))
    # Where all are passed over, the first is shown with its reason: a row without a step would look forgotten.
    chosen = next(open_ones, tried[0] if tried else None)
    if chosen is None:
        return None
    step, rule = chosen
    return step if rule is None else replace(step, held=_why_held(rule, case), rule=rule.name)


def _rule(step: NextStep, case: Case, settings: Settings) -> Rule[Held, bool] | None:
    return next((rule for rule in HOLDS if rule(Held(step, case, settings))), None)


def _why_held(rule: Rule[Held, bool], case: Case) -> str:
    if rule.name != "snoozed" or case.snoozed_until is None:
        return rule.words
    why = f": {case.snoozed_why}" if case.snoozed_why else ""
    return f"Snoozed until {words.short_date(case.snoozed_until)}{why}."


def _step(play: Play, case: Case) -> NextStep | None:
    step, opening = said(play.say, case), said(play.opening, case)
    if step is None or opening is None:
        return None
    return NextStep(
        play=play.play,
        practice=play.practice,
        kind=play.kind,
        words=step,
        due_on=_due_on(play, case),
        by=play.by,
        opening=opening,
    )


def _due_on(play: Play, case: Case) -> dt.date:
    """Never after the last day for notice, when it would be too late."""
    left = case.row.get("days_to_decide")
    days = play.due_days if left is None or left < 0 else min(play.due_days, int(left))
    return as_date(case.account.as_of) + dt.timedelta(days=days)
