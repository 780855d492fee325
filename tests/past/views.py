"""Parts of the past made of a few numbers, so that each test says only what it is about."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from churnrisk.clock import Grid
from churnrisk.past.snapshots import Snapshots
from churnrisk.past.usage.running_totals import Late
from churnrisk.past.usage.weeks import Axis
from churnrisk.rollup.read import Daily


def daily(
    names: Sequence[str], account_index: Any, code: Any, day: Any, *, known_on: Any = None, quantity: Any = 1.0
) -> Daily:
    """Rows of a rollup, known on their day and with a quantity of 1 unless it says so; scalars stand for all rows."""
    day = np.atleast_1d(np.asarray(day, "M8[D]"))

    def each_row(values: Any, kind: str) -> Any:
        return np.broadcast_to(np.asarray(values, kind), day.shape).copy()

    return Daily(
        names=tuple(names),
        account_index=each_row(account_index, "i8"),
        code=each_row(code, "i8"),
        day=day,
        known_on=each_row(day if known_on is None else known_on, "M8[D]"),
        quantity=each_row(quantity, "f8"),
    )


def axis_of(first: Any, weeks: int, settle_days: int = 0) -> Axis:
    """So many weeks, the first of which has `first` as its first settled day."""
    return Axis(grid=Grid(first + settle_days), settle_days=settle_days, first=0, stop=weeks)


def snapshots_at(
    account_index: Any, week: Any, *, predates_usage: bool = False, start_week: Any = 0, recorded_week: Any = 0
) -> Snapshots:
    """Snapshots of accounts, each at the start of a week; scalars stand for all of them."""
    numbers = np.broadcast_arrays(np.atleast_1d(account_index), week, start_week, recorded_week)
    account_index, week, start_week, recorded_week = numbers
    return Snapshots(
        account_index=account_index.astype(np.int64),
        week=week.astype(np.int64),
        predates_usage=np.full(len(account_index), predates_usage),
        start_week=start_week.astype(np.int64),
        recorded_week=recorded_week.astype(np.int64),
    )


def late_rows(*rows: tuple[int, int, int, float]) -> Late:
    """Late rows of the first account and event: week, first week that knows it, weekday, quantity."""
    week, from_week, weekday, quantity = np.array(rows, float).reshape(-1, 4).T
    none = np.zeros(len(rows), int)
    whole = (each.astype(int) for each in (week, from_week, weekday))
    return Late(
        code=none, index=none, quantity=quantity, **dict(zip(("week", "from_week", "weekday"), whole, strict=True))
    )
