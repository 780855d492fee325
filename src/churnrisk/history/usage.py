"""What the accounts of snapshots did, in weeks counted back from `as_of`."""

from collections.abc import Iterator

import numpy as np

from churnrisk.history.arrays import Array, Numbers, ratio
from churnrisk.history.snapshots import OfSnapshots, Snapshots
from churnrisk.history.track import PARTS, What
from churnrisk.history.weeks import Events, Weeks


class Usage(OfSnapshots):
    """Past usage of `n` snapshots, of each as it was known at its `as_of`; every summary has the shape (n,).

    The last week is the one that ends at `as_of`; there is no later one, so nothing here can look ahead. What accounts
    that are `older` than the record did before it is not known, and a window that reaches so far back is NaN for them,
    but for `by_week`, `level` and `falling`, which are of the record alone.
    The last `settle_days` days before `as_of` are not seen, as their usage may still arrive.

    Windows are given in weeks: `total(weeks=4)` is the last four, `total(weeks=12, before=4)` the twelve before
    those. One that lies ahead raises ValueError.

    >>> from churnrisk.clock import Grid, day
    >>> from churnrisk.history.daily import Daily
    >>> from churnrisk.history.weeks import Axis, weeks_of
    >>> days = np.array(["2025-01-07", "2025-01-13", "2025-01-19"], "M8[D]")
    >>> daily = Daily(("login", "report"), np.zeros(3, int), np.array([0, 0, 1]), days, days, np.array([6.0, 2, 3]))
    >>> weeks = weeks_of([daily], 1, Axis(Grid(day("2025-01-06")), settle_days=0, first=0, stop=2))
    >>> usage = Usage(weeks, Snapshots(np.array([0]), np.array([2]), np.array([True]), np.array([-5])))
    >>> usage.total(weeks=1), usage.total(weeks=2, event="login"), usage.total(weeks=1, before=1)
    (array([5.]), array([8.]), array([6.]))
    >>> usage.total(weeks=9)
    array([nan])
    >>> usage.days_since(), usage.days_since("login"), usage.active_days(weeks=1)
    (array([1.]), array([7.]), array([2.]))
    """

    def __init__(self, weeks: Weeks, snapshots: Snapshots) -> None:
        super().__init__(snapshots)
        self._weeks = weeks

    @property
    def settle_days(self) -> int:
        """Days until a day's usage is complete."""
        return self._weeks.axis.settle_days

    def by_week(self, weeks: int) -> Numbers:
        """Totals a week, oldest first: (n, weeks). Weeks before the first are 0."""
        return np.array(list(self._back(weeks)))[::-1].T / PARTS

    def total(self, weeks: int, before: int = 0, event: Events = None) -> Numbers:
        """Sum over the last `weeks` weeks that lie `before` weeks back."""
        return self._if_known(self._sum("quantity", weeks, before, event) / PARTS, weeks + before)

    def lived(self, weeks: int, before: int = 0) -> Numbers:
        """Weeks of the window in which the account was there; the week of its start counts whole."""

        def find() -> Numbers:
            since = self._snapshots.week - np.maximum(self._snapshots.start_week, 0)
            return np.clip(since - before, 0, weeks).astype(float)

        return self._once(("lived", weeks, before), find)

    def per_week(self, weeks: int, before: int = 0, event: Events = None) -> Numbers:
        """Mean a week over the weeks of the window in which the account was there; NaN where it was not."""
        return ratio(self.total(weeks, before, event), self.lived(weeks, before))

    def active_days(self, weeks: int, before: int = 0, event: Events = None) -> Numbers:
        """Days with any activity."""
        return self._if_known(self._sum("days", weeks, before, event), weeks + before)

    def active_weeks(self, weeks: int, before: int = 0, event: Events = None) -> Numbers:
        """Weeks with any activity."""
        return self._if_known(self._sum("weeks", weeks, before, event), weeks + before)

    def days_since(self, event: Events = None) -> Numbers:
        """Days from the last active day to `as_of`; 1 is yesterday; NaN: never seen."""
        last = self._weeks.track(event).last_day[self._snapshots.week, self._snapshots.place]
        return np.where(last > 0, 7.0 * self._snapshots.week + 1 - last + self.settle_days, np.nan)

    def level(self, half_life: float, event: Events = None) -> Numbers:
        """Exponentially weighted weekly level; a week that lies `half_life` weeks back counts half.

        Weeks before an account began have no weight.
        """
        span = int(np.ceil(6 * half_life))
        weight = 0.5 ** (np.arange(span) / half_life)
        lived = self.lived(span).astype(int)
        sums = np.zeros(len(lived))
        for age, past in enumerate(self._back(span, event)):
            np.add(sums, past * (weight[age] / PARTS), out=sums, where=age < lived)
        return ratio(sums, np.append(0, np.cumsum(weight))[lived])

    def slope(self, weeks: int) -> Numbers:
        """Straight-line trend over the last weeks, relative to their mean: -0.1 falls by a tenth of it a week. NaN for
        an account that has not been there so long.
        """
        along = (weeks - 1) / 2 - np.arange(weeks)
        trend = sum(week * place for week, place in zip(self._back(weeks), along, strict=True)) / (along * along).sum()
        return self._if_lived(ratio(trend, self._sum("quantity", weeks) / weeks), weeks)

    def variation(self, weeks: int) -> Numbers:
        """Standard deviation over mean of the last weeks; NaN for an account that has not been there so long."""
        mean = self._sum("quantity", weeks) / weeks
        spread = np.sqrt(sum((week - mean) ** 2 for week in self._back(weeks)) / weeks)
        return self._if_lived(ratio(spread, mean), weeks)

    def falling(self, most: int = 12) -> Numbers:
        """Weeks in a row, up to the last, in which there was less than in the week before."""
        later, *earlier = self._back(most + 1)
        falls, in_a_row = np.ones(len(later), bool), np.zeros(len(later))
        for week in earlier:
            falls &= later < week
            in_a_row += falls
            later = week
        return in_a_row

    def events_used(self, weeks: int, before: int = 0, event: tuple[str, ...] | None = None) -> Numbers:
        """How many different events."""
        named = self._weeks.events if event is None else event
        used = np.zeros(len(self._snapshots.place))
        for each in named:
            used += self._sum("weeks", weeks, before, each) > 0
        return self._if_known(used, weeks + before)

    def top_share(self, weeks: int) -> Numbers:
        """Share of the most used event; NaN where there was no activity."""
        most = np.zeros(len(self._snapshots.place))
        for each in self._weeks.events:
            np.maximum(most, self._sum("quantity", weeks, event=each), out=most)
        return self._if_known(ratio(most, self._sum("quantity", weeks)), weeks)

    def since_start(self, weeks: int) -> tuple[Numbers, Numbers]:
        """Active days in, and total of, the first `weeks` whole weeks after that of the start, each (n,); NaN until
        these are over or if they are not known. The week of the start is a part of a week, as long as chance has it.
        """
        began, now = self._snapshots.start_week, self._snapshots.week
        over = np.flatnonzero((began >= 0) & (began + 1 + weeks <= now))
        first, place, track = began[over] + 1, self._snapshots.place[over], self._weeks.track()
        days, total = np.full((2, len(now)), np.nan)
        days[over] = track.between("days", first, first + weeks, place, now[over])
        total[over] = track.between("quantity", first, first + weeks, place, now[over]) / PARTS
        return days, total

    def _back(self, weeks: int, event: Events = None) -> Iterator[Array]:
        """The last weeks, one after the other back from the newest, in `PARTS`."""
        return (self._sum("quantity", 1, age, event) for age in range(weeks))

    def _sum(self, what: What, weeks: int, before: int = 0, event: Events = None) -> Array:
        return self._until(what, event, before) - self._until(what, event, before + weeks)

    def _until(self, what: What, event: Events, back: int) -> Array:
        """The sum of all weeks but the last `back`."""
        snapshots = self._snapshots
        return self._once((what, event, back), lambda: self._weeks.track(event).until_each(what, snapshots, back))

    def _if_lived(self, values: Numbers, weeks: int) -> Numbers:
        return np.where(self.lived(weeks) < weeks, np.nan, values)
