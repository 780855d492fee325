"""Whom to watch at `as_of`: who is at risk, and by which named rule everybody else is not."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from churnrisk.clock import Day, Days, Grid, LabelWindow, day
from churnrisk.errors import ParamsError, StaleFeedError
from churnrisk.past.tables.columns import Columns
from churnrisk.past.tables.ledger import Ledger
from churnrisk.past.tables.revenue import fell_on, mrr, unpriced
from churnrisk.past.tables.spells import NEVER, current, paused, spells
from churnrisk.past.usage.activity import Activity

AT_RISK = "at risk"

RULES = {
    "internal": "a test account or one of our own",
    "not started": "no subscription has started",
    "in trial": "a trial that was not converted by then",
    "completed": "a fixed term has ended as planned",
    "churned": "all subscriptions have ended",
    "in notice": "that it leaves is known already",
    "paused": "nothing is used until the pause is over",
    "ends as planned": "a fixed term ends before the label window does",
    "too young": "the account has just begun",
    "no price": "no MRR that could fall",
    "inactive already": "nothing was done for as long as counts as leaving",
    "too little activity": "active on too few days so far",
}
"""Why an account is not in the cohort; the first rule that holds counts."""

Holds = dict[str, "pd.Series[bool]"]


@dataclass(frozen=True)
class Watch:
    """Whom to watch. The last three are for businesses where leaving isn't the end of all subscriptions.

    `contraction_share` is the fall of MRR that counts as leaving. Accounts active on fewer than `min_active_days` by
    `activity`, or inactive for `inactive_days` already, are left out.
    """

    min_age_days: int
    trials: bool
    contraction_share: float | None = None
    activity: Activity | None = None
    min_active_days: int = 0
    inactive_days: int | None = None


def cohort(accounts: Ledger, subscriptions: Ledger, as_of: Day, window: LabelWindow, watch: Watch) -> pd.DataFrame:
    """Every account known at `as_of`, with the rule that keeps it out of the cohort, or `AT_RISK`.

    Returns one row an account, in order: `account_id`, `as_of`, `spell_started_on` (NaT before the first spell),
    `ended_on` (NaT while no end is known), `rule`.
    """
    known, sold = accounts.before(as_of), subscriptions.before(as_of)
    rows = pd.DataFrame({"account_id": known["account_id"], "is_internal": known["is_internal"].astype(bool)})
    rows = rows.sort_values("account_id").merge(current(spells(sold), as_of), how="left")
    rows["paused"] = rows["account_id"].isin(paused(sold, as_of))
    holds = {"internal": rows["is_internal"]} | _by_subscriptions(rows, as_of, window, watch)
    if watch.contraction_share is not None:
        holds = _or(holds, _by_revenue(rows, sold, as_of, window, watch.contraction_share))
    if watch.activity is not None:
        holds = _or(holds, _by_activity(rows, watch.activity, as_of, watch))
    return pd.DataFrame(
        {
            "account_id": rows["account_id"],
            "as_of": as_of.astype("M8[us]"),
            "spell_started_on": rows["started_on"],
            "ended_on": rows["ended_on"].where(rows["ended_on"] < NEVER),
            "rule": np.select(
                [holds[rule] for rule in RULES if rule in holds], [r for r in RULES if r in holds], AT_RISK
            ),
        }
    )


def _by_subscriptions(rows: pd.DataFrame, as_of: Day, window: LabelWindow, watch: Watch) -> Holds:
    begun, ended, completed = rows["started_on"].notna(), rows["ended_on"], rows["completed"].eq(True)
    gone = begun & (ended < as_of)
    return {
        "not started": ~begun,
        "in trial": ~(rows["paid_from"] < as_of) & (not watch.trials),
        "completed": gone & completed,
        "churned": gone,
        "in notice": begun & ~rows["planned"].eq(True) & (ended < NEVER),
        "paused": rows["paused"],
        "ends as planned": completed & (ended < window.closes(as_of)),
        "too young": begun & (rows["started_on"] > as_of - np.timedelta64(watch.min_age_days, "D")),
    }


def _by_revenue(rows: pd.DataFrame, sold: Columns, as_of: Day, window: LabelWindow, share: float) -> Holds:
    """What is known ahead of MRR: nothing can fall, it falls for certain, or an end as planned decides."""
    account, closes = rows["account_id"], window.closes(as_of)
    falls = fell_on(sold, as_of, share, day(NEVER), as_planned=False).reindex(account).notna()
    ends = fell_on(sold, as_of, share, closes, as_planned=True).reindex(account).notna()
    price = mrr(sold, as_of).reindex(account).gt(0)
    falls &= ~account.isin(unpriced(sold, as_of, day(NEVER))).to_numpy()
    found = {"in notice": falls, "ends as planned": ends & ~falls, "no price": ~price}
    return {rule: each.set_axis(rows.index) for rule, each in found.items()}


def _by_activity(rows: pd.DataFrame, activity: Activity, as_of: Day, watch: Watch) -> Holds:
    seen = rows[["account_id"]].merge(activity.summary(as_of), how="left")
    holds = {"too little activity": seen["active_days"].fillna(0) < watch.min_active_days}
    if watch.inactive_days is not None:
        recent = seen["last_on"] >= as_of - np.timedelta64(watch.inactive_days, "D")
        holds["inactive already"] = ~recent
    return holds


def _or(holds: Holds, more: Holds) -> Holds:
    return holds | {rule: each | holds[rule] if rule in holds else each for rule, each in more.items()}


def snapshot_dates(
    grid: Grid, as_of: Day | None, test: Collection[Day], first_day: Day, covered: Mapping[str, Day], latest: Day
) -> tuple[Days, Day]:
    """The dates of all snapshots, and the date of the list: `as_of`, or the grid's last up to `latest`.

    `covered` has, by feed, the first day that it doesn't cover; usage begins on `first_day`. A list may be asked for of
    a date that the feeds don't reach: it is the gate that holds it. The dates between are left out, as nothing can be
    learned from them. Snapshots go on after the date of the list only as far as a named test date asks for.

    >>> ends = {"usage": Day("2025-01-29"), "subscriptions": Day("2025-02-03")}
    >>> dates, as_of = snapshot_dates(Grid(Day("2025-01-13")), None, [], Day("2024-11-01"), ends, min(ends.values()))
    >>> dates, as_of
    (array(['2025-01-13', '2025-01-20', '2025-01-27'], dtype='datetime64[D]'), np.datetime64('2025-01-27'))
    """
    as_of = grid.floor(latest) if as_of is None else as_of
    for each in [as_of, *test]:
        _check_date(each, grid, first_day, latest)
    for each in test:
        _check_covered(each, covered)
    return np.union1d(grid.dates(grid.anchor, min(max([as_of, *test]), latest)), [as_of, *test]), as_of


_DATES = "params.yaml, clock.as_of and folds.test_as_of"


def _check_covered(date: Day, covered: Mapping[str, Day]) -> None:
    feed = min(covered, key=lambda each: covered[each])
    until = covered[feed]
    if date > until:
        raise StaleFeedError(
            f"{feed} ends on {until - np.timedelta64(1, 'D')}, which does not cover {date}",
            where="params.yaml, folds.test_as_of",
            allowed=f"dates up to {until}",
            fix="wait for the feed, or name an earlier date",
        )


def _check_date(date: Day, grid: Grid, first_day: Day, latest: Day) -> None:
    if date < max(first_day, grid.anchor):
        raise ParamsError(
            f"{date} is before {'usage begins' if first_day > grid.anchor else 'clock.first_as_of'}",
            where=_DATES,
            allowed=f"dates from {max(first_day, grid.anchor)} to {latest}",
            fix="name a later date",
        )
    if not grid.contains(date):
        near = grid.floor(date)
        raise ParamsError(
            f"{date} is not on the grid of snapshots",
            where=_DATES,
            allowed=f"whole steps of clock.grid_every_weeks from clock.first_as_of, such as {near}",
            fix="name a date of the grid, or move clock.first_as_of",
        )


def summary(rows: pd.DataFrame, as_of: Day) -> dict[str, object]:
    """How many accounts are watched and left out by each rule: at the date of the list, and over all snapshots."""
    latest = rows[rows["as_of"] == as_of]
    return {
        "as_of": str(as_of),
        **_counts(latest),
        "snapshots": {"dates": int(rows["as_of"].nunique()), **_counts(rows)},
    }


def _counts(rows: pd.DataFrame) -> dict[str, object]:
    found = rows["rule"].value_counts()
    return {"watched": int(found.get(AT_RISK, 0)), "left_out": {rule: int(found.get(rule, 0)) for rule in RULES}}
