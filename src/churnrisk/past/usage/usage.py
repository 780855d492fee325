"""What the accounts of snapshots did, in weeks counted back from `as_of`."""

from collections.abc import Iterator, Sequence

import numpy as np

from churnrisk.past.arrays import Array, Numbers, ratio
from churnrisk.past.snapshots import OfSnapshots, Snapshots
from churnrisk.past.usage.many_events import ManyEvents, usage_by_week
from churnrisk.past.usage.running_totals import PARTS, What
from churnrisk.past.usage.weeks import Axis, Events, Weeks
from churnrisk.rollup.read import Daily


class Usage(OfSnapshots):
    """Past usage of `n` snapshots, each as it was known at its own `as_of`; every summary is (n,).

    The last week ends at `as_of`, less the days whose usage may still arrive. There is no later one, so nothing here
    can look ahead. What accounts did before usage was recorded is not known: a window that reaches back so far is NaN
    for accounts that were there, except in `by_week`, `level` and `falling`, which look at the record alone.

    Windows are given in weeks: `total(weeks=4)` is the last four, `total(weeks=12, before=4)` the twelve before those.
    A window that lies ahead raises ValueError.

    >>> from churnrisk.past.example import views
    >>> usage = views()["usage"]
    >>> usage.total(weeks=1), usage.total(weeks=2, event="login"), usage.total(weeks=1, before=1)
    (array([2., 0., 0., 4.]), array([8., 0., 2., 0.]), array([6., 0., 5., 0.]))
    >>> usage.total(weeks=9)
    array([nan,  0., nan,  4.])
    >>> usage.days_since(), usage.days_since("login"), usage.active_days(weeks=2)
    (array([ 7., nan,  8.,  6.]), array([ 7., nan, 14., nan]), array([2., 0., 2., 1.]))
    """

    def __init__(self, weeks: Weeks | ManyEvents, snapshots: Snapshots) -> None:
        super().__init__(snapshots)
        self._weeks = weeks

    @classmethod
    def at_end_of(cls, axis: Axis, daily: Sequence[Daily], accounts: int) -> "Usage":
        """Usage of all of some accounts, in their order, at the date that an axis ends at, and no further back.

        `daily` are parts of the rollup of so many `accounts`, as `rollup.read` gives them. When the accounts began does
        not matter here, so `lived` and all that follows from it count them as there all along.

        >>> from churnrisk.clock import Grid, day
        >>> from churnrisk.past.example import FIRST, daily
        >>> axis = Axis.before(day(FIRST), 3, grid=Grid(day(FIRST)), settle_days=0)
        >>> Usage.at_end_of(axis, [daily()], accounts=2).by_week(3)
        array([[0., 6., 2.],
               [0., 0., 0.]])
        """
        zeros = np.zeros(accounts, np.int64)
        snapshots = Snapshots(
            account_index=np.arange(accounts),
            week=zeros + axis.stop - axis.first,
            predates_usage=np.zeros(accounts, bool),
            start_week=zeros,
            recorded_week=zeros,
        )
        return cls(usage_by_week(daily, accounts, axis), snapshots)

    def by_week(self, weeks: int) -> Numbers:
        """Totals by week, the oldest first: (n, weeks). Weeks before the first are 0."""
        return np.array(list(self._back(weeks)))[::-1].T / PARTS

    def total(self, weeks: int, before: int = 0, event: Events = None) -> Numbers:
        """Sum over the last `weeks` weeks that lie `before` weeks back."""
        return self._if_known(self._sum("quantity", weeks, before, event) / PARTS, weeks + before)

    def lived(self, weeks: int, before: int = 0) -> Numbers:
        """Weeks of the window in which the account was there; the week of its start counts whole."""

        def compute() -> Numbers:
            since = self._snapshots.week - np.maximum(self._snapshots.start_week, self._snapshots.recorded_week)
            return np.clip(since - before, 0, weeks).astype(float)

        return self._once(("lived", weeks, before), compute)

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
        snapshots = self._snapshots
        last = self._weeks.running_totals(event).last_day[snapshots.week, snapshots.account_index]
        return self._weeks.axis.days_since(last, snapshots.week)

    def silent_days(self, event: Events = None) -> Numbers:
        """Days without activity up to the last one that is looked at: `days_since`, less those that may still settle.

        An account that was active as late as can be known has been silent for 1 day; NaN: never seen.
        """
        return self.days_since(event) - self._weeks.axis.settle_days

    def level(self, half_life: float, event: Events = None) -> Numbers:
        """Exponentially weighted weekly level; a week that lies `half_life` weeks back counts half.

        Weeks before an account began have no weight.
        """
        # Beyond six half-lives a week has less than 1/64 of the weight of the last one.
        span = int(np.ceil(6 * half_life))
        weight = 0.5 ** (np.arange(span) / half_life)
        lived = self.lived(span).astype(int)
        sums = np.zeros(len(lived))
        for age, past in enumerate(self._back(span, event)):
            np.add(sums, past * (weight[age] / PARTS), out=sums, where=age < lived)
        return ratio(sums, np.append(0, np.cumsum(weight))[lived])

    def slope(self, weeks: int) -> Numbers:
        """Straight-line trend over the last weeks, relative to their mean: -0.1 falls by a tenth of it a week.

        NaN for an account that has not been there so long.
        """
        # Weeks are centred on 0, so the slope of least squares is a weighted sum of them.
        along = (weeks - 1) / 2 - np.arange(weeks)
        trend = sum(week * x for week, x in zip(self._back(weeks), along, strict=True)) / (along * along).sum()
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
        return np.where(self._snapshots.recorded_week < self._snapshots.week, in_a_row, np.nan)

    def events_used(self, weeks: int, before: int = 0, event: tuple[str, ...] | None = None) -> Numbers:
        """How many different events."""
        if event is None and isinstance(self._weeks, ManyEvents):
            return self._if_known(self._breadth(self._weeks, weeks, before)[0], weeks + before)
        named = self._weeks.events if event is None else event
        used = np.zeros(len(self._snapshots.account_index))
        for each in named:
            used += self._sum("weeks", weeks, before, each) > 0
        return self._if_known(used, weeks + before)

    def top_share(self, weeks: int) -> Numbers:
        """Share of the most used event; NaN where there was no activity."""
        if isinstance(self._weeks, ManyEvents):
            most = self._breadth(self._weeks, weeks)[1]
        else:
            most = np.zeros(len(self._snapshots.account_index))
            for each in self._weeks.events:
                np.maximum(most, self._sum("quantity", weeks, event=each), out=most)
        return self._if_known(ratio(most, self._sum("quantity", weeks)), weeks)

    def since_start(self, weeks: int) -> tuple[Numbers, Numbers]:
        """Active days in, and total of, the first `weeks` whole weeks after that of the start, each (n,).

        NaN until these are over, or if they are not known. The week of the start is left out: how much of it an account
        was there for is chance.
        """
        began, now = self._snapshots.start_week, self._snapshots.week
        over = np.flatnonzero((began >= self._snapshots.recorded_week) & (began + 1 + weeks <= now))
        first, index, totals = began[over] + 1, self._snapshots.account_index[over], self._weeks.running_totals()
        days, total = np.full((2, len(now)), np.nan)
        days[over] = totals.between("days", first, first + weeks, index, now[over])
        total[over] = totals.between("quantity", first, first + weeks, index, now[over]) / PARTS
        return days, total

    def _breadth(self, usage: ManyEvents, weeks: int, before: int = 0) -> Array:
        """How many events each snapshot used, and how much of the most used one, in `PARTS`: (2, n)."""
        return self._once(("breadth", weeks, before), lambda: usage.breadth(self._snapshots, weeks, before))

    def _back(self, weeks: int, event: Events = None) -> Iterator[Array]:
        """The last weeks one by one, from the newest back, each (n,) and in `PARTS`."""
        return (self._sum("quantity", 1, age, event) for age in range(weeks))

    def _sum(self, what: What, weeks: int, before: int = 0, event: Events = None) -> Array:
        return self._until(what, event, before) - self._until(what, event, before + weeks)

    def _until(self, what: What, event: Events, back: int) -> Array:
        """The sum of all weeks but the last `back`."""
        totals = self._weeks.running_totals(event)
        return self._once((what, event, back), lambda: totals.until_each(what, self._snapshots, back))

    def _if_lived(self, values: Numbers, weeks: int) -> Numbers:
        return np.where(self.lived(weeks) < weeks, np.nan, values)
