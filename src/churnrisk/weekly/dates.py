"""Which lists a weekly run makes, from what is asked, what went out, and what the feeds allow."""

from collections.abc import Collection, Sequence

from churnrisk.clock import Day, Grid
from churnrisk.errors import ParamsError, StaleFeedError
from churnrisk.feeds.reach import Reach

WHERE = "--as-of"


def require_date(grid: Grid, as_of: Day) -> None:
    """Raise ParamsError for a date off the grid or before it, before anything is read.

    >>> require_date(Grid(Day("2025-01-06")), Day("2025-01-13"))
    """
    if as_of < grid.anchor:
        found = f"{as_of} is before clock.first_as_of"
        raise ParamsError(found, where=WHERE, allowed=f"dates from {grid.anchor} on", fix="name a later date")
    if not grid.contains(as_of):
        near = grid.floor(as_of)
        raise ParamsError(
            f"{as_of} is not on the grid of snapshots",
            where=WHERE,
            allowed=f"whole steps of clock.grid_every_weeks from {grid.anchor}, such as {near}",
            fix=f"name {near}",
        )


def due(
    grid: Grid,
    latest: Day,
    published: Collection[Day],
    *,
    as_of: Day | None = None,
    catch_up: bool = False,
    unfinished: Collection[Day] = (),
) -> list[Day]:
    """The dates to make a list of, in order: `as_of`, or else the `latest` that the feeds allow; with `catch_up` after
    all dates since the last that was `published`, gaps between those that were, and those of them that are
    `unfinished`.

    Raises StaleFeedError for a date that the feeds don't allow yet, and where they allow less than was published: the
    feeds or a clock went back.

    >>> grid, out = Grid(Day("2025-01-06")), [Day("2025-01-06"), Day("2025-01-20")]
    >>> [str(date) for date in due(grid, Day("2025-02-05"), out, catch_up=True)]
    ['2025-01-13', '2025-01-27', '2025-02-03']
    >>> [str(date) for date in due(grid, Day("2025-02-05"), out)]
    ['2025-02-03']
    """
    newest = grid.floor(latest)
    if as_of is not None and as_of > newest:
        raise StaleFeedError(
            f"the feeds do not reach {as_of} yet",
            where=WHERE,
            allowed=f"dates up to {newest}",
            fix="wait for the feeds",
        )
    last = max(published, default=None)
    if as_of is None and last is not None and last > newest:
        raise StaleFeedError(
            f"the list of {last} is out already, and the feeds reach only {newest}: they went back, or a clock did",
            where="feeds",
            fix=f"see why the feeds lack what they had, or name a date up to {newest} with --as-of",
        )
    until = newest if as_of is None else as_of
    if not catch_up or not published:
        return [until]
    whole = set(published) - set(unfinished)
    missed = [Day(each, "D") for each in grid.dates(min(published), until) if each not in whole]
    return missed if until in missed else [*missed, until]


def require_reached(reach: Reach, grid: Grid, expected: Day) -> None:
    """Raise StaleFeedError where the feeds do not reach the date whose list is due by the day of the run.

    From the feeds alone it can't be told: if all of them have stopped, or usage alone before a weekend on which the
    others rest, they look as they did a week ago, and the older list would be made again as if nothing were wrong.
    """
    newest = grid.floor(reach.latest)
    if newest >= expected:
        return
    behind = [f"{name} only {until}" for name, until in reach.settled.items() if until < expected]
    raise StaleFeedError(
        f"the list of {expected} is due, and the feeds reach only {reach.latest}{_listed(behind)}",
        where="feeds",
        fix=f"run again once they are whole, or name a date up to {newest} with --as-of",
    )


def _listed(behind: Sequence[str]) -> str:
    return f" ({', '.join(behind)})" if behind else ""
