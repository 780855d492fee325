"""How often accounts are active by themselves: the days between their active days, since their spell began."""

from functools import cached_property

import numpy as np
import numpy.typing as npt

from churnrisk.past.arrays import Array, Numbers, expand_ranges, ratio
from churnrisk.past.snapshots import OfSnapshots, SnapshotKeys, Snapshots
from churnrisk.past.usage.gaps import GapTotals
from churnrisk.past.usage.many_events import ManyEvents
from churnrisk.past.usage.milestones import SpellStarts
from churnrisk.past.usage.running_totals import ActiveDays
from churnrisk.past.usage.weeks import Axis, Events, Weeks


class SpellRhythm:
    """Active days of the spells of a block, by some events or by all; `spell`, (n,), is that of each snapshot."""

    def __init__(self, usage: Weeks | ManyEvents, events: Events, keys: SnapshotKeys) -> None:
        self._usage, self._events = usage, events
        self._spells, self.spell = SpellStarts.of(keys.account_index, keys.started_on)
        self._first = int(usage.axis.begins_at(keys.as_of.min()))

    @property
    def axis(self) -> Axis:
        """The axis that its weeks lie along."""
        return self._usage.axis

    @cached_property
    def totals(self) -> GapTotals:
        """Gaps and active days by spell."""
        axis = self.axis
        many = len(self._spells.account_index)
        return GapTotals(self._active_days(), axis.stop - axis.first, many, self._first)

    def _active_days(self) -> ActiveDays:
        """Active days of each spell: those of its account from its start on. A day may count for several spells, since
        a date that sees the first one as the current one knows of no later start."""
        active, spells = self._usage.running_totals(self._events).active_days(), self._spells
        bounds = np.searchsorted(spells.account_index, np.arange(spells.account_index.max(initial=-1) + 2))
        row, spell = expand_ranges(bounds[active.index], bounds[active.index + 1])
        here = np.flatnonzero(active.day[row] >= self.axis.day_of(spells.started_on)[spell])
        row, spell = row[here], spell[here]
        # Most accounts have one spell, so nearly all rows are in order already.
        order = np.argsort(spell * (active.day.max(initial=0) + 1) + active.day[row], kind="stable")
        row, spell = row[order], spell[order]
        return ActiveDays(index=spell, day=active.day[row], from_week=active.from_week[row])


class Rhythm(OfSnapshots):
    """Active days of `n` snapshots and the gaps between them, each as it was known at its own `as_of`; all are (n,).

    A gap is the time from one active day to the next: 1 where they follow each other. Only days since the spell began
    count, and of accounts that were there before usage was recorded only those since then.

    >>> from churnrisk.past.example import views
    >>> rhythm = views()["rhythm"]
    >>> rhythm.active_days(), rhythm.silent_days(), rhythm.gap_mean()
    (array([2., 0., 3., 1.]), array([ 7., nan,  8.,  6.]), array([ 6., nan,  6., nan]))
    """

    def __init__(self, rhythm: SpellRhythm, snapshots: Snapshots, spell: npt.NDArray[np.int64]) -> None:
        super().__init__(snapshots)
        self._rhythm, self._spell = rhythm, spell

    def active_days(self) -> Numbers:
        """Active days on record since the spell began."""
        return self._at(self._rhythm.totals.active).astype(float)

    def active_days_ever(self) -> Numbers:
        """The same; NaN for accounts that were there before usage was recorded."""
        return np.where(self._snapshots.predates_usage, np.nan, self.active_days())

    def silent_days(self) -> Numbers:
        """Days without activity up to the last one that is looked at, as `Usage.silent_days`; NaN: never active."""
        axis = self._rhythm.axis
        return axis.days_since(self._at(self._rhythm.totals.last_day), self._snapshots.week) - axis.settle_days

    def gap_mean(self) -> Numbers:
        """Mean gap; NaN where there is none."""
        return ratio(self._sum(1), self._sum(0))

    def gap_spread(self) -> Numbers:
        """Standard deviation of the gaps; NaN for fewer than two."""
        many, total, squares = (self._sum(power) for power in range(3))
        # Whole numbers up to here, so equal gaps have no spread at all. A mean taken off first would leave a rest.
        return np.sqrt(ratio(many * squares - total * total, np.where(many > 1, many * many, 0)))

    def longest_gap(self) -> Numbers:
        """Longest gap; NaN where there is none."""
        return self._ranked(self._sum(0))

    def median_gap(self) -> Numbers:
        """Median gap, the mean of the middle two where they are even in number; NaN where there is none."""
        many = self._sum(0)
        return (self._ranked((many + 1) // 2) + self._ranked(many // 2 + 1)) / 2

    def last_gap(self) -> Numbers:
        """The gap that ended on the last active day; NaN where there is none."""
        last = self._at(self._rhythm.totals.last_gap)
        return np.where(last > 0, last, np.nan)

    def longer_share(self) -> Numbers:
        """Share of the gaps that are longer than the present silence; NaN where there is none."""
        row, length, many = self._known
        longer = np.bincount(row, many * (length > self.silent_days()[row]), len(self._spell))
        return ratio(longer, self._sum(0))

    def _at(self, by_week: Array) -> Array:
        """Each snapshot's value of a table of the totals, (weeks, spells)."""
        return np.asarray(by_week[self._snapshots.week - self._rhythm.totals.first, self._spell])

    @cached_property
    def _known(self) -> tuple[Array, Array, Array]:
        """For each snapshot and length of a gap: the snapshot, the length, and how many gaps have it."""
        return self._rhythm.totals.known(self._spell, self._snapshots.week)

    def _sum(self, power: int) -> Numbers:
        """Sum over the gaps of this power of their lengths."""

        def compute() -> Numbers:
            row, length, many = self._known
            return np.bincount(row, many * length**power, len(self._spell)).astype(float)

        return self._once(("sum", power), compute)

    def _ranked(self, rank: Numbers) -> Numbers:
        """The gap that comes at a rank, 1 for the shortest; NaN where there is no gap."""
        _, length, many = self._known
        here = self._sum(0)
        running, before = np.cumsum(many, dtype=np.int64), np.cumsum(here) - here
        place = np.searchsorted(running, before + rank)
        # A snapshot without gaps may ask for a place after the last one.
        return np.where(here > 0, np.append(length, 0)[place], np.nan)
