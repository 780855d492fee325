"""Usage of many accounts (or users) laid out by week, each week as it was known when it ended, and what came later."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from churnrisk.clock import Day, Grid, days
from churnrisk.past.arrays import Array, Numbers
from churnrisk.past.usage.running_totals import PARTS, Late, RunningTotals
from churnrisk.rollup.read import Daily

Events = str | tuple[str, ...] | None
"""One event, several taken together, or all."""


@dataclass(frozen=True, kw_only=True)
class Axis:
    """Weeks of a grid from `first` to the one before `stop`. A day lies in the week in which its usage is settled.

    The axis begins with the company's first week, so a week has one number in every block. Where it stops depends on
    the block's last date, and no value depends on that.

    All that follows from `settle_days` is computed here: a date does not look at its last `settle_days` days.

    >>> axis = Axis(grid=Grid(np.datetime64("2025-01-06")), settle_days=2, first=0, stop=9)
    >>> axis.week_of(["2025-01-10", "2025-01-11"]).tolist()
    [0, 1]
    """

    grid: Grid
    settle_days: int
    first: int
    stop: int

    @classmethod
    def before(cls, as_of: Day, weeks: int, *, grid: Grid, settle_days: int) -> "Axis":
        """The last `weeks` weeks before a date."""
        stop = int(grid.week_of(as_of))
        return cls(grid=grid, settle_days=settle_days, first=stop - weeks, stop=stop)

    def starts_on(self, week: int) -> Day:
        """The first day that lies in a week, counted from the first of the axis; no day before it lies in that week or
        in a later one.

        >>> Axis(grid=Grid(np.datetime64("2025-01-06")), settle_days=2, first=0, stop=9).starts_on(1)
        np.datetime64('2025-01-11')
        """
        return self.grid.anchor + days(7 * (self.first + week) - self.settle_days)

    def week_of(self, when: Any) -> npt.NDArray[np.int64]:
        """The week of a day, counted from the first of the axis."""
        return self.grid.week_of(self.settled_on(np.asarray(when, "M8[D]"))) - self.first

    def day_of(self, when: Any) -> npt.NDArray[np.int32]:
        """A day, counted from 0, the first settled day of the axis; it lies in the week of a seventh of that."""
        return _since(self.settled_on(np.asarray(when, "M8[D]")), self)

    def settled_on(self, day: Any) -> Any:
        """The day on which usage of a day is complete."""
        return day + days(self.settle_days)

    def begins_at(self, as_of: Any) -> npt.NDArray[np.int64]:
        """The number of the week that begins at a date, which sees the weeks before it; 0 for a date before all."""
        return np.maximum(self.grid.week_of(as_of) - self.first, 0)

    def days_since(self, last_day: Array, week: Array) -> Numbers:
        """Days from a day with activity to the date at which a week begins; NaN where there is no such day.

        `last_day` counts from 1, the first settled day of the axis, as `RunningTotals.last_day` does; 0 and NaN: none.
        """
        return np.where(last_day > 0, 7.0 * week + 1 - last_day + self.settle_days, np.nan)


@dataclass(frozen=True, kw_only=True)
class Weeks:
    """Weekly usage along an axis, as it was known when each week ended.

    `quantity`, in `PARTS` of one, and `days`, the active days of a week as bits of which bit 0 is the first day, are
    both (weeks, events, n). `late` is what became known afterwards.
    """

    events: tuple[str, ...]
    quantity: Array
    days: Array
    late: Late
    axis: Axis

    def running_totals(self, event: Events = None) -> RunningTotals:
        """Those of an event, of several taken together, or of all; of an event that never happened all are 0."""
        if event not in self._running_totals:
            named = (event,) if isinstance(event, str) else event
            self._running_totals[event] = self._add_up([named is None or each in named for each in self.events])
        return self._running_totals[event]

    def _add_up(self, which: Sequence[bool]) -> RunningTotals:
        chosen = np.flatnonzero(which)
        if len(chosen) == 1:
            quantity, days = self.quantity[:, chosen[0]], self.days[:, chosen[0]]
        else:
            # A slice of all events is a view; picking them by position would copy the largest arrays that there are.
            some = slice(None) if all(which) else chosen
            quantity = self.quantity[:, some].sum(axis=1)
            days = np.bitwise_or.reduce(self.days[:, some], axis=1)
        return RunningTotals(quantity, days, self.late.where(np.asarray(which, bool)[self.late.code]))

    @cached_property
    def _running_totals(self) -> dict[Events, RunningTotals]:
        return {}


def weeks_of(daily: Sequence[Daily], n: int, axis: Axis) -> Weeks:
    """Usage of `n` accounts laid out by week, from parts with the same `names`.

    Quantities are rounded to `PARTS` here, once, so that every later sum is one of whole numbers.
    """
    events = daily[0].names
    shape = axis.stop - axis.first, len(events), n
    quantity, days = np.zeros(shape), np.zeros(shape, np.uint8)
    late = Late.joined([_add(part, quantity, days, axis) for part in daily])
    return Weeks(events=events, quantity=quantity, days=days, late=late, axis=axis)


def _add(daily: Daily, quantity: Array, days: Array, axis: Axis) -> Late:
    """Add rows to the weeks in which they lie; return those that became known after their week had ended."""
    weeks, events, n = quantity.shape
    if not weeks:
        return Late.none()
    settled = axis.settled_on(daily.day)
    day, parts = _since(settled, axis), np.round(daily.quantity * PARTS)
    week = day // 7
    weekday = (day - 7 * week).astype(np.uint8)
    bits = np.left_shift(np.uint8(1), weekday)
    # Few rows became known later than they had to, so only those are compared by week.
    later = np.flatnonzero(daily.known_on > settled)
    known_week = _since(daily.known_on[later], axis) // 7
    too_late = known_week > week[later]
    late, known_week = later[too_late], known_week[too_late]
    # A row of before the axis lies in none of its weeks, and one known after its end is seen by no date.
    along = (week[late] >= 0) & (known_week < weeks)
    rows = late[along]
    found = Late(
        code=daily.code[rows],
        index=daily.account_index[rows],
        week=week[rows],
        from_week=known_week[along] + 1,
        weekday=weekday[rows],
        quantity=parts[rows],
    )
    # Rows that don't belong into any week are made 0 in place: they are few, and leaving them out would copy the rest.
    for nothing in (late, np.flatnonzero((week < 0) | (week >= weeks))):
        week[nothing], parts[nothing], bits[nothing] = 0, 0, 0
    cell = (week.astype(np.int64) * events + daily.code) * n + daily.account_index
    np.add.at(quantity.reshape(-1), cell, parts)
    np.bitwise_or.at(days.reshape(-1), cell, bits)
    return found


def _since(when: Any, axis: Axis) -> npt.NDArray[np.int32]:
    """Days from the first of the axis; 32 bits halve the memory of the largest arrays that are made on the way."""
    first = axis.settled_on(axis.starts_on(0))
    return np.asarray((when - first).astype(np.int64).astype(np.int32))
