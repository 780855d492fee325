"""The rows of the list: whom to call, in which order, and why."""

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from churnrisk import words
from churnrisk.clock import Day
from churnrisk.errors import ModelError

RankBy = Literal["value_at_risk", "probability"]

MOST_REASONS = 3
LEAST_ODDS = 1.1
NO_OWNER = "no owner"
_LADDER = "probability_"


@dataclass(frozen=True)
class Week:
    """What the stages before found for one `as_of`; every frame is keyed by `account_id`.

    `scores`: one row an account of the cohort: `probability` (0 to 1), and `probability_30d` ... of the ladder.
    `reasons`: any number an account: `rank`, `theme`, `feature`, `sentence`, `contribution` (log-odds), `odds`.
    `movement`: at most one an account: `probability_before` (NaN: not scored before), `theme`, `theme_change` (its
    log-odds). `accounts`: `name`, `owner`, `segment`. `contracts`: `mrr` (money a month), `plan`, `renews_on`; values
    may be missing. `usage`: one column a week, the oldest first; NaN before the account began.
    """

    scores: pd.DataFrame
    reasons: pd.DataFrame
    movement: pd.DataFrame
    accounts: pd.DataFrame
    contracts: pd.DataFrame
    usage: pd.DataFrame


@dataclass(frozen=True)
class Reason:
    """A fact about the account, its theme, and by what factor that theme changes the odds of leaving."""

    sentence: str
    theme: str
    feature: str
    odds: float

    @property
    def effect(self) -> str:
        """The factor in words."""
        return words.effect(self.odds)


@dataclass(frozen=True)
class Row:
    """One account on the list.

    `arr` and `value_at_risk` (probability x ARR) are money a year, None where no price is known. `change` is in
    percentage points, None where the account was not scored before; `moved` says in words which theme moved most.
    `ladder` holds (horizon in days, probability), shortest first. `usage` is the weekly total, oldest first, None
    before the account began.
    """

    rank: int
    account_id: str
    name: str
    owner: str
    segment: str
    plan: str
    arr: float | None
    value_at_risk: float | None
    renews_on: dt.date | None
    days_to_renewal: int | None
    probability: float
    probability_before: float | None
    change: float | None
    moved: str
    reasons: tuple[Reason, ...]
    protects: Reason | None
    ladder: tuple[tuple[int, float], ...]
    usage: tuple[float | None, ...]


def rank(everybody: pd.DataFrame, week: Week, *, as_of: Day, rank_by: RankBy, length: int) -> tuple[Row, ...]:
    """The first `length` of the watched accounts, those with most to lose first.

    By value at risk, then probability, then ARR, then `account_id`, so that no tie is left to chance; by probability
    first where `rank_by` says so, or where no account has an ARR. An ARR that is not known counts as 0 in the order.
    """
    ordered = everybody.loc[_order(everybody, ranked_by(everybody, rank_by))].head(length)
    chosen = ordered.merge(week.movement, on="account_id", how="left", validate="1:1")
    raises, lowers = _reasons(week.reasons, chosen, +1), _reasons(week.reasons, chosen, -1)
    usage = _weekly(week.usage, chosen)
    return tuple(
        _row(
            place,
            each,
            as_of,
            raises.get(each["account_id"], ()),
            lowers.get(each["account_id"], ()),
            usage.get(each["account_id"], ()),
        )
        for place, each in enumerate(chosen.to_dict("records"), start=1)
    )


def watched(week: Week) -> pd.DataFrame:
    """Every scored account with what it is called and worth: one row each; `arr`, `value_at_risk` are NaN if not known.

    Raises ModelError where a score is missing, out of range or given twice.
    """
    scores = week.scores
    unsure = scores.loc[~scores["probability"].between(0, 1) | scores["account_id"].duplicated(), "account_id"]
    if len(unsure):
        raise ModelError(
            f"{len(unsure)} are missing, out of range or given twice, the first of account {unsure.iloc[0]}",
            where="scores",
            allowed="one probability from 0 to 1 an account",
            fix="score again with `dvc repro score`",
        )
    about = week.accounts.reindex(columns=["account_id", "name", "owner", "segment"])
    contract = week.contracts.reindex(columns=["account_id", "plan", "mrr", "renews_on"])
    rows = scores[["account_id", "probability", *_ladder(scores.columns)]]
    rows = rows.merge(about, on="account_id", how="left", validate="1:1")
    rows = rows.merge(contract, on="account_id", how="left", validate="1:1")
    rows["name"], rows["owner"] = filled(rows["name"], rows["account_id"]), filled(rows["owner"], NO_OWNER)
    rows["segment"], rows["plan"] = filled(rows["segment"], ""), filled(rows["plan"], "")
    rows["arr"] = 12 * rows["mrr"].astype(float)
    rows["value_at_risk"] = rows["probability"] * rows["arr"]
    return rows


