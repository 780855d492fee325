"""When people work: weekends, summer, the end of the year and public holidays, by region."""

import numpy as np

from churnrisk.clock import Days
from churnrisk.simulator.timeline import Ints, Reals, Timeline

REGIONS = ("Europe", "North America", "Asia-Pacific")

_SUMMER_DEPTH = (0.30, 0.16, 0.06)
_YEAR_END = (0.40, 0.45, 0.75)
_WEEKEND = 0.12
_HOLIDAY = 0.22
_HOLIDAYS = {  # month and day; people are off on about these days
    "Europe": ((1, 6), (4, 1), (5, 1), (5, 9), (5, 29), (10, 3), (11, 1)),
    "North America": ((1, 15), (2, 19), (5, 27), (6, 19), (7, 4), (9, 2), (11, 28), (11, 29)),
    "Asia-Pacific": ((1, 26), (2, 10), (2, 11), (2, 12), (5, 3), (5, 4), (5, 5), (10, 1), (10, 2)),
}


def workday_factor(time: Timeline) -> Reals:
    """How active people are on each day from `start`, relative to an ordinary weekday; a row a region, a column a day.

    >>> from churnrisk.clock import day
    >>> europe = workday_factor(Timeline(day("2024-01-01"), weeks=52))[0]
    >>> europe[[9, 12, 227, 359]].round(2)  # a Wednesday, a Saturday, mid-August, Christmas
    array([1.  , 0.12, 0.73, 0.09])
    """
    days = np.arange(time.days)
    dates = time.start + days
    day_of_year = (dates - dates.astype("M8[Y]").astype("M8[D]")).astype(np.int64)
    week = np.where(_weekday(dates) >= 5, _WEEKEND, 1.0)
    summer = np.exp(-(((day_of_year - 218) / 26.0) ** 2))
    year_end = (day_of_year >= 356) | (day_of_year <= 1)
    return np.array(
        [
            week * (1 - depth * summer) * np.where(year_end, low, 1.0) * _holidays(region, time, days)
            for region, depth, low in zip(REGIONS, _SUMMER_DEPTH, _YEAR_END, strict=True)
        ]
    )


def _weekday(dates: Days) -> Ints:
    """0 is Monday: 1970-01-01 was a Thursday."""
    return (dates.astype(np.int64) + 3) % 7


def _holidays(region: str, time: Timeline, days: Ints) -> Reals:
    off = np.array([100 * month + day for month, day in (*_HOLIDAYS[region], (12, 25), (1, 1))])
    month_day = 100 * (time.months(days) % 12 + 1) + time.month_days(days) + 1
    return np.where(np.isin(month_day, off), _HOLIDAY, 1.0)
