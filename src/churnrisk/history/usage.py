"""What accounts did, in weeks counted back from `as_of`."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Events = str | tuple[str, ...] | None
"""One event, several taken together, or all."""

_DAYS_IN = np.array([bits.bit_count() for bits in range(128)], dtype=np.uint8)
_LAST_DAY_IN = np.array([bits.bit_length() - 1 for bits in range(128)], dtype=np.int8)


@dataclass(frozen=True)
class Usage:
    """Past usage of `n` accounts (or users), already cut to what was known at `as_of`.

    `quantity` and `days` have the shape (events, n, weeks): how much of each event, and on which days of the week as
    bits, bit 0 the first day. The last week is the one that ends at `as_of`; there is no later one, so nothing here
    can look ahead. `older` marks who was there before the first week: what they did before it is not known, and a
    window that reaches so far back is NaN for them. `started` is the week in which each began (it may be below 0).
    The last `settle_days` days before `as_of` are not seen, as their usage may still arrive.

    Windows are given in weeks: `total(weeks=4)` is the last four, `total(weeks=12, before=4)` the twelve before
    those.

    >>> quantity = np.array([[[0, 6, 2, 1]], [[0, 0, 0, 3]]], float)
    >>> days = np.array([[[0, 3, 1, 1]], [[0, 0, 0, 2]]], np.uint8)
    >>> usage = Usage(("login", "report"), quantity, days, older=np.array([True]), started=np.array([-5]))
    >>> usage.total(weeks=2), usage.total(weeks=2, event="login"), usage.total(weeks=1, before=2)
    (array([6.]), array([3.]), array([6.]))
    >>> usage.total(weeks=9)
    array([nan])
    >>> usage.days_since(), usage.days_since("report"), usage.active_days(weeks=1)
    (array([6.]), array([6.]), array([2.]))
    """

    events: tuple[str, ...]
    quantity: npt.NDArray[np.float32]
    days: npt.NDArray[np.uint8]
    older: Mask
    started: npt.NDArray[np.int64]
    settle_days: int = 0

    @property
    def weeks(self) -> int:
        """How many weeks of the past there are."""
        return int(self.quantity.shape[2])

    def by_week(self, weeks: int, before: int = 0, event: Events = None) -> Numbers:
        """Totals a week, oldest first: (n, weeks). Weeks before the first are 0."""
        return self._last(self._quantity(event), weeks, before)

    def total(self, weeks: int, before: int = 0, event: Events = None) -> Numbers:
        """Sum over the last `weeks` weeks that lie `before` weeks back."""
        return self._if_known(self._sum(weeks, before, event), weeks + before)

    def recorded(self, weeks: int) -> Numbers:
        """Sum over the last weeks of what was recorded; nothing for weeks before usage was."""
        return self._sum(weeks, 0, None)

    def lived(self, weeks: int, before: int = 0) -> Numbers:
        """Weeks of the window in which the account was there; the week of its start counts whole."""
        since = np.maximum(self.started, 0)
        return np.asarray(np.clip(self.weeks - before - since, 0, weeks), float)

    def per_week(self, weeks: int, before: int = 0, event: Events = None) -> Numbers:
        """Mean a week over the weeks of the window in which the account was there; NaN where it was not."""
        return ratio(self.total(weeks, before, event), self.lived(weeks, before))

    def active_days(self, weeks: int, before: int = 0, event: Events = None) -> Numbers:
        """Days with any activity."""
        counts = _DAYS_IN[self._window(self._days(event), weeks, before)]
        return self._if_known(counts.sum(axis=1, dtype=float), weeks + before)

    def active_weeks(self, weeks: int, before: int = 0, event: Events = None) -> Numbers:
        """Weeks with any activity."""
        active = self._window(self._days(event), weeks, before) > 0
        return self._if_known(active.sum(axis=1, dtype=float), weeks + before)

    def is_active(self, weeks: int, before: int = 0) -> Mask:
        """Was there any activity in the window? False where the window reaches back to before usage was recorded."""
        active = np.bitwise_or.reduce(self._window(self._days(None), weeks, before), axis=1) > 0
        return np.asarray(active & ~(self.older & (weeks + before > self.weeks)))

    def days_since(self, event: Events = None) -> Numbers:
        """Days from the last active day to `as_of`; 1 is yesterday; NaN: never seen."""
        days = self._days(event)
        if not self.weeks:
            return np.full(len(self.older), np.nan)
        ago = np.argmax(days[:, ::-1] > 0, axis=1)
        last = days[np.arange(len(days)), self.weeks - 1 - ago]
        return np.where(last > 0, 7.0 * (ago + 1) - _LAST_DAY_IN[last] + self.settle_days, np.nan)

    def level(self, half_life: float, event: Events = None) -> Numbers:
        """Exponentially weighted weekly level; a week that lies `half_life` weeks back counts half.

        Weeks before an account began have no weight.
        """
        span = int(np.ceil(6 * half_life))
        age = np.arange(span)[::-1]
        there = (self.weeks - 1 - age)[None, :] >= np.maximum(self.started, 0)[:, None]
        weight = np.where(there, 0.5 ** (age / half_life), 0.0)
        return ratio((self.by_week(span, event=event) * weight).sum(axis=1), weight.sum(axis=1))

    def slope(self, weeks: int) -> Numbers:
        """Straight-line trend over the last weeks, relative to their mean: -0.1 falls by a tenth of it a week. NaN for
        an account that has not been there so long.
        """
        past = self.by_week(weeks)
        along = np.arange(weeks) - (weeks - 1) / 2
        trend = (past * along).sum(axis=1) / (along * along).sum()
        return np.where(self.lived(weeks) < weeks, np.nan, self._if_known(ratio(trend, past.mean(axis=1)), weeks))

    def variation(self, weeks: int) -> Numbers:
        """Standard deviation over mean of the last weeks; NaN for an account that has not been there so long."""
        past = self.by_week(weeks)
        found = self._if_known(ratio(past.std(axis=1), past.mean(axis=1)), weeks)
        return np.where(self.lived(weeks) < weeks, np.nan, found)

    def falling(self, most: int = 12) -> Numbers:
        """Weeks in a row, up to the last, in which there was less than in the week before."""
        past = self.by_week(most + 1)
        fell = np.diff(past, axis=1)[:, ::-1] < 0
        return np.where(fell.all(axis=1), most, np.argmin(fell, axis=1)).astype(float)

    def events_used(self, weeks: int, before: int = 0, event: tuple[str, ...] | None = None) -> Numbers:
        """How many different events."""
        places = range(len(self.events)) if event is None else self._places(event)
        used = sum(
            (np.bitwise_or.reduce(self._window(self.days[place], weeks, before), axis=1) > 0).astype(float)
            for place in places
        )
        return self._if_known(np.asarray(used, float) + np.zeros(len(self.older)), weeks + before)

    def top_share(self, weeks: int) -> Numbers:
        """Share of the most used event; NaN where there was no activity."""
        totals = np.array([self._sum(weeks, 0, event) for event in self.events])
        return self._if_known(ratio(totals.max(axis=0), totals.sum(axis=0)), weeks)

    def since_start(self, weeks: int) -> tuple[Numbers, Numbers]:
        """Active days in, and total of, the first `weeks` whole weeks after that of the start; NaN until they are over
        or if they are not known. The week of the start is a part of a week, as long as chance will have it.
        """
        column = self.started[:, None] + 1 + np.arange(weeks)[None, :]
        over = (self.started >= 0) & (self.started + 1 + weeks <= self.weeks)
        column = np.where(over[:, None], column, 0)
        row = np.arange(len(self.started))[:, None]
        if not self.weeks:
            return np.full(len(row), np.nan), np.full(len(row), np.nan)
        days = _DAYS_IN[self._days(None)[row, column]].sum(axis=1, dtype=float)
        total = self._quantity(None)[row, column].sum(axis=1, dtype=float)
        return np.where(over, days, np.nan), np.where(over, total, np.nan)

    @cached_property
    def _all_quantity(self) -> Numbers:
        one = len(self.quantity) == 1
        return np.asarray(self.quantity[0] if one else self.quantity.sum(axis=0, dtype=np.float64))

    @cached_property
    def _all_days(self) -> npt.NDArray[np.uint8]:
        return np.asarray(self.days[0] if len(self.days) == 1 else np.bitwise_or.reduce(self.days, axis=0), np.uint8)

    def _quantity(self, event: Events) -> npt.NDArray[Any]:
        if event is None:
            return self._all_quantity
        places = self._places(event)
        return np.asarray(self.quantity[places[0]] if len(places) == 1 else self.quantity[places].sum(axis=0))

    def _days(self, event: Events) -> npt.NDArray[Any]:
        if event is None:
            return self._all_days
        places = self._places(event)
        return np.asarray(self.days[places[0]] if len(places) == 1 else np.bitwise_or.reduce(self.days[places], axis=0))

    def _places(self, event: str | tuple[str, ...]) -> list[int]:
        """Where the events stand; one that never happened stands nowhere."""
        named = (event,) if isinstance(event, str) else event
        return [self.events.index(each) for each in named if each in self.events]

    def _sum(self, weeks: int, before: int, event: Events) -> Numbers:
        """Sum of a window, computed once for all who ask."""
        asked = weeks, before, event
        if asked not in self._sums:
            self._sums[asked] = self._window(self._quantity(event), weeks, before).sum(axis=1, dtype=np.float64)
        return self._sums[asked]

    @cached_property
    def _sums(self) -> dict[tuple[int, int, Events], Numbers]:
        return {}

    def _window(self, values: npt.NDArray[Any], weeks: int, before: int = 0) -> npt.NDArray[Any]:
        """Those of the weeks of the window that there are; it never wraps round."""
        stop = max(self.weeks - before, 0)
        return values[:, max(stop - weeks, 0) : stop]

    def _last(self, values: npt.NDArray[Any], weeks: int, before: int = 0) -> Numbers:
        """The window as (n, weeks); what lies before the first week is 0."""
        window = self._window(values, weeks, before)
        whole = np.zeros((weeks, len(values))).T
        whole[:, weeks - window.shape[1] :] = window
        return whole

    def _if_known(self, values: Numbers, reach: int) -> Numbers:
        return np.where(self.older & (reach > self.weeks), np.nan, values)


def ratio(part: Any, whole: Any) -> Numbers:
    """`part / whole`, NaN where the whole is 0 or either is not known.

    >>> ratio(np.array([1.0, 2.0]), np.array([4.0, 0.0]))
    array([0.25,  nan])
    """
    part, whole = np.broadcast_arrays(np.asarray(part, float), np.asarray(whole, float))
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole != 0))
