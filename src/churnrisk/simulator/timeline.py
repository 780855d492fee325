"""Days as whole numbers counted from the first day of the simulation, and how they become dates again."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from churnrisk.clock import Day

Ints = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

NEVER = 10**6
"""A day beyond every simulation."""

LIFE_WEEKS = 208
"""How long every company is drawn, whatever part of it is asked for: a later week then adds to the tables of an earlier
one and changes nothing in them. Two years more than the repository's own company has, to move its clock on."""

GROWN_WEEKS = 104
"""When as many accounts have signed up as were asked for; before that there are fewer, after it more."""


@dataclass(frozen=True)
class Timeline:
    """The weeks of a life from `start` on, weeks before them in which contracts already run, and some after the end.

    Day 0 is `start`; day `days` is the first after the life. Arrays by week have one column
    a week of `all_weeks`, arrays by day one a day of `all_days`; `column` gives the column of a week. `before` is two
    and a half years, so that contracts of two years have renewals before `start`; `after` is as many weeks as the
    truth looks ahead.

    >>> time = Timeline(Day("2024-01-01"), weeks=104)
    >>> time.dates(np.array([-1, 31, NEVER])).astype("M8[D]")
    array(['2023-12-31', '2024-02-01',        'NaT'], dtype='datetime64[D]')
    >>> time.add_months(np.array([30]), np.array([12])) - 30
    array([366])
    """

    start: Day
    weeks: int
    before: int = 130
    after: int = 15

    @property
    def days(self) -> int:
        return 7 * self.weeks

    @property
    def all_weeks(self) -> Ints:
        return np.arange(-self.before, self.weeks + self.after)

    @property
    def all_days(self) -> Ints:
        return np.arange(-7 * self.before, 7 * (self.weeks + self.after))

    def column(self, week: Any) -> Any:
        """The column of a week, the first or last one for weeks beyond."""
        return np.clip(week + self.before, 0, len(self.all_weeks) - 1)

    def dates(self, days: Any) -> npt.NDArray[np.datetime64]:
        """Days as naive UTC timestamps; NaT from `NEVER` on. Parts of a day become a time of day."""
        days = np.asarray(days, float)
        known = days < NEVER
        since = (np.where(known, days, 0) * 86_400).round().astype("m8[s]")
        return np.where(known, self.start.astype("M8[us]") + since, np.datetime64("NaT", "us"))

    def months(self, days: Any) -> Ints:
        """Calendar months since 1970."""
        return (self.start + np.asarray(days)).astype("M8[M]").astype(np.int64)

    def month_days(self, days: Any) -> Ints:
        """Days since the first of the month."""
        dates = self.start + np.asarray(days)
        since: Ints = (dates - dates.astype("M8[M]").astype("M8[D]")).astype(np.int64)
        return since

    def add_months(self, days: Any, months: Any) -> Ints:
        """The same day of a later month, for days up to the 28th; later days may run into the next month."""
        moved: Ints = self._firsts(self.months(days) + months) + self.month_days(days)
        return moved

    def next_renewal(self, begins: Ints, term_months: Ints, days: Ints) -> Ints:
        """The first end of a term after `days`, for contracts that began by the 28th of a month; inputs broadcast."""
        month, month_day = self.months(begins), self.month_days(begins)
        elapsed = self.months(days) - month - (self.month_days(days) < month_day)
        renewal: Ints = self._firsts(month + (elapsed // term_months + 1) * term_months) + month_day
        return renewal

    def _firsts(self, months: Ints) -> Ints:
        firsts: Ints = (months.astype("M8[M]").astype("M8[D]") - self.start).astype(np.int64)
        return firsts
