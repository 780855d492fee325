"""Dates: the grid of `as_of` dates, label windows, renewals. Nothing here asks the machine what day it is, nor does any
stage; of the verbs only `status` and `weekly` do, because that a list is due can't be told from any file.

A day is a `numpy.datetime64[D]`; `as_of` means that day at 00:00 UTC, so the day itself is not yet seen.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Day = np.datetime64
Days = npt.NDArray[np.datetime64]

WEEK = np.timedelta64(7, "D")
DAY_IN_MICROSECONDS = 86_400_000_000


def day(value: Any) -> Day:
    """A date, timestamp or ISO text as a day.

    >>> day("2025-03-10")
    np.datetime64('2025-03-10')
    """
    return np.datetime64(value, "D")


def days(count: int) -> np.timedelta64:
    """A number of days, to add to a day.

    >>> day("2025-03-10") - days(9)
    np.datetime64('2025-03-01')
    """
    return np.timedelta64(count, "D")


def to_column(when: Any) -> Any:
    """A day or an array of days in the type of a table's columns: to the microsecond.

    >>> to_column(day("2025-03-10"))
    np.datetime64('2025-03-10T00:00:00.000000')
    """
    return when.astype("M8[us]", copy=False) if isinstance(when, np.ndarray) else when.astype("M8[us]")


def of_column(column: Any) -> Days:
    """The days of a table's column, without times of day; NaT where there is none.

    >>> import pandas as pd
    >>> of_column(pd.Series(pd.to_datetime(["2025-03-10 12:00", None])))
    array(['2025-03-10',        'NaT'], dtype='datetime64[D]')
    """
    return np.asarray(column.to_numpy("M8[D]"))


def as_date(when: Day) -> dt.date:
    """A day as Python's own date, for records and pages.

    >>> as_date(day("2025-01-06"))
    datetime.date(2025, 1, 6)
    """
    return dt.date.fromisoformat(str(day(when)))


def days_between(later: Any, earlier: Any) -> npt.NDArray[np.float64]:
    """`later - earlier` in days and parts of days, NaN where either is not known.

    >>> days_between(np.array(["2025-03-10", "NaT"], "M8[us]"), day("2025-03-01"))
    array([ 9., nan])
    """
    return np.asarray((np.asarray(later, "M8[us]") - np.asarray(earlier, "M8[us]")) / days(1))


@dataclass(frozen=True)
class Grid:
    """The dates on which snapshots are taken: whole weeks before and after an anchor.

    Only whole weeks, because weeks are counted back from `as_of`: all snapshots then share one set of weeks, and usage
    has to be summed only once.

    >>> grid = Grid(day("2025-01-06"), every_weeks=2)
    >>> grid.dates(day("2025-01-01"), day("2025-02-05"))
    array(['2025-01-06', '2025-01-20', '2025-02-03'], dtype='datetime64[D]')
    >>> grid.floor(day("2025-02-01")), grid.contains(day("2025-02-01"))
    (np.datetime64('2025-01-20'), False)
    """

    anchor: Day
    every_weeks: int = 1

    def floor(self, when: Day) -> Day:
        """The latest grid date that is not after `when`."""
        return self.anchor + (when - self.anchor) // self.step * self.step

    def contains(self, when: Day) -> bool:
        """Is `when` one of the grid's dates?"""
        return bool(self.floor(when) == when)

    def dates(self, first: Day, last: Day) -> Days:
        """Every grid date from `first` to `last`, both included."""
        start = self.floor(first + self.step - days(1))
        return np.arange(start, last + days(1), self.step)

    def week_of(self, when: Any) -> npt.NDArray[np.int64]:
        """The week of a day, counted from the anchor; an `as_of` sees the weeks below its own.

        >>> Grid(day("2025-01-06")).week_of(["2025-01-05", "2025-01-06", "2025-01-13"]).tolist()
        [-1, 0, 1]
        """
        days = (np.asarray(when, "M8[D]") - self.anchor).astype(np.int64)
        return np.asarray(days // 7)

    @property
    def step(self) -> np.timedelta64:
        """From one date to the next."""
        return WEEK * self.every_weeks


@dataclass(frozen=True)
class LabelWindow:
    """The days in which churn counts for a snapshot, all relative to `as_of`.

    Churn in `[as_of, as_of + lead)` comes too late to act on; churn in `[as_of + lead, as_of + lead + horizon)` is the
    label; it is mature, and will not change any more, once the window has closed and the reporting lag has passed.

    >>> window = LabelWindow(lead_days=14, horizon_days=90, reporting_lag_days=7)
    >>> window.opens(day("2025-01-06")), window.closes(day("2025-01-06")), window.matures(day("2025-01-06"))
    (np.datetime64('2025-01-20'), np.datetime64('2025-04-20'), np.datetime64('2025-04-27'))
    """

    lead_days: int
    horizon_days: int
    reporting_lag_days: int = 0

    def opens(self, as_of: Any) -> Any:
        """First day on which churn counts."""
        return as_of + days(self.lead_days)

    def closes(self, as_of: Any) -> Any:
        """First day after the window."""
        return self.opens(as_of) + days(self.horizon_days)

    def matures(self, as_of: Any) -> Any:
        """First day on which the label is mature."""
        return self.closes(as_of) + days(self.reporting_lag_days)


def next_renewal(start: Any, term_months: Any, as_of: Any) -> Days:
    """The first end of a term on or after `as_of` (one date, or one a row); NaT where there is no term.

    A term that starts on the 31st renews on the last day of shorter months.

    >>> next_renewal(np.array(["2024-01-31", "2024-01-31"], "M8[D]"), np.array([1, np.nan]), day("2024-02-10"))
    array(['2024-02-29',        'NaT'], dtype='datetime64[D]')
    """
    days = (np.asarray(each, "M8[D]") for each in (start, as_of))
    start, as_of, months = np.broadcast_arrays(*days, np.asarray(term_months, float))
    term = np.nan_to_num(months).astype(int)
    has_term = ~np.isnat(start) & (term > 0)
    start, term, as_of = start[has_term], term[has_term], as_of[has_term]
    month = start.astype("M8[M]")
    day_of_month, elapsed = start - month.astype("M8[D]"), (as_of.astype("M8[M]") - month).astype(int)
    ends = month + np.maximum(elapsed // term, 1) * term
    renews = _in_month(ends, day_of_month)
    # Elapsed months are counted without days, so this term may end earlier in the month of `as_of`: then one further.
    over = np.flatnonzero(renews < as_of)
    renews[over] = _in_month(ends[over] + term[over], day_of_month[over])
    renewal = np.full(has_term.shape, np.datetime64("NaT"), "M8[D]")
    renewal[has_term] = renews
    return renewal


def _in_month(month: Any, day_of_month: Any) -> Days:
    """A day of a month, counted from 0, or the last one where the month is shorter."""
    first, last = month.astype("M8[D]"), (month + 1).astype("M8[D]") - days(1)
    return np.asarray(np.minimum(first + day_of_month, last))


def months_between(start: Any, end: Any) -> npt.NDArray[np.float64]:
    """Whole calendar months from one date to a later one; NaN where either is not known.

    >>> months_between(np.array(["2025-02-01", "2025-01-31", "NaT"], "M8[D]"), Day("2025-03-02"))
    array([ 1.,  1., nan])
    """
    first, last = np.asarray(start, "M8[D]"), np.asarray(end, "M8[D]")
    months = (last.astype("M8[M]") - first.astype("M8[M]")).astype(float)
    early = (last - last.astype("M8[M]")) < (first - first.astype("M8[M]"))
    return np.where(np.isnat(first) | np.isnat(last), np.nan, months - early)
