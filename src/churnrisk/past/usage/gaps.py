"""Days between active days, as they were known at each date: a day that is heard of late splits a gap in two."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from churnrisk.past.arrays import Array, expand_ranges
from churnrisk.past.usage.running_totals import ActiveDays, accumulated

Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Gaps:
    """Times from one active day to the next, all (gaps,).

    `index` is whose it is, `days` its length (1: the day after), `end` the day on which it ends, counted from 0. It is
    known at the starts of the weeks from `from_week` to the one before `until_week`, at which a day in between is
    heard of.
    """

    index: Whole
    days: Whole
    end: Whole
    from_week: Whole
    until_week: Whole

    @classmethod
    def of(cls, active: ActiveDays, weeks: int) -> "Gaps":
        """All that some date sees; `weeks` is the length of the axis, and one more is the `until_week` of most."""
        first, stop = _neighbours(active.index, active.from_week)
        from_week = np.maximum(active.from_week[first], active.from_week[stop])
        until_week = np.full(len(first), weeks + 1)
        gap, between = expand_ranges(first + 1, stop)
        np.minimum.at(until_week, gap, active.from_week[between])
        return cls(
            index=active.index[stop],
            days=active.day[stop] - active.day[first],
            end=active.day[stop],
            from_week=from_week,
            until_week=until_week,
        )


def _neighbours(index: Whole, from_week: Whole) -> tuple[Whole, Whole]:
    """Pairs of positions of active days of one index between which, at some date, no other is known: first and stop.

    At the date at which a day becomes known, it has a neighbour on either side, and every pair is one of these. Days
    that become known at the same date have each other as neighbours, so only the left one is asked for them.
    """
    rows = np.arange(len(index))
    before = _nearest(index, from_week, rows, -1)
    # A day has a neighbour after it that was known before it only if it came late.
    later = np.flatnonzero(from_week > _least_after(index, from_week))
    after = _nearest(index, from_week, later, 1)
    has_before = np.flatnonzero(before >= 0)
    earlier_known = from_week[after] < from_week[later]
    first = np.concatenate([before[has_before], later[earlier_known]])
    return first, np.concatenate([has_before, after[earlier_known]])


def _least_after(index: Whole, from_week: Whole) -> Whole:
    """The least `from_week` of each day itself and of all days after it, of the same index."""
    span = from_week.max(initial=0) + 1
    # Later indices have larger keys, so they never are the least.
    return np.asarray(np.minimum.accumulate((index * span + from_week)[::-1])[::-1] - index * span)


def _nearest(index: Whole, from_week: Whole, rows: Whole, step: int) -> Whole:
    """The nearest day on one side of each of `rows`, of the same index, that is known when that day is; -1: none."""
    # One more at the end belongs to nobody, which stops the walk at both ends: position -1 is the last one.
    whose, known = np.append(index, -1), np.append(from_week, 0)
    at = rows + step
    pending = np.arange(len(rows))
    while len(pending):
        here, there = rows[pending], at[pending]
        pending = pending[(whose[there] == whose[here]) & (known[there] > known[here])]
        at[pending] += step
    return np.where(whose[at] == whose[rows], at, -1)


class GapTotals:
    """Gaps and active days of `n` indices, added up by week so that any date looks up what it knew.

    An index has few different lengths of gaps however long its history is, since they add up to less than that: at most
    38 in two years. So how many gaps of each length were known is kept, and from it follow mean, median, longest and
    all else.

    `first` is the first week at whose start anybody looks. All tables begin there: that of a week later or two is as
    good with one row for all that came before.

    >>> from churnrisk.past.usage.running_totals import ActiveDays
    >>> active = ActiveDays(index=np.zeros(3, int), day=np.array([1, 4, 8]), from_week=np.array([1, 2, 2]))
    >>> totals = GapTotals(active, weeks=2, n=1)
    >>> totals.active[:, 0].tolist(), totals.last_gap[:, 0].tolist(), totals.lengths.tolist()
    ([0, 1, 3], [0, 0, 4], [3, 4])
    >>> totals.known(np.array([0, 0]), week=np.array([1, 2]))
    (array([0, 0, 1, 1]), array([3, 4, 3, 4]), array([0, 0, 1, 1], dtype=int16))
    """

    def __init__(self, active: ActiveDays, weeks: int, n: int, first: int = 0) -> None:
        self._days, self._n, self.first = active, n, first
        self._rows = weeks + 1 - first
        self._gaps = Gaps.of(active, weeks)
        self._span = 7 * weeks + 1
        pairs, self._pair = np.unique(self._gaps.index * self._span + self._gaps.days, return_inverse=True)
        self.lengths = pairs % self._span
        self._begins = np.searchsorted(pairs // self._span, np.arange(n + 1))

    def known(self, index: Whole, week: Whole) -> tuple[Whole, Whole, Array]:
        """How many gaps of each length were known of some indices, each at the start of a week.

        For each of `index` and of the lengths that it ever has, shortest first: the position in `index`, the length,
        and how many there were, 0 too.
        """
        row, pair = expand_ranges(self._begins[index], self._begins[index + 1])
        many = self._many.reshape(-1).take((week[row] - self.first) * np.int64(len(self.lengths)) + pair)
        return row, self.lengths[pair], many

    @cached_property
    def active(self) -> Array:
        """Active days that are known when a week begins: (weeks + 1 - first, n)."""
        many = np.zeros((self._rows, self._n), np.int16)
        np.add.at(many, (self._row(self._days.from_week), self._days.index), 1)
        return accumulated(many)

    @cached_property
    def last_day(self) -> Array:
        """The last active day that is known when a week begins, counted from 1, the first; 0: none. (weeks + 1 - first,
        n)."""
        last = np.zeros((self._rows, self._n), np.int32)
        np.maximum.at(last, (self._row(self._days.from_week), self._days.index), self._days.day + 1)
        return np.maximum.accumulate(last, axis=0)

    @cached_property
    def last_gap(self) -> Array:
        """Length of the gap that ends on the last active day, as it is known when a week begins; 0: none. (weeks + 1 -
        first, n)."""
        gaps, newest = self._gaps, np.zeros((self._rows, self._n), np.int64)
        # The one that ends last; of several that end on that day the shortest, because days between were heard of.
        rank = gaps.end * self._span + (self._span - 1 - gaps.days)
        np.maximum.at(newest, (self._row(gaps.from_week), gaps.index), rank)
        newest = np.maximum.accumulate(newest, axis=0)
        return np.where(newest > 0, self._span - 1 - newest % self._span, 0)

    @cached_property
    def _many(self) -> Array:
        """How many gaps of each index and length are known when a week begins: (weeks + 1 - first, pairs)."""
        many = np.zeros((self._rows + 1, len(self.lengths)), np.int16)
        np.add.at(many, (self._row(self._gaps.from_week), self._pair), 1)
        np.subtract.at(many, (self._row(self._gaps.until_week), self._pair), 1)
        return accumulated(many)[:-1]

    def _row(self, week: Whole) -> Whole:
        """The row of a table in which something stands that is known from a week on, or until it."""
        return np.maximum(week - self.first, 0)
