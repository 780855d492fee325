"""The whole list, frozen: every output is made from this one structure, so that they can't disagree."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from churnrisk.clock import Day, LabelWindow
from churnrisk.risk_list.rows import NO_OWNER, RankBy, Row, Week, as_date, date_of, filled, rank, ranked_by, watched


@dataclass(frozen=True)
class Model:
    """Where the probabilities come from, and how past lists would have done.

    `lineage` names the run, `trained_through` is the last day that the model learnt from. `auc` is the area under the
    ROC curve and `lift` says how many times as often as the average the tenth with the highest probabilities left; both
    are of the out-of-time backtest, None where there was none.
    """

    lineage: str
    trained_through: dt.date
    auc: float | None = None
    lift: float | None = None


@dataclass(frozen=True)
class OwnerTotal:
    """What one owner looks after; amounts are probability x ARR, in money a year."""

    owner: str
    accounts_watched: int
    accounts_on_list: int
    revenue_at_risk: float
    revenue_at_risk_on_list: float


@dataclass(frozen=True)
class InNotice:
    """An account that has already said it will leave; `ended_on` is its first day without us."""

    account_id: str
    name: str
    owner: str
    arr: float | None
    ended_on: dt.date | None


@dataclass(frozen=True)
class RiskList:
    """The list of one week and what a reader must know of it.

    The probability is that of leaving from `leaves_from` to `leaves_to`, both days included. Totals are over the whole
    cohort unless they say `on_list`; amounts are money a year. `left_out` counts accounts by rule; `previous_as_of` is
    the date of the list that changes are measured from. `warnings` are what a reader must know before anything else.
    """

    as_of: dt.date
    lead_days: int
    horizon_days: int
    leaves_from: dt.date
    leaves_to: dt.date
    rank_by: RankBy
    currency: str
    accounts_watched: int
    expected_churns: float
    revenue_at_risk: float
    revenue_at_risk_on_list: float
    previous_as_of: dt.date | None
    rows: tuple[Row, ...]
    owners: tuple[OwnerTotal, ...]
    in_notice: tuple[InNotice, ...]
    left_out: tuple[tuple[str, int], ...]
    model: Model
    notes: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def compose(
    week: Week,
    *,
    as_of: Day,
    window: LabelWindow,
    rank_by: RankBy,
    length: int,
    currency: str,
    in_notice: pd.DataFrame,
    left_out: Mapping[str, int],
    model: Model,
    notes: Iterable[str] = (),
    warnings: Iterable[str] = (),
    previous_as_of: Day | None = None,
) -> RiskList:
    """The list of one `as_of`.

    `in_notice` has the columns account_id, name, owner, arr, ended_on. What the list itself has to note comes before
    the notes given.

    Raises ModelError where a score is missing, out of range or given twice.
    """
    everybody = watched(week)
    by = ranked_by(everybody, rank_by)
    rows = rank(everybody, week, as_of=as_of, rank_by=by, length=length)
    return RiskList(
        as_of=date_of(as_of),
        lead_days=window.lead_days,
        horizon_days=window.horizon_days,
        leaves_from=date_of(window.opens(as_of)),
        leaves_to=date_of(window.closes(as_of)) - dt.timedelta(days=1),
        rank_by=by,
        currency=currency,
        accounts_watched=len(everybody),
        expected_churns=round(float(everybody["probability"].sum()), 2),
        revenue_at_risk=round(float(everybody["value_at_risk"].sum()), 2),
        revenue_at_risk_on_list=_at_risk(rows),
        previous_as_of=None if previous_as_of is None else date_of(previous_as_of),
        rows=rows,
        owners=_owners(everybody, rows),
        in_notice=_in_notice(in_notice),
        left_out=tuple(sorted(((r, int(n)) for r, n in left_out.items()), key=lambda rule: (-rule[1], rule[0]))),
        model=model,
        notes=(*_notes(everybody, week, rank_by, by), *notes),
        warnings=tuple(warnings),
    )


def _at_risk(rows: Iterable[Row]) -> float:
    return round(sum(row.value_at_risk or 0.0 for row in rows), 2)


def _owners(everybody: pd.DataFrame, rows: tuple[Row, ...]) -> tuple[OwnerTotal, ...]:
    """What each owner looks after, those with most at risk on the list first."""
    totals = [
        OwnerTotal(
            str(owner),
            len(own),
            sum(row.owner == owner for row in rows),
            round(float(own["value_at_risk"].sum()), 2),
            _at_risk(row for row in rows if row.owner == owner),
        )
        for owner, own in everybody.groupby("owner")
    ]
    return tuple(sorted(totals, key=lambda t: (-t.revenue_at_risk_on_list, -t.accounts_on_list, t.owner)))


def _in_notice(rows: pd.DataFrame) -> tuple[InNotice, ...]:
    """The next to leave first."""
    rows = rows.assign(name=filled(rows["name"], rows["account_id"]), owner=filled(rows["owner"], NO_OWNER))
    rows = rows.sort_values(["ended_on", "arr", "account_id"], ascending=[True, False, True])
    arrs = [None if pd.isna(arr) else round(float(arr), 2) for arr in rows["arr"]]
    ends = [as_date(when) for when in rows["ended_on"]]
    return tuple(
        InNotice(account, name, owner, arr, end)
        for account, name, owner, arr, end in zip(
            rows["account_id"], rows["name"], rows["owner"], arrs, ends, strict=True
        )
    )


def _notes(everybody: pd.DataFrame, week: Week, wish: RankBy, by: RankBy) -> list[str]:
    """What a reader would else take wrongly."""
    unpriced = int(everybody["arr"].isna().sum())
    notes = []
    if wish != by:
        notes.append("No account has a recurring revenue, so the list is ranked by probability.")
    elif unpriced:
        last = "; they come last" if by == "value_at_risk" else ""
        notes.append(f"Watched accounts without a known revenue: {unpriced}{last}.")
    if not week.movement["probability_before"].notna().any():
        notes.append("No account was scored before, so there is no change to show yet.")
    return notes
