"""Who is on the list, and in which group: to call, because the risk is high; to prepare, because a renewal is near."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from churnrisk import words
from churnrisk.metrics.floor import above, floor_of, kept_to_prepare, worth_a_place
from churnrisk.params import Params
from churnrisk.past.arrays import Mask
from churnrisk.risk_list.structure import RankBy

_Positions = np.ndarray[tuple[int], np.dtype[np.int_]]
TO_CALL, TO_PREPARE, NOT_LISTED = "to_call", "to_prepare", ""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What bounds a list: the settings of the same names in the section `risk_list` of the params."""

    rank_by: RankBy
    length: int
    call_from: float
    keep_from_share: float
    prepare_days: int
    prepare_share: float
    per_owner: float | None = None

    @classmethod
    def of(cls, params: Params) -> "Limits":
        """Those of some params."""
        own = params.risk_list
        return cls(
            rank_by=own.rank_by,
            length=own.length,
            call_from=own.call_from,
            keep_from_share=own.keep_from_share,
            prepare_days=own.prepare_days,
            prepare_share=own.prepare_share,
            per_owner=own.per_owner,
        )

    def floor(self, everybody: pd.DataFrame) -> float:
        """The probability from which an account is called, among all accounts of the date (`probability`)."""
        return floor_of(everybody["probability"].to_numpy(float), self.call_from)


def ranked_by(everybody: pd.DataFrame, wish: RankBy) -> RankBy:
    """What the list is ranked by in the end: without any ARR there is no value to rank by."""
    return wish if (everybody["arr"] > 0).any() else "probability"


def order(everybody: pd.DataFrame, by: RankBy) -> pd.Index:
    """The index in the order of the list, those with most to lose first.

    By value at risk, then probability, then ARR, then `account_id`, so that no tie is left to chance; by probability
    first where `by` says so. An ARR that is not known counts as 0.
    """
    first = ["value_at_risk", "probability"] if by == "value_at_risk" else ["probability", "value_at_risk"]
    keys = everybody[[*first, "arr"]].fillna(0).assign(account_id=everybody["account_id"])
    return keys.sort_values([*first, "arr", "account_id"], ascending=[False, False, False, True]).index


def grouped(
    everybody: pd.DataFrame,
    limits: Limits,
    were_called: Collection[str] = frozenset(),
    were_listed: Collection[str] = frozenset(),
) -> pd.DataFrame:
    """All accounts in the order of the list, those that are not on it last, with `group` and, in words, `why_not`.

    `everybody` has a row an account: `account_id`, `owner`, `probability`, `arr`, `value_at_risk`, `decides_in` (days,
    NaN: no such day) and `is_known` (is enough known of it to say?). `were_listed` was on the list before, and
    `were_called` in its group to call.

    >>> rows = pd.DataFrame({"account_id": list("abc"), "owner": "Ana", "probability": [0.3, 0.02, 0.01], "arr": 100.0})
    >>> rows = rows.assign(value_at_risk=100 * rows["probability"], decides_in=[np.nan, 10, 200], is_known=True)
    >>> limits = Limits(rank_by="probability", length=9, call_from=2.0, keep_from_share=0.75, prepare_days=60,
    ...     prepare_share=0.2)
    >>> grouped(rows, limits)[["account_id", "group", "why_not"]].values.tolist()
    [['a', 'to_call', ''], ['b', 'to_prepare', ''], ['c', '', 'low risk, 1%']]
    """
    by = ranked_by(everybody, limits.rank_by)
    ordered = everybody.loc[order(everybody, by)].reset_index(drop=True)
    risk, known = ordered["probability"].to_numpy(float), ordered["is_known"].to_numpy(bool)
    was = ordered["account_id"].isin(were_called).to_numpy(bool)
    high = above(risk, limits.floor(everybody), was, limits.keep_from_share)
    near = ~high & (ordered["decides_in"] <= limits.prepare_days).to_numpy(bool)
    had_one = ordered["account_id"].isin(were_listed).to_numpy(bool)
    worth = worth_a_place(ordered[by].fillna(0).to_numpy(float), had_one, limits.keep_from_share)
    # The stable sort leaves those of the same worth in the order of the list.
    turn = np.argsort(-worth, kind="stable")
    turn = np.concatenate([turn[high[turn]], turn[near[turn]]])
    chosen = turn[_within(ordered, turn, high[turn], limits)]
    group = np.full(len(ordered), NOT_LISTED, object)
    group[chosen] = np.where(high[chosen], TO_CALL, TO_PREPARE)
    said = [_why_not(*each) for each in zip(group, risk, high, near, known, strict=True)]
    rows = ordered.assign(group=pd.array(group, dtype="str"), why_not=pd.array(said, dtype="str"))
    to_call, to_prepare = rows[rows["group"] == TO_CALL], rows[rows["group"] == TO_PREPARE]
    next_first = to_prepare.sort_values("decides_in", kind="stable")
    return pd.concat([to_call, next_first, rows[rows["group"] == NOT_LISTED]], ignore_index=True)


def _within(ordered: pd.DataFrame, turn: _Positions, high: Mask, limits: Limits) -> Mask:
    """Which of the accounts at `turn` find room, the first come first: for their owner, and in their group.

    Each group has its share of the list, and what one leaves free goes to the other. `high` are those to call.
    """
    taken = np.ones(len(turn), bool)
    if limits.per_owner is not None:
        owners = ordered["owner"]
        each = owners.map(owners.value_counts()).to_numpy(float)[turn]
        room = np.ceil(limits.per_owner * each) if limits.per_owner < 1 else np.full(len(turn), limits.per_owner)
        taken = owners.iloc[turn].groupby(owners.iloc[turn].to_numpy(object)).cumcount().to_numpy() < room
    to_call, to_prepare = taken & high, taken & ~high
    kept = kept_to_prepare(limits.length, limits.prepare_share)
    prepared = min(int(to_prepare.sum()), max(kept, limits.length - int(to_call.sum())))
    return (to_call & (np.cumsum(to_call) <= limits.length - prepared)) | (
        to_prepare & (np.cumsum(to_prepare) <= prepared)
    )


def _why_not(group: str, risk: float, high: bool, near: bool, known: bool) -> str:
    if group:
        return ""
    if high or near:
        what = f"risk of {words.percent(risk)}" if high else "it decides soon"
        return f"{what}, but the list is full"
    return f"low risk, {words.percent(risk)}" if known else "too little is known of it to say"
