"""The rows of the list: whom to call, in which order, and why."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from churnrisk.clock import Day, as_date, days_between, of_column
from churnrisk.errors import ModelError
from churnrisk.explain.ladder import shown_ladder
from churnrisk.model.log_odds import probability
from churnrisk.model.time_to_churn import median_days
from churnrisk.plays.case import NextStep
from churnrisk.risk_list.answers import Answer, answers
from churnrisk.risk_list.can_leave import with_decisions
from churnrisk.risk_list.groups import NOT_LISTED, grouped
from churnrisk.risk_list.inputs import Inputs
from churnrisk.risk_list.steps import steps
from churnrisk.risk_list.structure import Row
from churnrisk.risk_list.why import Why, whys

NO_OWNER = "no owner"
_ADDRESSES = ("owner_email", "crm_id")
_LADDER, _SHOWN = "probability_", "shown_"
_NO_WHY = Why(reasons=(), protects=None, adds_up=(), moved_by=(), moved="", known=(), flags=())


def rank(everybody: pd.DataFrame, inputs: Inputs) -> tuple[Row, ...]:
    """The rows of those that are on the list, to call before to prepare; `everybody` is that of `placed`."""
    return made_of(everybody[everybody["group"] != NOT_LISTED], inputs)


def placed(inputs: Inputs) -> pd.DataFrame:
    """Every scored account as in `watched`, in the order of the list, with what `grouped` says of it."""
    known = with_decisions(watched(inputs), inputs.known, inputs.as_of)
    weeks = inputs.usage.set_index("account_id").notna().any(axis=1)
    known["is_known"] = known["account_id"].isin(weeks.index[weeks.to_numpy(bool)])
    return grouped(known, inputs.limits, inputs.past.called, inputs.past.listed or ())


def made_of(chosen: pd.DataFrame, inputs: Inputs) -> tuple[Row, ...]:
    """A row of each of some accounts of `placed`, in their order."""
    chosen = chosen.merge(inputs.movement, on="account_id", how="left", validate="1:1")
    why = whys(inputs, chosen["account_id"])
    usage, answer = _weekly(inputs.usage, chosen), answers(inputs)
    step = steps(chosen, {name: each.seen for name, each in why.items() if each.seen}, inputs)
    return tuple(
        _row(
            number,
            each,
            inputs.as_of,
            scores=inputs.past.scores.get(each["account_id"], ()),
            why=why.get(each["account_id"], _NO_WHY),
            ladder=_ladder_of(each),
            usage=usage.get(each["account_id"], ()),
            next_step=step[each["account_id"]],
            answer=answer.get(each["account_id"], Answer()),
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
    about = inputs.accounts.reindex(columns=["account_id", "name", "owner", "segment", *_ADDRESSES])
    contract = inputs.contracts.reindex(columns=["account_id", "plan", "mrr", "renews_on", "can_leave_on"])
    rows = scores.reindex(columns=["account_id", "probability", "base_value", *_ladder(scores.columns)])
    rows = rows.merge(about, on="account_id", how="left", validate="1:1")
    rows = rows.merge(contract, on="account_id", how="left", validate="1:1")
    rows["name"], rows["owner"] = filled(rows["name"], rows["account_id"]), filled(rows["owner"], NO_OWNER)
    for name in ("segment", "plan", *_ADDRESSES):
        rows[name] = filled(rows[name], "")
    rows = rows.join(_shown(rows, inputs).add_prefix(_SHOWN))
    rows["arr"] = 12 * rows["mrr"].astype(float)
    rows["value_at_risk"] = rows["probability"] * rows["arr"]
    return rows


def filled(texts: "pd.Series[Any]", otherwise: "pd.Series[Any] | str") -> "pd.Series[Any]":
    """Texts with blank and missing ones replaced.

    >>> filled(pd.Series(["Ana", " ", None]), "no owner").tolist()
    ['Ana', 'no owner', 'no owner']
    """
    texts = texts.astype("str").str.strip()
    return texts.where(texts.notna() & texts.ne(""), otherwise)


def _ladder(columns: Iterable[str]) -> dict[str, int]:
    """Columns of the ladder and their horizons in days, shortest first.

    >>> _ladder(["probability_90d", "probability", "probability_30d", "probability_before"])
    {'probability_30d': 30, 'probability_90d': 90}
    """
    days = {name: name.removeprefix(_LADDER).removesuffix("d") for name in columns}
    return dict(sorted(((name, int(d)) for name, d in days.items() if d.isdigit()), key=lambda step: step[1]))


def _shown(rows: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    """The ladder for people, a column a horizon, from the first one on in which an account can leave."""
    given = pd.DataFrame({days: rows[name] for name, days in _ladder(rows.columns).items()}, index=rows.index)
    can_leave_on = of_column(pd.to_datetime(rows["can_leave_on"]))
    bound = np.where(np.isnat(can_leave_on), 0.0, days_between(can_leave_on, inputs.as_of))
    return shown_ladder(given, bound, inputs.window.lead_days, inputs.window.horizon_days)


def _ladder_of(each: Mapping[Any, Any]) -> tuple[tuple[int, float | None], ...]:
    """The ladder for people of one account: (horizon in days, probability), shortest first."""
    return tuple((days, _number(each[f"{_SHOWN}{days}"], 6)) for days in _ladder(each).values())


def _half_left(each: Mapping[Any, Any]) -> int | None:
    """Days until half of such accounts have churned; None where the ladder does not tell."""
    ladder = {days: np.array([each[name]]) for name, days in _ladder(each).items()}
    half = median_days(ladder)[0] if ladder else np.nan
    return None if np.isnan(half) else round(float(half))


def _weekly(usage: pd.DataFrame, chosen: pd.DataFrame) -> dict[str, tuple[float | None, ...]]:
    own = usage[usage["account_id"].isin(chosen["account_id"])]
    weeks = own.drop(columns="account_id").to_numpy(float).tolist()
    return {
        account: tuple(_number(total, 4) for total in totals)
        for account, totals in zip(own["account_id"], weeks, strict=True)
    }


def _row(
    number: int,
    each: dict[Any, Any],
    as_of: Day,
    *,
    scores: tuple[tuple[str, float], ...],
    why: Why,
    ladder: tuple[tuple[int, float | None], ...],
    usage: tuple[float | None, ...],
    next_step: NextStep | None,
    answer: Answer,
) -> Row:
    before = _number(each["probability_before"], 6)
    renews_on = date_or_none(each["renews_on"])
    decides = None if pd.isna(each["decides_in"]) else round(each["decides_in"])
    return Row(
        rank=number,
        group=each["group"],
        account_id=each["account_id"],
        name=each["name"],
        owner=each["owner"],
        segment=each["segment"],
        plan=each["plan"],
        arr=_number(each["arr"], 2),
        value_at_risk=_number(each["value_at_risk"], 2),
        renews_on=renews_on,
        days_to_renewal=(renews_on - as_date(as_of)).days if renews_on else None,
        decides_on=None if decides is None else as_date(as_of + decides),
        days_to_decide=decides,
        can_leave=each["can_leave"],
        probability=round(each["probability"], 6),
        probability_before=before,
        change=None if before is None else round(100 * (each["probability"] - before), 1),
        moved=why.moved,
        moved_by=why.moved_by,
        usual=None if pd.isna(each["base_value"]) else round(float(probability(each["base_value"])), 6),
        adds_up=why.adds_up,
        reasons=why.reasons,
        protects=why.protects,
        ladder=ladder,
        median_days_to_churn=_half_left(each),
        usage=usage,
        known=why.known,
        flags=why.flags,
        scores=scores,
        next_step=next_step,
        done=answer.done,
        verdict=answer.stated,
        owner_email=each["owner_email"],
        crm_id=each["crm_id"],
    )


def _number(value: Any, digits: int) -> float | None:
    return None if pd.isna(value) else round(float(value), digits)


def date_or_none(value: Any) -> dt.date | None:
    """A timestamp as a date; None where there is none.

    >>> date_or_none(pd.Timestamp("2025-01-06")), date_or_none(pd.NaT)
    (datetime.date(2025, 1, 6), None)
    """
    return None if pd.isna(value) else as_date(value)
