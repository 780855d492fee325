"""Usage of many accounts (or users) over all weeks, and the part of it that was known at `as_of`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from churnrisk.clock import Day, Grid
from churnrisk.history.arrays import Array, Mask
from churnrisk.history.daily import Daily
from churnrisk.history.seen import Seen
from churnrisk.history.usage import PARTS, Usage

_AT_A_TIME = 2**18
"""Rows that are put in their places together: so many fit into the cache of a processor."""


@dataclass(frozen=True)
class Axis:
    """Weeks of a grid from `first` to the one before `stop`; a day lies in the week in which its usage is settled.

    The axis is that of the company, never that of a block, so that a value doesn't depend on who else is in the
    block.

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
        return self.week_seen(np.asarray(when, "M8[D]") + np.timedelta64(self.settle_days, "D"))

    def week_seen(self, visible_on: Any) -> npt.NDArray[np.int64]:
        """The week, counted from the first, after which a snapshot sees what is visible from that day on."""
        return self.grid.week_of(visible_on) - self.first


@dataclass(frozen=True)
class _Rows:
    """Rows of usage: the `week` in which each lies, in which it became known, and where in the array of a week, flat.

    `day_number` is that of the day, counted from 1, the first of the axis.
    """

    week: npt.NDArray[np.integer]
    known_in: npt.NDArray[np.integer]
    cell: npt.NDArray[np.integer]
    day_number: npt.NDArray[np.integer]
    quantity: npt.NDArray[np.float64]

    def where(self, which: Array | slice) -> "_Rows":
        """Some of them, in this order."""
        return _Rows(*(values[which] for values in vars(self).values()))

    def add_to(self, quantity: Array, days: Array, first: Array | int = 0) -> None:
        """Add them, in their order, to flat arrays in which the weeks of the rows begin at `first`."""
        np.add.at(quantity, first + self.cell, self.quantity)
        bit = np.left_shift(np.uint8(1), (self.day_number - 1 - 7 * self.week).astype(np.uint8))
        np.bitwise_or.at(days, first + self.cell, bit)


@dataclass(frozen=True)
class Weeks:
    """Weekly usage along an axis: `quantity` and `days`, (weeks, events, n), and `last_day`, (weeks + 1, events, n).

    `quantity` is counted in `PARTS` of one. `days` has the active days of a week as bits, bit 0 the first. `last_day`
    is the last active day that is known when a week begins, counted from 1, the first day of the axis; 0: none. Where
    there are several events, a last one stands for all together. Of each week of which something came `late`, `on_time`
    has the cells that it went to, with their quantity and days when the week ended.
    """

    events: tuple[str, ...]
    quantity: Array
    days: Array
    last_day: Array
    on_time: Mapping[int, tuple[Array, Array, Array]]
    late: Mapping[int, _Rows]
    axis: Axis

    def before(
        self, as_of: Day, rows: npt.NDArray[np.int64], *, older: Mask, start_week: npt.NDArray[np.int64]
    ) -> Usage:
        """What was known of some rows at `as_of`; `start_week` is the week of the axis in which each began."""
        week = int(self.axis.week_seen(as_of))
        stop = min(max(week, 0), len(self.quantity))
        then = {each: self._then(each, week) for each in self._unsettled(week, stop)}
        quantity = Seen(self.quantity[:stop], {each: known for each, (known, _) in then.items()})
        days = Seen(self.days[:stop], {each: known for each, (_, known) in then.items()})
        return Usage(self.events, quantity, days, self.last_day[stop], rows, older, start_week, self.axis.settle_days)

    def _unsettled(self, week: int, stop: int) -> list[int]:
        """Weeks before `stop` of which something became known in `week` or later."""
        return [each for each, late in self.late.items() if each < stop and late.known_in[-1] >= week]

    def _then(self, each: int, week: int) -> tuple[Array, Array]:
        cell, *on_time = self.on_time[each]
        quantity, days = self.quantity[each].copy(), self.days[each].copy()
        quantity.reshape(-1)[cell], days.reshape(-1)[cell] = on_time
        late = self.late[each]
        late.where(late.known_in < week).add_to(quantity.reshape(-1), days.reshape(-1))
        return quantity, days


def weeks_of(daily: Daily, n: int, axis: Axis) -> Weeks:
    """The weeks of usage; `daily.place` is the position among `n`, and `daily.code` that of the event."""
    events = daily.names or ("none",)
    shape = axis.stop - axis.first, len(events) + (len(events) > 1), n
    quantity, days, last_day, late = _filled(daily, shape, axis)
    if len(events) > 1:
        quantity[:, -1] = quantity[:, :-1].sum(axis=1)
        days[:, -1] = np.bitwise_or.reduce(days[:, :-1], axis=1)
        last_day[:, -1] = last_day[:, :-1].max(axis=1)
        together = replace(late, cell=len(events) * n + late.cell % n)
        late = _joined([late, together])
    late_in, on_time = _by_week(late), {}
    for week, rows in late_in.items():
        of_week, cell = (quantity[week].reshape(-1), days[week].reshape(-1)), np.unique(rows.cell)
        on_time[week] = cell, of_week[0][cell], of_week[1][cell]
        rows.add_to(*of_week)
    np.maximum.accumulate(last_day, axis=0, out=last_day)
    return Weeks(events, quantity, days, last_day, on_time, late_in, axis)


def _by_week(late: _Rows) -> dict[int, _Rows]:
    """The rows of each week, in order of when they became known."""
    late = late.where(np.lexsort((late.known_in, late.week)))
    weeks, first = np.unique(late.week, return_index=True)
    stops = np.append(first, len(late.week))[1:]
    return {int(week): late.where(slice(*ends)) for week, *ends in zip(weeks, first, stops, strict=True)}


def _filled(daily: Daily, shape: tuple[int, int, int], axis: Axis) -> tuple[Array, Array, Array, _Rows]:
    """Quantities and days of what was known by the end of its week, the newest day that became known in each week, and
    the rows that came late.
    """
    weeks, events, n = shape
    quantity, days = np.zeros(shape), np.zeros(shape, np.uint8)
    last_day = np.zeros((weeks + 1, events, n), np.int16)
    late = []
    for start in range(0, max(len(daily.place), 1), _AT_A_TIME):
        rows = _rows(daily, slice(start, start + _AT_A_TIME), n, axis)
        is_late = rows.known_in > rows.week
        late.append(rows.where(is_late))
        prompt = rows.where(~is_late)
        prompt.add_to(quantity.reshape(-1), days.reshape(-1), prompt.week * np.int64(events * n))
        known_in = (rows.known_in + 1) * np.int64(events * n)
        np.maximum.at(last_day.reshape(-1), known_in + rows.cell, rows.day_number.astype(np.int16))
    return quantity, days, last_day, _joined(late)


def _rows(daily: Daily, some: slice, n: int, axis: Axis) -> _Rows:
    """Those of some rows that a snapshot on the axis may see."""
    first_day = axis.grid.anchor + 7 * axis.first
    day_number = (daily.day[some] + axis.settle_days - first_day).astype(np.int32) + 1
    week, known_in = (day_number - 1) // 7, (daily.visible_on[some] - first_day).astype(np.int32) // 7
    cell = daily.code[some] * n + daily.place[some]
    here = (week >= 0) & (known_in < axis.stop - axis.first)
    parts = np.round(daily.quantity[some] * PARTS)
    return _Rows(week, known_in, cell, day_number, parts).where(here)


def _joined(parts: list[_Rows]) -> _Rows:
    return _Rows(*(np.concatenate(each) for each in zip(*(vars(part).values() for part in parts), strict=True)))
