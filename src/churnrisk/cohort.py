"""Whom to watch at `as_of`: who is at risk, and by which named rule everybody else is not."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from churnrisk.clock import Day, Days, Grid, LabelWindow
from churnrisk.errors import ParamsError, StaleFeedError
from churnrisk.history.ledger import Ledger
from churnrisk.history.spells import NEVER, current, spells

AT_RISK = "at risk"

RULES = {
    "internal": "a test account or one of our own",
    "not started": "no subscription has started",
    "in trial": "a trial that was not converted by then",
    "completed": "a fixed term has ended as planned",
    "churned": "all subscriptions have ended",
    "in notice": "the end is known already",
    "ends as planned": "a fixed term ends before the label window does",
    "too young": "the account has just begun",
}
"""Why an account is not in the cohort; the first rule that holds counts."""


def cohort(
    accounts: Ledger, subscriptions: Ledger, as_of: Day, *, window: LabelWindow, min_age_days: int, trials: bool
) -> pd.DataFrame:
    """Every account known at `as_of`, with the rule that keeps it out of the cohort, or `AT_RISK`.

    Returns one row an account, in order: `account_id`, `as_of`, `spell_started_on` (NaT before the first spell),
    `ended_on` (NaT while no end is known), `rule`.
    """
    known = accounts.before(as_of)
    rows = pd.DataFrame({"account_id": known["account_id"], "is_internal": known["is_internal"]})
    rows = rows.sort_values("account_id").merge(current(spells(subscriptions.before(as_of)), as_of), how="left")
    begun, ended, planned = rows["started_on"].notna(), rows["ended_on"], rows["planned"].eq(True)
    gone = begun & (ended < as_of)
    converted = rows["paid_from"] < as_of
    holds = {
        "internal": rows["is_internal"].astype(bool),
        "not started": ~begun,
        "in trial": ~converted & (not trials),
        "completed": gone & planned,
        "churned": gone,
        "in notice": begun & ~planned & (ended < NEVER),
        "ends as planned": planned & (ended < window.closes(as_of)),
        "too young": begun & (rows["started_on"] > as_of - np.timedelta64(min_age_days, "D")),
    }
    return pd.DataFrame(
        {
            "account_id": rows["account_id"],
            "as_of": as_of.astype("M8[us]"),
            "spell_started_on": rows["started_on"],
            "ended_on": ended.where(ended < NEVER),
            "rule": np.select(list(holds.values()), list(holds), AT_RISK),
        }
    )


def snapshot_dates(
    grid: Grid, as_of: Day | None, test: Collection[Day], first_day: Day, last_day: Day
) -> tuple[Days, Day]:
    """The dates of all snapshots, and the date of the list: `as_of`, or the latest that usage covers.

    Usage covers a date when the day before it has arrived; it was recorded from `first_day` to `last_day`. Snapshots
    go on after the date of the list only as far as a named test date asks for.

    >>> days = [Day("2025-01-06"), Day("2025-01-28")]
    >>> snapshot_dates(Grid(days[0]), None, [], Day("2024-11-01"), days[1])[1]
    np.datetime64('2025-01-27')
    """
    covered = last_day + np.timedelta64(1, "D")
    as_of = grid.floor(covered) if as_of is None else as_of
    for each in [as_of, *test]:
        _check_date(each, grid, first_day, covered)
    return grid.dates(grid.anchor, max([as_of, *test])), as_of


def _check_date(date: Day, grid: Grid, first_day: Day, covered: Day) -> None:
    where = "params.yaml, clock.as_of and folds.test_as_of"
    if date > covered:
        raise StaleFeedError(
            f"usage ends on {covered - np.timedelta64(1, 'D')}, which does not cover {date}",
            where=where,
            allowed=f"dates up to {covered}",
            mend="wait for the feed, or name an earlier date",
        )
    if date < max(first_day, grid.anchor):
        raise ParamsError(
            f"{date} is before {'usage begins' if first_day > grid.anchor else 'clock.first_as_of'}",
            where=where,
            allowed=f"dates from {max(first_day, grid.anchor)} to {covered}",
            mend="name a later date",
        )
    if not grid.contains(date):
        near = grid.floor(date)
        raise ParamsError(
            f"{date} is not on the grid of snapshots",
            where=where,
            allowed=f"whole steps of clock.grid_every_weeks from clock.first_as_of, such as {near}",
            mend="name a date of the grid, or move clock.first_as_of",
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
