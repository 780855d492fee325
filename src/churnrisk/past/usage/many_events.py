"""Usage where there are too many different events to lay each one out by week, as where every URL is an event."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from churnrisk.past.arrays import Array
from churnrisk.past.snapshots import Snapshots
from churnrisk.past.usage.running_totals import AHEAD, PARTS, RunningTotals
from churnrisk.past.usage.weeks import Axis, Events, Weeks, weeks_of
from churnrisk.rollup.read import Daily

MOST_LAID_OUT = 64
"""Different events that are laid out by week; with more, only those that a feature asks for are, when it does.

Each event takes some 19 bytes a week and account, so 64 of them take 0.5 GB in a block of 4,096 accounts with two years
of history, and 20,000 would take 160 GB. Products that name what their users do have a few dozen, and for so few it is
faster to look up laid-out weeks. No value depends on this number.
"""


def usage_by_week(daily: Sequence[Daily], n: int, axis: Axis, most: int = MOST_LAID_OUT) -> "Weeks | ManyEvents":
    """Usage of `n` accounts, from parts with the same `names`: laid out whole where these are `most` or fewer."""
    return weeks_of(daily, n, axis) if len(daily[0].names) <= most else ManyEvents(daily, n, axis)


class ManyEvents:
    """Usage of `n` accounts along an axis, whose rows are kept as they are: memory does not grow with their events.

    It answers what `Weeks` does, with the same values to the last bit.
    """

    def __init__(self, daily: Sequence[Daily], n: int, axis: Axis) -> None:
        self.axis, self.events = axis, daily[0].names
        self._daily, self._n = daily, n
        self._running_totals: dict[Events, RunningTotals] = {}

    def running_totals(self, event: Events = None) -> RunningTotals:
        """Those of an event, of several taken together, or of all; of an event that never happened all are 0."""
        if event not in self._running_totals:
            weeks = weeks_of([self._together(part, event) for part in self._daily], self._n, self.axis)
            self._running_totals[event] = weeks.running_totals()
        return self._running_totals[event]

    def breadth(self, snapshots: Snapshots, weeks: int, before: int = 0) -> Array:
        """How many different events snapshots used, and the quantity of the most used one, in `PARTS`: (2, snapshots).

        Both are of the last `weeks` weeks that lie `before` weeks back. Raises ValueError for a `before`
        below 0, which would look ahead.
        """
        if before < 0:
            raise ValueError(AHEAD.format(-before))
        begins, rows = snapshots.begins, self._rows
        breadth = np.zeros((2, len(begins), self._n))
        used, most = breadth
        for number, begin in enumerate(begins):
            known = rows.known(begin, weeks, before)
            account, quantity = rows.by_event(known, len(self.events))
            used[number] = np.bincount(account, minlength=self._n)
            np.maximum.at(most[number], account, quantity)
        return breadth[:, snapshots.week - begins.start, snapshots.account_index]

    def _together(self, part: Daily, event: Events) -> Daily:
        """The rows of some events as rows of one."""
        if event is not None:
            named = (event,) if isinstance(event, str) else event
            part = part.of(named)
        return replace(part, names=("any",), code=0 * part.code)

    @cached_property
    def _rows(self) -> "_Rows":
        return _Rows.of(self._daily, self.axis)


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """Rows of usage in order of `week`, all (rows,).

    `pair` is one number an account and event, `from_week` the first week at whose start the row is known, and
    `quantity` is in `PARTS`.
    """

    week: npt.NDArray[np.int64]
    pair: npt.NDArray[np.int64]
    from_week: npt.NDArray[np.int64]
    quantity: Array

    @classmethod
    def of(cls, daily: Sequence[Daily], axis: Axis) -> "_Rows":
        """The rows of all parts. Those of before the axis are left out: they lie in none of its weeks."""
        columns: list[tuple[Any, ...]] = []
        for part in daily:
            week, known = axis.week_of(part.day), axis.grid.week_of(part.known_on) - axis.first
            pair = part.account_index.astype(np.int64) * len(part.names) + part.code
            columns.append((week, pair, np.maximum(week, known) + 1, np.round(part.quantity * PARTS)))
        week, pair, from_week, quantity = (np.concatenate(each) for each in zip(*columns, strict=True))
        order = np.argsort(week, kind="stable")
        order = order[np.searchsorted(week[order], 0) :]
        return cls(week=week[order], pair=pair[order], from_week=from_week[order], quantity=quantity[order])

    def known(self, begin: int, weeks: int, before: int) -> npt.NDArray[np.int64]:
        """The positions of the rows of a window that are known when the week `begin` begins."""
        first, stop = np.searchsorted(self.week, [begin - before - weeks, begin - before])
        return np.asarray(first + np.flatnonzero(self.from_week[first:stop] <= begin))

    def by_event(self, rows: npt.NDArray[np.int64], names: int) -> tuple[npt.NDArray[np.int64], Array]:
        """The account and the sum of each account and event among some rows: (pairs,) each."""
        pairs, which = np.unique(self.pair[rows], return_inverse=True)
        return pairs // names, np.bincount(which, self.quantity[rows], len(pairs))
