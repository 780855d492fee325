"""On which dates snapshots are taken, and of which date the list is."""

from collections.abc import Collection, Mapping

import numpy as np

from churnrisk.clock import Day, Days, Grid
from churnrisk.errors import ParamsError, StaleFeedError
from churnrisk.feeds.reach import Reach

_DATES = "params.yaml, clock.as_of and folds.test_as_of"


def snapshot_dates(
    grid: Grid, reach: Reach, *, as_of: Day | None = None, test: Collection[Day] = (), last: int | None = None
) -> tuple[Days, Day]:
    """The dates of all snapshots, and the date of the list: `as_of`, or by default the grid's last that `reach` allows.

    The date of a list need not be within reach: it is the gate that holds such a list. Dates between the reach and the
    list are left out, because nothing can be learned from them. Snapshots go on after the date of the list only as far
    as the test dates that are named. With `last`, only so many dates up to that of the list: to score it takes no
    others.

    Raises ParamsError for a date off the grid or before the record, StaleFeedError for a test date that is not covered.

    >>> reach = Reach(
    ...     first_day=Day("2024-11-01"),
    ...     covered_until=Day("2025-01-29"),
    ...     settled={"usage": Day("2025-01-29"), "subscriptions": Day("2025-02-03")},
    ...     latest=Day("2025-01-29"),
    ... )
    >>> dates, as_of = snapshot_dates(Grid(Day("2025-01-13")), reach)
    >>> dates, as_of
    (array(['2025-01-13', '2025-01-20', '2025-01-27'], dtype='datetime64[D]'), np.datetime64('2025-01-27'))
    """
    as_of = grid.floor(reach.latest) if as_of is None else as_of
    for each in [as_of, *test]:
        _check_date(each, grid, reach)
    for each in test:
        _check_covered(each, reach.settled)
    dates = np.union1d(grid.dates(grid.anchor, min(max([as_of, *test]), reach.latest)), [as_of, *test])
    return (dates if last is None else dates[dates <= as_of][-last:]), as_of


def _check_covered(date: Day, settled: Mapping[str, Day]) -> None:
    feed = min(settled, key=lambda each: settled[each])
    until = settled[feed]
    if date > until:
        raise StaleFeedError(
            f"{feed} ends on {until - np.timedelta64(1, 'D')}, which does not cover {date}",
            where="params.yaml, folds.test_as_of",
            allowed=f"dates up to {until}",
            fix="wait for the feed, or name an earlier date",
        )


def _check_date(date: Day, grid: Grid, reach: Reach) -> None:
    if date < max(reach.first_day, grid.anchor):
        raise ParamsError(
            f"{date} is before {'usage begins' if reach.first_day > grid.anchor else 'clock.first_as_of'}",
            where=_DATES,
            allowed=f"dates from {max(reach.first_day, grid.anchor)} to {reach.latest}",
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
