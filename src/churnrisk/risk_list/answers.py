"""What came back of earlier lists, in words: what was done for an account, and how its owner sees it.

A verdict stands beside the model's probability and is never averaged with it: where both disagree, a head of customer
success looks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from churnrisk import words
from churnrisk.clock import as_date, day
from churnrisk.risk_list.inputs import Inputs
from churnrisk.risk_list.structure import Disagreement

_OUTCOMES = {"talked": "Talked", "no_answer": "No answer", "done": "Done", "not_needed": "Not needed", "": "Noted"}
LONGEST = 20
"""As many disagreements as one looks through in a meeting; the rest are smaller."""


@dataclass(frozen=True)
class Answer:
    """What was `done` last, and the owner's last `verdict` with its `reason`; empty where there is none."""

    done: str = ""
    verdict: str = ""
    reason: str = ""

    @property
    def stated(self) -> str:
        """
        >>> Answer(verdict="safe", reason="renewing").stated
        'safe: renewing'
        """
        return _with(self.verdict, self.reason)


def answers(inputs: Inputs) -> dict[str, Answer]:
    """The answer of each account for which one came back before the date."""
    rows = inputs.dispositions.fillna(dict.fromkeys(("outcome", "who", "reason", "verdict"), ""))
    done: dict[str, str] = {}
    verdicts: dict[str, tuple[str, str]] = {}
    for each in rows.to_dict("records"):  # the oldest first, so that the last one stays
        account = str(each["account_id"])
        if each["outcome"] or not each["verdict"]:
            done[account] = _done(each, inputs)
        if each["verdict"]:
            # It was said of the window of its list; once that is over, it has come true or not.
            holds = inputs.window.closes(day(each["as_of"])) > inputs.as_of
            verdicts[account] = (each["verdict"], each["reason"]) if holds else ("", "")
    return {name: Answer(done.get(name, ""), *verdicts.get(name, ("", ""))) for name in {*done, *verdicts}}


def _done(each: Mapping[Any, Any], inputs: Inputs) -> str:
    """
    >>> from types import SimpleNamespace
    >>> row = {"as_of": pd.Timestamp("2025-01-06"), "outcome": "talked", "who": "Ana", "reason": "renewing"}
    >>> _done(row | {"snooze_until": pd.NaT}, SimpleNamespace(as_of=day("2025-01-13")))
    'Talked after the list of 6 Jan (Ana): renewing'
    """
    until, same_year = each["snooze_until"], as_date(inputs.as_of).year == each["as_of"].year
    parts = [] if each["outcome"] == "snoozed" else [_OUTCOMES[each["outcome"]]]
    if not pd.isna(until):
        parts.append(f"{'snoozed' if parts else 'Snoozed'} until {words.short_date(day(until))}")
    of_list = words.short_date(day(each["as_of"])) if same_year else words.date(day(each["as_of"]))
    who = f" ({each['who']})" if each["who"] else ""
    return _with(f"{', '.join(parts)} after the list of {of_list}{who}", each["reason"])


def _with(text: str, reason: str) -> str:
    return f"{text}: {reason}" if text and reason else text


def disagreements(everybody: pd.DataFrame, inputs: Inputs, floor: float) -> tuple[Disagreement, ...]:
    """Watched accounts of which the owner says otherwise than the model, the highest revenue first, at most 20.

    The model says that an account is at risk where its probability is that of `floor` or more; `everybody` is that of
    `placed`.
    """
    given = answers(inputs)
    rows = everybody[everybody["account_id"].isin([name for name, each in given.items() if each.verdict])]
    rows = rows.sort_values(["arr", "account_id"], ascending=[False, True])
    both = ((each, given[each["account_id"]]) for each in rows.to_dict("records"))
    return tuple(
        Disagreement(
            account_id=each["account_id"],
            name=each["name"],
            owner=each["owner"],
            probability=round(each["probability"], 6),
            verdict=own.verdict,
            reason=own.reason,
        )
        for each, own in both
        if (each["probability"] >= floor) == (own.verdict == "safe")
    )[:LONGEST]
