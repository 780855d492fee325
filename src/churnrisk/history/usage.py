"""What accounts did, in weeks counted back from `as_of`."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from churnrisk.history.arrays import Array, Mask, Numbers, fixed, ratio
from churnrisk.history.seen import Seen

Events = str | tuple[str, ...] | None
"""One event, several taken together, or all."""

PARTS = 10_000
"""Of one, in which quantities are added up: whole numbers give the same sum in every order, beside whomever."""


@dataclass(frozen=True)
class Usage:
    """Past usage of `n` accounts (or users), cut to what was known at `as_of`.

    `quantity` and `days` are (weeks, events, all): how many `PARTS` of each event, and on which days of the week, as
    bits, bit 0 the first. `last_day`, (events, all), is the last active day, counted from 1, the first of all weeks; 0:
    none. Of several events, a last one stands for all together. `rows` are the positions of the `n` among all.

    The last week is the one that ends at `as_of`; there is no later one, so nothing here can look ahead. `older` marks
    who was there before the first week: what they did before it is not known, and a window that reaches so far back is
    NaN for them. `start_week` is the week in which each began (it may be below 0). The last `settle_days` days before
    `as_of` are not seen, as their usage may still arrive.

    Windows are given in weeks: `total(weeks=4)` is the last four, `total(weeks=12, before=4)` the twelve before
    those.

    >>> from churnrisk.clock import Grid, day
    >>> from churnrisk.history.daily import Daily
    >>> from churnrisk.history.weeks import Axis, weeks_of
    >>> days = np.array(["2025-01-07", "2025-01-13", "2025-01-19"], "M8[D]")
    >>> daily = Daily(("login", "report"), np.zeros(3, int), np.array([0, 0, 1]), days, days, np.array([6.0, 2, 3]))
    >>> weeks = weeks_of(daily, 1, Axis(Grid(day("2025-01-06")), settle_days=0, first=0, stop=2))
    >>> usage = weeks.before(day("2025-01-20"), np.array([0]), older=np.array([True]), start_week=np.array([-5]))
    >>> usage.total(weeks=1), usage.total(weeks=2, event="login"), usage.total(weeks=1, before=1)
    (array([5.]), array([8.]), array([6.]))
    >>> usage.total(weeks=9)
    array([nan])
    >>> usage.days_since(), usage.days_since("login"), usage.active_days(weeks=1)
    (array([1.]), array([7.]), array([2.]))
    """

    events: tuple[str, ...]
    quantity: Seen
    days: Seen
    last_day: Array
    rows: npt.NDArray[np.int64]
    older: Mask
    start_week: npt.NDArray[np.int64]
    settle_days: int = 0

    @property
    def weeks(self) -> int:
        """How many weeks of the past there are."""
        return self.quantity.stop

    def by_week(self, weeks: int, before: int = 0, event: Events = None) -> Numbers:
        """Totals a week, oldest first: (n, weeks). Weeks before the first are 0."""
        return self._parts_by_week(weeks, before, event).T / PARTS

    def _parts_by_week(self, weeks: int, before: int = 0, event: Events = None) -> Numbers:
        found = np.zeros((weeks, len(self.rows)))
        stop = weeks
        for some in reversed(list(self.quantity.window(weeks, before))):
            found[stop - len(some) : stop] = self._one(some, event, np.add)[:, self.rows]
            stop -= len(some)
        return found

    def total(self, weeks: int, before: int = 0, event: Events = None) -> Numbers:
        """Sum over the last `weeks` weeks that lie `before` weeks back."""
        return self._if_known(self._sum(weeks, before, event), weeks + before)

    def recorded(self, weeks: int) -> Numbers:
        """Sum over the last weeks of what was recorded; nothing for weeks before usage was."""
        return self._sum(weeks, 0, None)

    def lived(self, weeks: int, before: int = 0) -> Numbers:
        """Weeks of the window in which the account was there; the week of its start counts whole."""
        until = self.weeks - before - np.maximum(self.start_week, 0)
        return np.asarray(np.minimum(np.maximum(until, 0), weeks), float)

    def per_week(self, weeks: int, before: int = 0, event: Events = None) -> Numbers:
        """Mean a week over the weeks of the window in which the account was there; NaN where it was not."""
        return ratio(self.total(weeks, before, event), self.lived(weeks, before))

    def active_days(self, weeks: int, before: int = 0, event: Events = None) -> Numbers:
        """Days with any activity."""
        counts = (np.bitwise_count(days).sum(axis=0) for days in self._days_of(weeks, before, event))
        return self._if_known(self._ours(counts), weeks + before)

    def active_weeks(self, weeks: int, before: int = 0, event: Events = None) -> Numbers:
        """Weeks with any activity."""
        counts = ((days > 0).sum(axis=0) for days in self._days_of(weeks, before, event))
        return self._if_known(self._ours(counts), weeks + before)

    def is_active(self, weeks: int, before: int = 0) -> Mask:
        """Was there any activity in the window? False where the window reaches back to before usage was recorded."""
        active = self._used(weeks, before)[-1, self.rows] > 0
        return np.asarray(active & ~self.older if weeks + before > self.weeks else active)

    def days_since(self, event: Events = None) -> Numbers:
        """Days from the last active day to `as_of`; 1 is yesterday; NaN: never seen."""
        last = self._one(self.last_day[None], event, np.maximum)[0, self.rows]
        return np.where(last > 0, 7.0 * self.weeks + 1 - last + self.settle_days, np.nan)

    def level(self, half_life: float, event: Events = None) -> Numbers:
        """Exponentially weighted weekly level; a week that lies `half_life` weeks back counts half.

        Weeks before an account began have no weight.
        """
        span = int(np.ceil(6 * half_life))
        weight = 0.5 ** (np.arange(span) / half_life)
        lived = self.lived(span).astype(int)
        sums = np.zeros(len(self.rows))
        for age, past in enumerate(self.by_week(span, event=event).T[::-1]):
            sums += np.where(age < lived, weight[age] * past, 0)
        return ratio(sums, np.append(0, np.cumsum(weight))[lived])

    def slope(self, weeks: int) -> Numbers:
        """Straight-line trend over the last weeks, relative to their mean: -0.1 falls by a tenth of it a week. NaN for
        an account that has not been there so long.
        """
        past, along = self._parts_by_week(weeks), np.arange(weeks) - (weeks - 1) / 2
        trend = sum(week * place for week, place in zip(past, along, strict=True)) / (along * along).sum()
        return np.where(self.lived(weeks) < weeks, np.nan, ratio(trend, sum(past) / weeks))

    def variation(self, weeks: int) -> Numbers:
        """Standard deviation over mean of the last weeks; NaN for an account that has not been there so long."""
        past = self._parts_by_week(weeks)
        mean = sum(past) / weeks
        spread = np.sqrt(sum((week - mean) ** 2 for week in past) / weeks)
        return np.where(self.lived(weeks) < weeks, np.nan, ratio(spread, mean))

    def falling(self, most: int = 12) -> Numbers:
        """Weeks in a row, up to the last, in which there was less than in the week before."""
        fell = np.diff(self.by_week(most + 1), axis=1)[:, ::-1] < 0
        return np.asarray(np.logical_and.accumulate(fell, axis=1).sum(axis=1), float)

    def events_used(self, weeks: int, before: int = 0, event: tuple[str, ...] | None = None) -> Numbers:
        """How many different events."""
        places = slice(len(self.events)) if event is None else self._places(event)
        used = (self._used(weeks, before)[places] > 0).sum(axis=0, dtype=float)
        return self._if_known(used[self.rows], weeks + before)

    def top_share(self, weeks: int) -> Numbers:
        """Share of the most used event; NaN where there was no activity."""
        totals = np.array([self._sum(weeks, 0, event) for event in self.events])
        return self._if_known(ratio(totals.max(axis=0), self._sum(weeks, 0, None)), weeks)

    def since_start(self, weeks: int) -> tuple[Numbers, Numbers]:
        """Active days in, and total of, the first `weeks` whole weeks after that of the start; NaN until they are over
        or if they are not known. The week of the start is a part of a week, as long as chance will have it.
        """
        over = (self.start_week >= 0) & (self.start_week + 1 + weeks <= self.weeks)
        days, total = np.full((2, len(self.rows)), np.nan)
        days[over] = total[over] = 0
        for week in range(weeks):
            at = self.start_week[over] + 1 + week, -1, self.rows[over]
            days[over] += np.bitwise_count(self.days.at(*at))
            total[over] += self.quantity.at(*at)
        return days, total / PARTS

    def _one(self, some: Array, event: Events, together: np.ufunc) -> Array:
        """Weeks of one event, of several put `together`, or of all: (weeks, all of the past)."""
        if event is None:
            return np.asarray(some[:, -1])
        places = self._places(event)
        return np.asarray(
            some[:, places[0]] if len(places) == 1 else together.reduce(some[:, places], axis=1, initial=0)
        )

    def _places(self, event: str | tuple[str, ...]) -> list[int]:
        """Where the events stand; one that never happened stands nowhere."""
        named = (event,) if isinstance(event, str) else event
        return [self.events.index(each) for each in named if each in self.events]

    def _sum(self, weeks: int, before: int, event: Events) -> Numbers:
        window = self.quantity.window(weeks, before)
        return self._once(
            ("sum", weeks, before, event),
            lambda: self._ours(self._one(some, event, np.add).sum(axis=0) for some in window) / PARTS,
        )

    def _once(self, asked: tuple[Any, ...], compute: Callable[[], Array]) -> Array:
        """What is computed once for all who ask."""
        if asked not in self._computed:
            self._computed[asked] = fixed(compute())
        return self._computed[asked]

    @cached_property
    def _computed(self) -> dict[tuple[Any, ...], Array]:
        return {}

    def _days_of(self, weeks: int, before: int, event: Events) -> Iterator[Array]:
        return (self._one(some, event, np.bitwise_or) for some in self.days.window(weeks, before))

    def _used(self, weeks: int, before: int) -> Array:
        """All days of the window put together, as bits: (events, all of the past)."""
        window = self.days.window(weeks, before)
        return self._once(
            ("used", weeks, before),
            lambda: np.bitwise_or.reduce([np.bitwise_or.reduce(some, axis=0) for some in window]),
        )

    def _ours(self, parts: Iterable[Array]) -> Numbers:
        """The sum of parts of the window, of those that it is about."""
        total = np.zeros(self.last_day.shape[-1])
        for part in parts:
            total += part
        return total[self.rows]

    def _if_known(self, values: Numbers, reach: int) -> Numbers:
        return np.where(self.older, np.nan, values) if reach > self.weeks else values
