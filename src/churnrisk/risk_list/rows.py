"""The rows of the list: whom to call, in which order, and why."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pandas as pd

from churnrisk.clock import Day, as_date
from churnrisk.errors import ModelError
from churnrisk.model.log_odds import probability
from churnrisk.risk_list.inputs import Inputs
from churnrisk.risk_list.structure import RankBy, Row
from churnrisk.risk_list.why import Why, whys

NO_OWNER = "no owner"
_LADDER = "probability_"
_NO_WHY = Why(reasons=(), protects=None, adds_up=(), moved_by=(), moved="")


def rank(everybody: pd.DataFrame, inputs: Inputs) -> tuple[Row, ...]:
    """The first `length` of the watched accounts, those with most to lose first; `everybody` is that of `watched`.

    By value at risk, then probability, then ARR, then `account_id`, so that no tie is left to chance; by probability
    first where `rank_by` says so, or where no account has an ARR. An ARR that is not known counts as 0 in the order.
    """
    ordered = everybody.loc[order(everybody, ranked_by(everybody, inputs.rank_by))].head(inputs.length)
    chosen = ordered.merge(inputs.movement, on="account_id", how="left", validate="1:1")
    why = whys(inputs, chosen["account_id"])
    usage = _weekly(inputs.usage, chosen)
    return tuple(
        _row(
            number,
            each,
            inputs.as_of,
            why=why.get(each["account_id"], _NO_WHY),
            usage=usage.get(each["account_id"], ()),
        )
        for number, each in enumerate(chosen.to_dict("records"), start=1)
    )


def watched(inputs: Inputs) -> pd.DataFrame:
    """Every scored account with its name, owner and worth: one row each; `arr`, `value_at_risk` are NaN if not known.

    Raises ModelError where a score is missing, out of range or given twice.
    """
    scores = inputs.scores
    impossible = scores.loc[~scores["probability"].between(0, 1) | scores["account_id"].duplicated(), "account_id"]
    if len(impossible):
        raise ModelError(
            f"{len(impossible)} are missing, out of range or given twice, the first of account {impossible.iloc[0]}",
            where="scores",
            allowed="one probability from 0 to 1 an account",
            fix="score again with `dvc repro score`",
        )
    about = inputs.accounts.reindex(columns=["account_id", "name", "owner", "segment"])
    contract = inputs.contracts.reindex(columns=["account_id", "plan", "mrr", "renews_on"])
    rows = scores.reindex(columns=["account_id", "probability", "base_value", *_ladder(scores.columns)])
    rows = rows.merge(about, on="account_id", how="left", validate="1:1")
    rows = rows.merge(contract, on="account_id", how="left", validate="1:1")
    rows["name"], rows["owner"] = filled(rows["name"], rows["account_id"]), filled(rows["owner"], NO_OWNER)
    rows["segment"], rows["plan"] = filled(rows["segment"], ""), filled(rows["plan"], "")
    rows["arr"] = 12 * rows["mrr"].astype(float)
    rows["value_at_risk"] = rows["probability"] * rows["arr"]
    return rows


def ranked_by(everybody: pd.DataFrame, wish: RankBy) -> RankBy:
    """What the list is ranked by in the end: without any ARR there is no value to rank by."""
    return wish if (everybody["arr"] > 0).any() else "probability"


def filled(texts: "pd.Series[Any]", otherwise: "pd.Series[Any] | str") -> "pd.Series[Any]":
    """Texts with blank and missing ones replaced.

    >>> filled(pd.Series(["Ana", " ", None]), "no owner").tolist()
    ['Ana', 'no owner', 'no owner']
    """
    texts = texts.astype("str").str.strip()
    return texts.where(texts.notna() & texts.ne(""), otherwise)


def order(everybody: pd.DataFrame, by: RankBy) -> pd.Index:
    first = ["value_at_risk", "probability"] if by == "value_at_risk" else ["probability", "value_at_risk"]
    keys = everybody[[*first, "arr"]].fillna(0).assign(account_id=everybody["account_id"])
    return keys.sort_values([*first, "arr", "account_id"], ascending=[False, False, False, True]).index


def _ladder(columns: Iterable[str]) -> dict[str, int]:
    """Columns of the ladder and their horizons in days, shortest first.

    >>> _ladder(["probability_90d", "probability", "probability_30d", "probability_before"])
    {'probability_30d': 30, 'probability_90d': 90}
    """
    days = {name: name.removeprefix(_LADDER).removesuffix("d") for name in columns}
    return dict(sorted(((name, int(d)) for name, d in days.items() if d.isdigit()), key=lambda step: step[1]))


def _weekly(usage: pd.DataFrame, chosen: pd.DataFrame) -> dict[str, tuple[float | None, ...]]:
    own = usage[usage["account_id"].isin(chosen["account_id"])]
    weeks = own.drop(columns="account_id").to_numpy(float).tolist()
    return {
        account: tuple(_number(total, 4) for total in totals)
        for account, totals in zip(own["account_id"], weeks, strict=True)
    }


def _row(number: int, each: dict[Any, Any], as_of: Day, *, why: Why, usage: tuple[float | None, ...]) -> Row:
    before = _number(each["probability_before"], 6)
    renews_on = date_or_none(each["renews_on"])
    return Row(
        rank=number,
        account_id=each["account_id"],
        name=each["name"],
        owner=each["owner"],
        segment=each["segment"],
        plan=each["plan"],
        arr=_number(each["arr"], 2),
        value_at_risk=_number(each["value_at_risk"], 2),
        renews_on=renews_on,
        days_to_renewal=(renews_on - as_date(as_of)).days if renews_on else None,
        probability=round(each["probability"], 6),
        probability_before=before,
        change=None if before is None else round(100 * (each["probability"] - before), 1),
        moved=why.moved,
        moved_by=why.moved_by,
        usual=None if pd.isna(each["base_value"]) else round(float(probability(each["base_value"])), 6),
        adds_up=why.adds_up,
        reasons=why.reasons,
        protects=why.protects,
        ladder=tuple((days, round(each[name], 6)) for name, days in _ladder(each).items()),
        usage=usage,
    )


def _number(value: Any, digits: int) -> float | None:
    return None if pd.isna(value) else round(float(value), digits)


def date_or_none(value: Any) -> dt.date | None:
    """A timestamp as a date; None where there is none.

    >>> date_or_none(pd.Timestamp("2025-01-06")), date_or_none(pd.NaT)
    (datetime.date(2025, 1, 6), None)
    """
    return None if pd.isna(value) else as_date(value)