def ranked_by(everybody: pd.DataFrame, wish: RankBy) -> RankBy:
    """What the list is really ranked by: without any ARR there is no value to rank by."""
    return wish if (everybody["arr"] > 0).any() else "probability"


def filled(texts: "pd.Series[Any]", otherwise: "pd.Series[Any] | str") -> "pd.Series[Any]":
    """Texts with blank and missing ones replaced.

    >>> filled(pd.Series(["Ana", " ", None]), "no owner").tolist()
    ['Ana', 'no owner', 'no owner']
    """
    texts = texts.astype("str").str.strip()
    return texts.where(texts.notna() & texts.ne(""), otherwise)


def _order(everybody: pd.DataFrame, by: RankBy) -> pd.Index:
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


def _reasons(reasons: pd.DataFrame, chosen: pd.DataFrame, sign: int) -> dict[str, tuple[Reason, ...]]:
    """Reasons of the chosen that raise (+1) or lower (-1) the risk, the strongest first; weak ones are noise."""
    own = reasons[reasons["account_id"].isin(chosen["account_id"])]
    own = own.assign(strength=sign * own["contribution"])
    own = own[own["strength"] >= math.log(LEAST_ODDS)]
    own = own.sort_values(["account_id", "strength", "rank"], ascending=[True, False, True])
    return {
        str(account): tuple(
            Reason(str(s), str(t), str(f), round(float(o), 3))
            for s, t, f, o in zip(few["sentence"], few["theme"], few["feature"], few["odds"], strict=True)
        )
        for account, few in own.groupby("account_id").head(MOST_REASONS).groupby("account_id")
    }


def _weekly(usage: pd.DataFrame, chosen: pd.DataFrame) -> dict[str, tuple[float | None, ...]]:
    own = usage[usage["account_id"].isin(chosen["account_id"])]
    weeks = own.drop(columns="account_id").to_numpy(float).tolist()
    return {
        account: tuple(_number(total, 4) for total in totals)
        for account, totals in zip(own["account_id"], weeks, strict=True)
    }


def _row(
    place: int,
    each: dict[Any, Any],
    as_of: Day,
    raises: tuple[Reason, ...],
    lowers: tuple[Reason, ...],
    usage: tuple[float | None, ...],
) -> Row:
    before = _number(each["probability_before"], 6)
    renews_on = as_date(each["renews_on"])
    return Row(
        rank=place,
        account_id=each["account_id"],
        name=each["name"],
        owner=each["owner"],
        segment=each["segment"],
        plan=each["plan"],
        arr=_number(each["arr"], 2),
        value_at_risk=_number(each["value_at_risk"], 2),
        renews_on=renews_on,
        days_to_renewal=(renews_on - date_of(as_of)).days if renews_on else None,
        probability=round(each["probability"], 6),
        probability_before=before,
        change=None if before is None else round(100 * (each["probability"] - before), 1),
        moved="" if before is None else _moved(each["theme"], each["theme_change"]),
        reasons=raises,
        protects=lowers[0] if lowers else None,
        ladder=tuple((days, round(each[name], 6)) for name, days in _ladder(each).items()),
        usage=usage,
    )


def _moved(theme: Any, change: float) -> str:
    """Which theme moved most, and what that did to the odds; nothing where it hardly did."""
    if pd.isna(theme) or abs(change) < math.log(LEAST_ODDS):
        return ""
    return f"mostly {theme}: {words.effect(math.exp(change))}"


def _number(value: Any, digits: int) -> float | None:
    return None if pd.isna(value) else round(float(value), digits)


def as_date(value: Any) -> dt.date | None:
    """A timestamp as a date; None where there is none.

    >>> as_date(pd.Timestamp("2025-01-06")), as_date(pd.NaT)
    (datetime.date(2025, 1, 6), None)
    """
    return None if pd.isna(value) else date_of(value)


def date_of(when: Day | pd.Timestamp) -> dt.date:
    """A day or timestamp as a date.

    >>> date_of(Day("2025-01-06"))
    datetime.date(2025, 1, 6)
    """
    return pd.Timestamp(when).date()
