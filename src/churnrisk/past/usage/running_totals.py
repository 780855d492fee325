"""One event, or several taken together, week by week: what was known of it at each date."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from churnrisk.errors import SourceError
from churnrisk.past.arrays import Array, expand_ranges, is_first
from churnrisk.past.snapshots import Snapshots

PARTS = 10_000
"""Quantities are held as whole ten-thousandths, so sums are exact and do not depend on row order or on the other
accounts in the block. Four decimals are more than any unit of usage needs, and leave 9e11 of an account's total below
2**53."""

What = Literal["quantity", "days", "weeks"]
"""What is added up: how much, on how many days there was any, or in how many weeks."""


@dataclass(frozen=True, kw_only=True)
class Late:
    """Rows of usage that became known after the end of their `week`; all arrays are (rows,).

    `code` is the event, `index` the account (or user), `weekday` that of the row's day, from 0, and `from_week` the
    first week at whose start the row is known.
    """

    code: npt.NDArray[np.integer]
    index: npt.NDArray[np.integer]
    week: npt.NDArray[np.integer]
    from_week: npt.NDArray[np.integer]
    weekday: npt.NDArray[np.integer]
    quantity: npt.NDArray[np.float64]

    @classmethod
    def none(cls) -> "Late":
        """No rows."""
        nothing = np.empty(0, int)
        return cls(code=nothing, index=nothing, week=nothing, from_week=nothing, weekday=nothing, quantity=np.empty(0))

    @classmethod
    def joined(cls, parts: Sequence["Late"]) -> "Late":
        """The rows of several parts, one part after the other."""
        return cls(**{each.name: np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(cls)})

    def where(self, which: Array) -> "Late":
        """Some of the rows, by position, in that order, or by one yes or no a row."""
        return Late(**{each.name: getattr(self, each.name)[which] for each in fields(self)})


@dataclass(frozen=True, kw_only=True)
class Changes:
    """By how much weeks grew after their end: one value each `index`, `week` and `from_week`, in this order."""

    index: npt.NDArray[np.integer]
    week: npt.NDArray[np.integer]
    from_week: npt.NDArray[np.integer]
    more: Array

    def only(self) -> "Changes":
        """Those that change anything."""
        return Changes(**{each.name: getattr(self, each.name)[self.more != 0] for each in fields(self)})


@dataclass(frozen=True, kw_only=True)
class ActiveDays:
    """Days with activity, one each, in order of `index`, then of `day`; all arrays are (days,).

    `index` is the account (or the unit that stands in its place), `day` counts from 0, the first of the axis, and
    `from_week` is the first week at whose start the day is known to have been active.
    """

    index: npt.NDArray[np.int64]
    day: npt.NDArray[np.int64]
    from_week: npt.NDArray[np.int64]


class RunningTotals:
    """Weeks of `n` accounts (or users) along an axis, of which any date sees what was known by then.

    `quantity`, in `PARTS` of one, and `days`, as bits, both (weeks, n), are as they were known when each week ended;
    `late` is what came afterwards. Sums of quantities are in `PARTS` too.

    A sum over any weeks is the difference of two running totals, so its cost does not grow with the number of weeks.
    The totals are those known in the end; what a date did not know yet is taken off. Both are exact only because all
    numbers are whole and below 2**53: with fractions, what is added and taken off again would leave a rest behind, and
    an account would seem to have done 1e-12 of something, or equal weeks would differ.

    >>> from churnrisk.past.example import block
    >>> totals = block().weeks.running_totals()
    >>> totals.until("quantity", range(2, 4)) / PARTS
    array([[ 8.,  0.],
           [11.,  4.]])
    >>> totals.until("quantity", range(2, 4), back=1) / PARTS
    array([[ 6.,  0.],
           [11.,  0.]])
    >>> totals.until("days", range(2, 4)).tolist(), totals.last_day[2:].tolist()
    ([[2, 0], [3, 1]], [[8, 0], [14, 16]])
    """

    def __init__(self, quantity: Array, days: Array, late: Late) -> None:
        self._quantity, self._days, self._late = quantity, days, late
        self._running: dict[What, Array] = {}

    def until(self, what: What, begins: range, back: int = 0) -> Array:
        """The sum of all weeks but the last `back`, as it was known at the start of each week in `begins`: (begins, n).

        Raises ValueError for a `back` below 0, which would look ahead, and SourceError where sums aren't exact.
        """
        unknown = self._unknown(what, begins, back)
        sums: Array = self._sums(what)[np.maximum(np.array(begins) - back, 0)]
        if unknown is not None:
            sums -= unknown
        return sums

    def until_each(self, what: What, snapshots: Snapshots, back: int = 0) -> Array:
        """The same for each snapshot, of its own account at its own week: (snapshots,)."""
        n, begins, index = self._days.shape[1], snapshots.begins, snapshots.account_index
        unknown = self._unknown(what, begins, back)
        # Cells of the flattened arrays: one `take` is faster than to index by two arrays.
        cell = snapshots.week * n + index
        # Where there are fewer weeks than `back`, the cell is that of the start, before any week.
        sums: Array = self._sums(what).reshape(-1).take(np.maximum(cell - back * n, index))
        if unknown is not None:
            sums -= unknown.reshape(-1).take(cell - begins.start * n)
        return sums

    def window(self, what: What, begins: range, weeks: int, before: int = 0) -> Array:
        """The sum of the `weeks` weeks that lie `before` weeks back, as `until` gives it: (begins, n)."""
        sums = self.until(what, begins, before)
        sums -= self.until(what, begins, before + weeks)
        return sums

    def between(self, what: What, first: Array, stop: Array, index: Array, week: Array) -> Array:
        """The sum of the weeks from `first` to the one before `stop`, as it was known at the start of `week`: (rows,).

        All arguments are (rows,); `index` is the account of each. Raises ValueError where `stop` lies after `week`.
        """
        if np.any(stop > week):
            raise ValueError(AHEAD.format(np.max(stop - week)))
        totals, changes = self._sums(what), self._changes[what]
        sums = totals[stop, index] - totals[first, index]
        # Changes are in order of index and week, so those of an account between two weeks are a range of this key.
        key, asked = (each * np.int64(len(totals)) for each in (changes.index, index))
        lowest, end = (np.searchsorted(key + changes.week, asked + each) for each in (first, stop))
        row, change = expand_ranges(lowest, end)
        unknown = changes.from_week[change] > week[row]
        sums -= np.bincount(row[unknown], changes.more[change[unknown]], len(sums)).astype(sums.dtype)
        return sums

    @cached_property
    def last_day(self) -> Array:
        """The last active day that is known when a week begins, counted from 1, the first; 0: none. (weeks + 1, n)."""
        weeks, n = self._days.shape
        last = np.zeros((weeks + 1, n), np.int16)
        newest = _HIGHEST[self._days]
        last[1:] = np.where(newest > 0, newest + 7 * np.arange(weeks, dtype=np.int16)[:, None], 0)
        day = (7 * self._late.week + self._late.weekday + 1).astype(np.int16)
        np.maximum.at(last.reshape(-1), self._late.from_week * np.int64(n) + self._late.index, day)
        for before, row in pairwise(last):
            np.maximum(row, before, out=row)
        return last

    def active_days(self) -> ActiveDays:
        """Every active day once, with the first week that knows of it."""
        by_index, late = np.ascontiguousarray(self._days.T), self._late
        index, week = np.nonzero(by_index)
        cell, weekday = np.nonzero(np.unpackbits(by_index[index, week][:, None], axis=1, bitorder="little"))
        late = late.where(np.argsort(late.from_week, kind="stable"))
        index = np.concatenate([index[cell], late.index])
        day = np.concatenate([7 * week[cell] + weekday, 7 * late.week + late.weekday])
        from_week = np.concatenate([week[cell] + 1, late.from_week])
        # Days heard of in time are in order and come first, so the sort has little to do, and of a day that was heard
        # of several times the first time is kept.
        key = index * (7 * len(self._days) + 1) + day
        order = np.argsort(key, kind="stable")
        firsts = order[is_first(key[order])]
        return ActiveDays(index=index[firsts], day=day[firsts], from_week=from_week[firsts])

    def _unknown(self, what: What, begins: range, back: int) -> Array | None:
        """What of the sums that `until` asks for was not known when the weeks began: (begins, n); None: nothing.

        A change is in the sums from the start of the week after its own, `back` weeks later, and known from
        `from_week` on. Between the two it is unknown: it is added where that begins, taken off where it ends, and a
        running sum over the starts does the rest.
        """
        if back < 0:
            raise ValueError(AHEAD.format(-back))
        changes = self._changes[what]
        counts_from = changes.week + 1 + back
        here = (counts_from < changes.from_week) & (counts_from < begins.stop) & (changes.from_week > begins.start)
        if not here.any():
            return None
        index, more = changes.index[here], changes.more[here]
        unknown = np.zeros((len(begins) + 1, self._days.shape[1]), more.dtype)
        since, until = np.maximum(counts_from[here], begins.start), np.minimum(changes.from_week[here], begins.stop)
        np.add.at(unknown, (since - begins.start, index), more)
        np.subtract.at(unknown, (until - begins.start, index), more)
        return accumulated(unknown)[:-1]

    def _sums(self, what: What) -> Array:
        """Running totals of the weeks as they are known in the end: (weeks + 1, n)."""
        if what not in self._running:
            values, changes = self._a_week(what), self._changes[what]
            sums = np.zeros((len(values) + 1, values.shape[1]), float if what == "quantity" else np.int16)
            sums[1:] = values
            np.add.at(sums, (changes.week + 1, changes.index), changes.more)
            self._running[what] = _exact(accumulated(sums))
        return self._running[what]

    def _a_week(self, what: What) -> Array:
        if what == "quantity":
            return self._quantity
        return np.asarray(np.bitwise_count(self._days) if what == "days" else self._days > 0)

    @cached_property
    def _changes(self) -> dict[What, Changes]:
        # By index, week and from_week: the rows of a cell are side by side, the first known first, so that a day that
        # came late twice counts from the first time. `between` relies on this order too.
        late = self._late.where(np.lexsort((self._late.from_week, self._late.week, self._late.index)))
        cell = late.index * np.int64(len(self._days) + 1) + late.week
        before = self._days[late.week, late.index]
        # A day counts when it is first heard of, and so does a week of which nothing was heard in time.
        is_new = np.zeros(len(cell), np.int16)
        is_new[np.unique(cell * 7 + late.weekday, return_index=True)[1]] = 1
        is_new[(before >> late.weekday) & 1 == 1] = 0
        is_heard = (is_first(cell) & (before == 0)).astype(np.int16)
        grows: dict[What, Array] = {"quantity": late.quantity, "days": is_new, "weeks": is_heard}
        begins = np.flatnonzero(is_first(cell * np.int64(len(self._days) + 2) + late.from_week))
        firsts = late.where(begins)
        return {
            what: Changes(
                index=firsts.index, week=firsts.week, from_week=firsts.from_week, more=_added_up(more, begins)
            ).only()
            for what, more in grows.items()
        }


AHEAD = "{} weeks ahead were asked for; a date knows of those before it only"
_MOST = 2**53
"""From here on not every whole number is a float, so sums would no longer be exact."""

_HIGHEST = np.array([each.bit_length() for each in range(256)], np.int16)
"""The highest bit that is set in each byte, counted from 1; 0: none."""


def _exact(sums: Array) -> Array:
    """The same sums; raises SourceError where one is too large to be exact."""
    if sums.max(initial=0) >= _MOST:
        raise SourceError(
            f"quantities add up to {sums.max() / PARTS:.3g}",
            where="usage, quantity",
            allowed=f"less than {_MOST / PARTS:.1g} an account",
            fix="count in a larger unit",
        )
    return sums


def accumulated(rows: Array) -> Array:
    """The same array, in which each row has those before it added to it. Adding row by row is five times as fast as
    `cumsum` along the first axis, which jumps through memory."""
    for before, row in pairwise(rows):
        np.add(row, before, out=row)
    return rows


def _added_up(values: Array, begins: npt.NDArray[np.int64]) -> Array:
    """Sums of the values from each begin to the next."""
    # reduceat refuses an empty list of begins.
    return np.asarray(np.add.reduceat(values, begins) if len(begins) else values[:0])
