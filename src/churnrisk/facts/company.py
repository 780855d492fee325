"""How much the whole company was used, week by week, so that Christmas is not told as the decline of an account."""

import datetime as dt
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from churnrisk import words
from churnrisk.clock import Day, as_date
from churnrisk.past.arrays import Numbers

FEWEST = 20
"""Accounts that it takes to tell the company's movement from that of a few of them."""

BASE_WEEKS = 12
"""Weeks before one that say what was usual then: a quarter, so that slow growth or decline is no dip."""

DIP = 0.8
"""A week below this share of what was usual is a dip that is named. In two simulated companies, of 1,500 and 300
watched accounts, the two weeks of Christmas lay between 0.52 and 0.67 and all but one of 156 others above 0.83."""

SHOWN_WEEKS = 4
"""Dips of the last weeks are named: older ones don't touch what is said of `lately`."""


def company_weeks(weeks: npt.NDArray[np.float64]) -> Numbers:
    """How much the company was used in each week against what is usual for it: (weeks,), 1 is usual.

    `weeks`, (accounts, weeks), is usage a week as it was known at one date, NaN before an account began. Every account
    that was there all along counts alike, however large it is: its weeks are compared with its own mean. All ones where
    fewer than `FEWEST` were.

    >>> usage = np.full((30, 6), 10.0)
    >>> usage[:, -1] = 4
    >>> company_weeks(usage).round(2)
    array([1. , 1. , 1. , 1. , 1. , 0.4])
    """
    there = weeks[~np.isnan(weeks).any(axis=1)]
    there = there[there.sum(axis=1) > 0]
    if len(there) < FEWEST:
        return np.ones(weeks.shape[1])
    relative = (there / there.mean(axis=1, keepdims=True)).mean(axis=0)
    before = [relative[max(at - BASE_WEEKS, 0) : at] for at in range(len(relative))]
    usual = np.array([np.median(each) if len(each) else relative[0] for each in before])
    return np.asarray(np.divide(relative, usual, out=np.ones_like(relative), where=usual > 0))


def movement_of(company: Numbers, before: slice, after: slice) -> float:
    """The company in some weeks over the same in others, at most 1: growth of the others makes nobody fall."""
    if not len(company):
        return 1.0
    then = float(np.mean(company[before]))
    return min(float(np.mean(company[after])) / then, 1.0) if then > 0 else 1.0


def dips(company: Numbers, as_of: Day) -> tuple[str, ...]:
    """A sentence on each of the last weeks in which the whole company was used less, and on none besides.

    >>> dips(np.array([1.0, 1, 1, 1, 0.4]), Day("2025-12-29"))[0].split(";")[0]
    'In the week of 22 Dec the whole company was used 60% less than usual'
    """
    last = range(max(len(company) - SHOWN_WEEKS, 0), len(company))
    low = [at for at in last if company[at] < DIP]
    if not low:
        return ()
    less = 1 - float(np.mean(company[low]))
    named = _joined([as_date(as_of) - dt.timedelta(days=7 * (len(company) - at)) for at in low])
    weeks = "week" if len(low) == 1 else "weeks"
    return (
        f"In the {weeks} of {named} the whole company was used {less:.0%} less than usual;"
        " what is said of an account leaves that out.",
    )


def _joined(days: Sequence[dt.date]) -> str:
    named = [words.short_date(each) for each in days]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
