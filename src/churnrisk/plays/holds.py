"""Rules that hold a step back, each with its words: nobody is overwhelmed, or asked at the wrong time."""

from dataclasses import dataclass

from churnrisk.clock import as_date
from churnrisk.params.plays import Plays as Settings
from churnrisk.plays.case import Case, NextStep
from churnrisk.rules import Rule, Rules

__all__ = ["ASKS", "HOLDS", "Held", "Settings"]


@dataclass(frozen=True)
class Held:
    """A step that is about to be shown, for which account, and the settings of the rules."""

    step: NextStep
    case: Case
    settings: Settings


def _asks(each: Held) -> bool:
    return each.step.kind in ("nudge", "advocacy")


def _in_notice(each: Held) -> bool:
    return each.case.in_notice or (_asks(each) and each.case.stage == "lapsing" and each.step.practice != "S7")


def _snoozed(each: Held) -> bool:
    until = each.case.snoozed_until
    return until is not None and until > as_date(each.case.account.as_of)


def _critical(each: Held) -> bool:
    return _asks(each) and (each.case.value("urgent_cases_open") or 0) > 0


def _advocacy(each: Held) -> bool:
    return each.step.kind == "advocacy" and each.case.group == "to_call"


def _cooling(each: Held) -> bool:
    """Somebody has just been in touch, or for a call: has just spoken with them, because a message that nobody answered
    is no reason not to call. A decision that is near can't wait.
    """
    left = each.case.row.get("days_to_decide")
    near = left is not None and 0 <= left <= each.settings.urgent_days
    last = "days_since_contact" if _asks(each) else "days_since_conversation"
    return (
        not near
        and each.step.kind != "payment"
        and any(d is not None and d < each.settings.cool_down_days for d in (each.case.value(last), each.case.talked))
    )


def _often(each: Held) -> bool:
    return _asks(each) and (each.case.value("contacts_last_fortnight") or 0) >= each.settings.contacts_in_two_weeks


def _done(each: Held) -> bool:
    days = each.case.done.get(each.step.play)
    return days is not None and days < each.settings.again_after_days


def _full(each: Held) -> bool:
    most = each.settings.steps_per_owner
    return most is not None and each.case.owner_place > most


HOLDS: Rules[Held, bool] = Rules(
    [
        Rule("in notice", "It has given notice or is long gone: thank them, and ask for nothing.", _in_notice),
        Rule("snoozed", "Its owner has put it off.", _snoozed),
        Rule("critical case", "A critical support case is open: no asks until it is solved.", _critical),
        Rule("at risk", "No favour is asked of an account at risk.", _advocacy),
        Rule("cool-down", "We were in touch a few days ago.", _cooling),
        Rule("often", "It has heard from us often in the last two weeks.", _often),
        Rule("done", "This was done lately; see first what comes of it.", _done),
        Rule("owner's share", "Its owner has enough to do this week; it comes after those above.", _full),
    ]
)
"""In the order in which they are tried; the first that holds is named and counted."""

ASKS = ("critical case", "at risk", "often")
"""The rules that hold asks alone; a person may still call."""
