"""Why a row has its risk: the facts that are told, how the risk adds up, and what moved it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from churnrisk import words
from churnrisk.explain.known import BEFORE
from churnrisk.explain.spoken import Spoken, lowering, raising
from churnrisk.facts.account import Account
from churnrisk.facts.company import company_weeks, dips
from churnrisk.facts.contract import came_into_view
from churnrisk.risk_list.inputs import Inputs
from churnrisk.risk_list.steps import Seen
from churnrisk.risk_list.structure import Reason
from churnrisk.risk_list.what_is_known import flags, lines

LEAST_MOVED = 1.0
"""Percentage points that a fact must have moved the risk by to be named."""


@dataclass(frozen=True)
class Why:
    """Why one account has its risk. `adds_up` and `moved_by` have percentage points by fact, the largest first, and
    `seen` is what plays see of it.
    """

    reasons: tuple[Reason, ...]
    protects: Reason | None
    adds_up: tuple[tuple[str, float], ...]
    moved_by: tuple[tuple[str, float], ...]
    moved: str
    known: tuple[tuple[str, str], ...]
    flags: tuple[str, ...]
    seen: Seen | None = None


def whys(inputs: Inputs, accounts: "pd.Series[str]") -> dict[str, Why]:
    """Why each of some accounts has its risk, by its id.

    Words are made for these accounts alone, because nobody reads those of the others.
    """
    weeks = inputs.usage.set_index("account_id")
    company = company_weeks(weeks.to_numpy(float))
    known = inputs.known.set_index("account_id")
    own = inputs.reasons[inputs.reasons["account_id"].isin(accounts)]
    return {
        str(account): _why(inputs, rows, _account(inputs, str(account), known, weeks, company), str(account))
        for account, rows in own.groupby("account_id")
    }


def moved_together(inputs: Inputs) -> tuple[str, ...]:
    """What the whole company did in the last weeks, so that nobody takes it for the decline of an account."""
    return dips(company_weeks(inputs.usage.drop(columns="account_id").to_numpy(float)), inputs.as_of)


def about(name: str, inputs: Inputs) -> str:
    """What a fact is about, for people; the name itself of one that is in no catalogue any more."""
    return inputs.facts[name].about if name in inputs.facts else words.title(name).lower()


def _account(inputs: Inputs, account: str, known: pd.DataFrame, weeks: pd.DataFrame, company: Any) -> Account:
    row = known.loc[account].to_dict() if account in known.index else {}
    values = {str(name): each for name, each in row.items()}
    drawn = weeks.loc[account].to_numpy(float) if account in weeks.index else np.empty(0)
    return Account(
        as_of=inputs.as_of,
        values={name: each for name, each in values.items() if not name.startswith(BEFORE)},
        values_before={name.removeprefix(BEFORE): each for name, each in values.items() if name.startswith(BEFORE)},
        weeks=drawn,
        company=company if len(drawn) else drawn,
        currency=inputs.currency,
    )


def _why(inputs: Inputs, rows: pd.DataFrame, account: Account, account_id: str) -> Why:
    points = dict(zip(rows["fact"].astype(str), rows["points"].astype(float), strict=True))
    change = dict(zip(rows["fact"].astype(str), rows["change_points"].astype(float), strict=True))
    told, lowers = raising(points, account, inputs.facts), lowering(points, account, inputs.facts)
    return Why(
        reasons=tuple(map(_reason, told)),
        protects=None if lowers is None else _reason(lowers),
        adds_up=_by_size(points, inputs),
        moved_by=_by_size({**change, **inputs.by_model.get(account_id, {})}, inputs),
        moved=_moved(change, account, inputs),
        known=lines(account),
        flags=flags(account),
        seen=Seen(account, tuple(each.fact.name for each in told)),
    )


def _reason(each: Spoken) -> Reason:
    return Reason(sentence=each.sentence, fact=each.fact.about, points=round(each.points, 1))


def _by_size(points: Mapping[str, float], inputs: Inputs) -> tuple[tuple[str, float], ...]:
    """Points by fact, the largest first, to a tenth; what is not known is nothing."""
    known = [(about(name, inputs), each) for name, each in points.items() if each == each]
    return tuple((name, round(each, 1) + 0.0) for name, each in sorted(known, key=lambda one: (-abs(one[1]), one[0])))


def _moved(change: Mapping[str, float], account: Account, inputs: Inputs) -> str:
    """The fact that moved the risk most in the direction of the whole change; empty where none did by much."""
    if not change or any(each != each for each in change.values()):
        return ""
    direction = 1 if sum(change.values()) >= 0 else -1
    name, most = max(change.items(), key=lambda each: (direction * each[1], each[0]))
    if direction * most < LEAST_MOVED:
        return ""
    into_view = name == "contract" and most > 0 and came_into_view(account)
    what = "renewal came into view" if into_view else about(name, inputs)
    return f"{what}: {words.signed_points(most)}"
