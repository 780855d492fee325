"""One event, or several taken together, week by week: what was known of it at each date."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from churnrisk.errors import SourceError
from churnrisk.past.arrays import Array, expand_ranges, is_first
from churnrisk.past.snapshots import Snapshots

PARTS = 10_000
"""Of one, in which quantities are added up: whole numbers give the same sum in every order, beside whomever."""

What = Literal["quantity", "days", "weeks"]
"""What is added up: how much, on how many days there was any, or in how many weeks."""


@dataclass(frozen=True)
class Late:
    """Rows of usage that became known after the end of their `week`: the first week at whose begin each is seen.

    `weekday` is that of the row's day, from 0.
    """

    code: npt.NDArray[np.integer]
    place: npt.NDArray[np.integer]
    week: npt.NDArray[np.integer]
    seen_from: npt.NDArray[np.integer]
    weekday: npt.NDArray[np.integer]
    quantity: npt.NDArray[np.float64]

    def where(self, which: Array) -> "Late":
        """Some of them, by position or by whether it holds for them, in this order."""
        return Late(*(values[which] for values in vars(self).values()))


class Changes(NamedTuple):
    """By how much a week grew after its end: one value for each `place`, `week` and `seen_from`, in this order."""

    place: npt.NDArray[np.integer]
    week: npt.NDArray[np.integer]
    seen_from: npt.NDArray[np.integer]
    more: Array

    def only(self) -> "Changes":
        """Those that change anything."""
        return Changes(*(values[self.more != 0] for values in self))


class RunningTotals:
    """Weeks of `n` accounts (or users) along an axis, of which any date sees what was known by then.

    `quantity`, in `PARTS` of one, and `days`, as bits, (weeks, n), are as they were known when each week ended; `late`
    is what came afterwards. Sums of quantities are in `PARTS` too.

    >>> late = Late(*(np.array([each]) for each in (0, 0, 0, 2, 6, 5.0)))
    >>> track = RunningTotals(np.array([[1.0], [2.0]]), np.array([[1], [1]], np.uint8), late)
    >>> track.until("quantity", range(3)).ravel().tolist(), track.until("quantity", range(3), back=1).ravel().tolist()
    ([0.0, 1.0, 8.0], [0.0, 0.0, 6.0])
    >>> track.until("days", range(3)).ravel().tolist(), track.last_day.ravel().tolist()
    ([0, 1, 3], [0, 1, 8])
    """

    def __init__(self, quantity: Array, days: Array, late: Late) -> None:
        self._quantity, self._days, self._late = quantity, days, late
        self._running: dict[What, Array] = {}

    def until(self, what: What, begins: range, back: int = 0) -> Array:
        """The sum of all weeks but the last `back`, as it was known at the start of each week in `begins`: (begins, n).

        Raises ValueError for a `back` below 0, which would look ahead, and SourceError where sums aren't exact.
        """
        unknown = self._unknown(what, begins, back)
        found: Array = self._sums(what)[np.maximum(np.array(begins) - back, 0)]
        if unknown is not None:
            found -= unknown
        return found

    def until_each(self, what: What, snapshots: Snapshots, back: int = 0) -> Array:
        """The same for each of some snapshots, of its own place at its own week: (snapshots,)."""
        n, begins, place = self._days.shape[1], snapshots.begins, snapshots.place
        unknown = self._unknown(what, begins, back)
        cell = snapshots.week * n + place
        # Where there are fewer weeks than `back`, the cell is that of no week at all.
        found: Array = self._sums(what).reshape(-1).take(np.maximum(cell - back * n, place))
        if unknown is not None:
            found -= unknown.reshape(-1).take(cell - begins.start * n)
        return found

    def window(self, what: What, begins: range, weeks: int, before: int = 0) -> Array:
        """The sum of the `weeks` weeks that lie `before` weeks back, as `until` gives it: (begins, n)."""
        found = self.until(what, begins, before)
        found -= self.until(what, begins, before + weeks)
        return found

    def between(self, what: What, first: Array, stop: Array, place: Array, week: Array) -> Array:
        """For each of some rows, the sum of the weeks from `first` to before `stop` at a place, as it was known when
        its `week` begins: (rows,).

        Raises ValueError where `stop` lies after that.
        """
        if np.any(stop > week):
            raise ValueError(_AHEAD.format(np.max(stop - week)))
        sums, changes = self._sums(what), self._changes[what]
        found = sums[stop, place] - sums[first, place]
        key, asked = (each * np.int64(len(sums)) for each in (changes.place, place))
        lowest, end = (np.searchsorted(key + changes.week, asked + each) for each in (first, stop))
        row, change = expand_ranges(lowest, end)
        unknown = changes.seen_from[change] > week[row]
        found -= np.bincount(row[unknown], changes.more[change[unknown]], len(found)).astype(found.dtype)
        return found

    @cached_property
    def last_day(self) -> Array:
        """The last active day that is known when a week begins, counted from 1, the first; 0: none. (weeks + 1, n)."""
        weeks, n = self._days.shape
        last = np.zeros((weeks + 1, n), np.int16)
        newest = _HIGHEST[self._days]
        last[1:] = np.where(newest > 0, newest + 7 * np.arange(weeks, dtype=np.int16)[:, None], 0)
        day = (7 * self._late.week + self._late.weekday + 1).astype(np.int16)
        np.maximum.at(last.reshape(-1), self._late.seen_from * np.int64(n) + self._late.place, day)
        for before, row in pairwise(last):
            np.maximum(row, before, out=row)
        return last

    def _unknown(self, what: What, begins: range, back: int) -> Array | None:
        """What of the sums that `until` asks for was not known when the weeks began: (begins, n); None: nothing."""
        if back < 0:
            raise ValueError(_AHEAD.format(-back))
        place, week, seen_from, more = self._changes[what]
        counts_from = week + 1 + back
        here = (counts_from < seen_from) & (counts_from < begins.stop) & (seen_from > begins.start)
        if not here.any():
            return None
        unknown = np.zeros((len(begins) + 1, self._days.shape[1]), more.dtype)
        since, until = np.maximum(counts_from[here], begins.start), np.minimum(seen_from[here], begins.stop)
        np.add.at(unknown, (since - begins.start, place[here]), more[here])
        np.subtract.at(unknown, (until - begins.start, place[here]), more[here])
        return _accumulated(unknown)[:-1]

    def _sums(self, what: What) -> Array:
        """Running totals of the weeks as they are known in the end: (weeks + 1, n)."""
        if what not in self._running:
            values, changes = self._a_week(what), self._changes[what]
            sums = np.zeros((len(values) + 1, values.shape[1]), float if what == "quantity" else np.int16)
            sums[1:] = values
            np.add.at(sums, (changes.week + 1, changes.place), changes.more)
            self._running[what] = _exact(_accumulated(sums))
        return self._running[what]

    def _a_week(self, what: What) -> Array:
        if what == "quantity":
            return self._quantity
        return np.asarray(np.bitwise_count(self._days) if what == "days" else self._days > 0)

    @cached_property
    def _changes(self) -> dict[What, Changes]:
        late = self._late.where(np.lexsort((self._late.seen_from, self._late.week, self._late.place)))
        week = late.place * np.int64(len(self._days) + 1) + late.week
        before = self._days[late.week, late.place]
        # A day counts when it is first heard of, and so does a week of which nothing was heard in time.
        is_new = np.zeros(len(week), np.int16)
        is_new[np.unique(week * 7 + late.weekday, return_index=True)[1]] = 1
        is_new[(before >> late.weekday) & 1 == 1] = 0
        is_heard = (is_first(week) & (before == 0)).astype(np.int16)
        grows: dict[What, Array] = {"quantity": late.quantity, "days": is_new, "weeks": is_heard}
        begins = np.flatnonzero(is_first(week * np.int64(len(self._days) + 2) + late.seen_from))
        place, week, seen_from = (values[begins] for values in (late.place, late.week, late.seen_from))
        return {what: Changes(place, week, seen_from, _added_up(more, begins)).only() for what, more in grows.items()}


_AHEAD = "{} weeks ahead were asked for; a date knows of those before it only"
_MOST = 2**53
"""From which on not every whole number is a float."""

_HIGHEST = np.array([each.bit_length() for each in range(256)], np.int16)
"""The highest of the bits that are set, counted from 1; 0: none."""


def _exact(sums: Array) -> Array:
    """The same sums; what is added to them and taken off again leaves nothing behind."""
    if sums.max(initial=0) >= _MOST:
        raise SourceError(
            f"quantities add up to {sums.max() / PARTS:.3g}",
            where="usage, quantity",
            allowed=f"less than {_MOST / PARTS:.1g} an account",
            fix="count in a larger unit",
        )
    return sums


def _accumulated(rows: Array) -> Array:
    """The same array, to each row of which those before it are added; five times as fast as `cumsum`."""
    for before, row in pairwise(rows):
        np.add(row, before, out=row)
    return rows


def _added_up(values: Array, begins: npt.NDArray[np.int64]) -> Array:
    """Sums of the values from each begin to the next."""
    return np.asarray(np.add.reduceat(values, begins) if len(begins) else values[:0])
