"""Until when an account can decide to leave, from its contract: a day to act before, in numbers and in words."""

import numpy as np
import pandas as pd

from churnrisk import words
from churnrisk.clock import Day

_READ = ("next_renewal", "next_term", "next_notice", "next_by_itself")
"""Particulars of the fact `contract`: days to the next renewal, months of its term, days of notice, whether it renews
by itself. Sentences are made from the same ones, so a row can't contradict its own reasons."""

ANY_MONTH = "any month"
"""How `can_leave` of an account begins that is bound for a month at most."""

_CLEAR_YEAR = 300
"""Days ahead from which a day is given with its year, as in sentences."""


def with_decisions(everybody: pd.DataFrame, known: pd.DataFrame, as_of: Day) -> pd.DataFrame:
    """The same accounts with `decides_in`, the days from `as_of` to the last one on which notice can be given (NaN:
    there is no such day, or it has passed), and `can_leave`, until when it can leave in words, empty where no
    date is known.

    >>> known = pd.DataFrame({"account_id": list("abcde"), "next_renewal": [36, 16, 8, 40, np.nan],
    ...     "next_term": [12, 1, 12, 3, np.nan], "next_notice": [30, np.nan, 30, np.nan, np.nan],
    ...     "next_by_itself": 1.0})
    >>> made = with_decisions(known[["account_id"]], known, Day("2025-12-29"))
    >>> made["decides_in"].tolist()
    [6.0, nan, nan, 40.0, nan]
    >>> made["can_leave"].tolist()  # doctest: +NORMALIZE_WHITESPACE
    ['4 Jan, in 6 days', 'any month, next on 14 Jan', 'renews by itself on 6 Jan, deadline passed',
     '7 Feb, in 40 days', '']
    """
    own = everybody[["account_id"]].merge(known.reindex(columns=["account_id", *_READ]), on="account_id", how="left")
    renewal, term, notice, by_itself = (own[name].to_numpy(float) for name in _READ)
    deadline = np.where((notice > 0) & (by_itself != 0), renewal - notice, renewal)
    monthly = term <= 1
    decides = np.where(monthly | (deadline < 0), np.nan, deadline)
    said = [
        _said(as_of, *each) for each in zip(renewal, deadline, monthly, np.isfinite(decides), by_itself, strict=True)
    ]
    return everybody.assign(decides_in=decides, can_leave=pd.array(said, dtype="str"))


def _said(as_of: Day, renewal: float, deadline: float, monthly: bool, decides: bool, by_itself: float) -> str:
    if np.isnan(renewal):
        return ""
    if monthly:
        return f"{ANY_MONTH}, next on {_day(as_of, renewal)}"
    if not decides:
        return f"renews by itself on {_day(as_of, renewal)}, deadline passed"
    ends = ", then it ends unless renewed" if by_itself == 0 else ""
    return f"{_day(as_of, deadline)}, {words.in_days(round(deadline))}{ends}"


def _day(as_of: Day, days: float) -> str:
    when = as_of + round(days)
    return words.short_date(when) if days <= _CLEAR_YEAR else words.date(when)
