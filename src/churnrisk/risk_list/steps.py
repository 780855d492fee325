"""The next step of each row: what plays see of it, and what was done for it before."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from churnrisk.clock import as_date
from churnrisk.explain.known import STAGE
from churnrisk.facts.account import Account
from churnrisk.plays.case import Case, NextStep
from churnrisk.plays.choosing import next_step
from churnrisk.risk_list.inputs import Inputs

SETTLED = ("talked", "done", "not_needed")
"""Outcomes after which the same play would be a nuisance; one without an answer is to be tried again."""


@dataclass(frozen=True)
class Seen:
    """What was made of an account for its words: what its facts saw, and the names of those that are told."""

    account: Account
    told: tuple[str, ...]


def steps(chosen: pd.DataFrame, seen: Mapping[str, Seen], inputs: Inputs) -> dict[str, NextStep | None]:
    """The next step of each of the `chosen`, rows of `placed` in the order of the list, by account.

    A step that a rule holds back is there, with the reason; None where no play holds.
    """
    stages = _stages(inputs.known)
    revenue = 12 * float(inputs.contracts.reindex(columns=["mrr"])["mrr"].sum())
    place = chosen.groupby("owner").cumcount() + 1
    done = _done(inputs.dispositions, as_date(inputs.as_of))
    leaving = set(inputs.in_notice["account_id"].astype(str))
    made = {}
    for each, number in zip(chosen.to_dict("records"), place, strict=True):
        name = str(each["account_id"])
        looked = seen.get(name, Seen(Account(as_of=inputs.as_of), ()))
        case = Case(
            account=looked.account,
            told=looked.told,
            group=each["group"],
            stage=stages.get(name, ""),
            row=_values(each, inputs, revenue),
            owner_place=int(number),
            in_notice=name in leaving,
            **done.get(name, {}),
        )
        made[name] = next_step(inputs.plays, case, inputs.holds)
    return made


def _values(each: Mapping[Any, Any], inputs: Inputs, revenue: float) -> dict[str, float | None]:
    renews_on = each["renews_on"]
    to_renewal = None if pd.isna(renews_on) else float((as_date(renews_on) - as_date(inputs.as_of)).days)
    arr = _number(each["arr"])
    return {
        "probability": float(each["probability"]),
        "arr": arr,
        "value_share": None if arr is None or not revenue else arr / revenue,
        "days_to_decide": _number(each["decides_in"]),
        "days_to_renewal": to_renewal,
    }


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _stages(known: pd.DataFrame) -> dict[str, str]:
    return dict(zip(known["account_id"].astype(str), known[STAGE].astype(str), strict=True)) if STAGE in known else {}


def _done(dispositions: pd.DataFrame, today: dt.date) -> dict[str, dict[str, Any]]:
    """What a case has of the dispositions of its account: by account, the last one first."""
    made: dict[str, dict[str, Any]] = {}
    for each in dispositions.sort_values("known_at", ascending=False, kind="stable").to_dict("records"):
        days = (today - as_date(each["known_at"])).days
        own = made.setdefault(str(each["account_id"]), {"done": {}})
        # What only notes something, such as a verdict, does not end a snooze.
        if "snoozed_until" not in own and not (pd.isna(each["outcome"]) or each["outcome"] == ""):
            until = each["snooze_until"]
            own["snoozed_until"] = None if pd.isna(until) else as_date(until)
            own["snoozed_why"] = "" if pd.isna(each["reason"]) else str(each["reason"])
        if each["outcome"] == "talked":
            own.setdefault("talked", days)
        if not pd.isna(each["play"]) and each["outcome"] in SETTLED:
            own["done"].setdefault(str(each["play"]), days)
    return made
