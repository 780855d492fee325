"""Usage of many accounts (or users) laid out week by week, each week as it was known when it ended, and what came
later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from churnrisk.clock import Grid
from churnrisk.past.arrays import Array
from churnrisk.past.usage.running_totals import PARTS, Late, RunningTotals
from churnrisk.rollup.read import Daily

Events = str | tuple[str, ...] | None
"""One event, several taken together, or all."""


@dataclass(frozen=True)
class Axis:
    """Weeks of a grid from `first` to the one before `stop`; a day lies in the week in which its usage is settled.

    It begins with the company's first week, so that a week has one number in every block; where it stops depends on the
    block's last date, and no value on that.

    >>> axis = Axis(Grid(np.datetime64("2025-01-06")), settle_days=2, first=0, stop=9)
    >>> axis.week_of(["2025-01-10", "2025-01-11"]).tolist()
    [0, 1]
    """

    grid: Grid
    settle_days: int
    first: int
    stop: int

    def week_of(self, when: Any) -> npt.NDArray[np.int64]:
        """The week of a day, counted from the first."""
        return self.grid.week_of(np.asarray(when, "M8[D]") + np.timedelta64(self.settle_days, "D")) - self.first

    def begins_at(self, as_of: Any) -> npt.NDArray[np.int64]:
        """The number of the week that begins at a date, which sees the weeks before it; 0 for a date before all."""
        return np.maximum(self.grid.week_of(as_of) - self.first, 0)


@dataclass(frozen=True)
class Weeks:
    """Weekly usage along an axis: `quantity`, in `PARTS` of one, and `days`, the active days of a week as bits, bit 0
    the first; both (weeks, events, n), as they were known when each week ended. `late` is what came afterwards.
    """

    events: tuple[str, ...]
    quantity: Array
    days: Array
    late: Late
    axis: Axis

    def track(self, event: Events = None) -> RunningTotals:
        """The weeks of an event, or of several taken together, or of all; one that never happened has none."""
        if event not in self._tracks:
            named = (event,) if isinstance(event, str) else event
            self._tracks[event] = self._track([named is None or each in named for each in self.events])
        return self._tracks[event]

    def _track(self, which: Sequence[bool]) -> RunningTotals:
        chosen = np.flatnonzero(which)
        if len(chosen) == 1:
            quantity, days = self.quantity[:, chosen[0]], self.days[:, chosen[0]]
        else:
            some = slice(None) if all(which) else chosen
            quantity = self.quantity[:, some].sum(axis=1)
            days = np.bitwise_or.reduce(self.days[:, some], axis=1)
        return RunningTotals(quantity, days, self.late.where(np.asarray(which, bool)[self.late.code]))

    @cached_property
    def _tracks(self) -> dict[Events, RunningTotals]:
        return {}


def weeks_of(daily: Sequence[Daily], n: int, axis: Axis) -> Weeks:
    """The weeks of usage, from parts with the same `names`; `place` is the position among `n`."""
    events = daily[0].names
    shape = axis.stop - axis.first, len(events), n
    quantity, days = np.zeros(shape), np.zeros(shape, np.uint8)
    late = [_add(part, quantity, days, axis) for part in daily]
    together = zip(*(vars(part).values() for part in late), strict=True)
    return Weeks(events, quantity, days, Late(*map(np.concatenate, together)), axis)


def _add(daily: Daily, quantity: Array, days: Array, axis: Axis) -> Late:
    """Add rows to the weeks in which they lie; give back those that came too late for it."""
    weeks, events, n = quantity.shape
    if not weeks:
        return Late(*(np.empty(0, int),) * 5, np.empty(0))
    settled = daily.day + np.timedelta64(axis.settle_days, "D")
    day, parts = _since(settled, axis), np.round(daily.quantity * PARTS)
    week = day // 7
    weekday = (day - 7 * week).astype(np.uint8)
    bits = np.left_shift(np.uint8(1), weekday)
    # Few rows came later than they had to, so that only those are looked at.
    later = np.flatnonzero(daily.visible_on > settled)
    known_in = _since(daily.visible_on[later], axis) // 7
    too_late = known_in > week[later]
    late, known_in = later[too_late], known_in[too_late]
    along = (week[late] >= 0) & (known_in < weeks)
    rows = late[along]
    found = Late(daily.code[rows], daily.place[rows], week[rows], known_in[along] + 1, weekday[rows], parts[rows])
    # They are few: to make them nothing where they are takes less than to copy all others.
    for nothing in (late, np.flatnonzero((week < 0) | (week >= weeks))):
        week[nothing], parts[nothing], bits[nothing] = 0, 0, 0
    cell = (week.astype(np.int64) * events + daily.code) * n + daily.place
    np.add.at(quantity.reshape(-1), cell, parts)
    np.bitwise_or.at(days.reshape(-1), cell, bits)
    return found


def _since(when: Any, axis: Axis) -> npt.NDArray[np.int32]:
    """Days from the first of the axis."""
    first = axis.grid.anchor + np.timedelta64(7 * axis.first, "D")
    return np.asarray((when - first).astype(np.int64).astype(np.int32))
