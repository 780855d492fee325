"""Accounts that are always there and fall silent all at once: a part of the feed that is missing."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import binom, norm

from churnrisk.feeds.usual import Series, days_ago, usual, within
from churnrisk.past.arrays import Mask

_WEEKS = 4  # in each of which an account was there, to count as one that always is


@dataclass(frozen=True)
class Absence:
    """Who is missing on each day; all are (days,).

    `accounts` were there in the same days of the four weeks before. The share `expected` of them, never all, is silent
    as usual, `share` of the others has gone silent beyond that, and `level` is that of those still there against what
    is usual for them.
    """

    accounts: npt.NDArray[np.int64]
    expected: Series
    share: Series
    level: Series

    @property
    def alone(self) -> Series:
        """The share that has gone silent, less as much as the others do less too, as on a holiday."""
        return self.share - np.maximum(1 - self.level, 0)

    def by_chance(self, errors: float) -> Series:
        """The most that chance alone puts on `share`: it exceeds that no more often than so many standard errors of a
        normal distribution.

        It is counted by the binomial distribution itself, since the normal one is wrong for few. Where 1 % of 65
        accounts are usually silent, five silent ones are more than five standard errors, and yet chance does that on
        one day of 2,000; it ends at eight. NaN where there are no accounts.

        >>> accounts, expected, none = np.array([65, 3000, 10]), np.array([0.01, 0.01, 0.2]), np.zeros(3)
        >>> share = Absence(accounts, expected, share=none, level=none).by_chance(5.0)
        >>> (accounts * (expected + share * (1 - expected))).round().tolist()
        [8.0, 61.0, 9.0]
        """
        most = binom.isf(norm.sf(errors), self.accounts, self.expected)
        # The steps of `share` in `absence`, so that as many silent accounts are equal to this, and not beyond.
        return np.asarray((_over(most, self.accounts) - self.expected) / (1 - self.expected))


def absence(cells: npt.NDArray[np.float32], running: Mask, k: int) -> Absence:
    """Who has been silent for the `k` days up to each day; `cells` and `running` have the shape (accounts, days).

    >>> cells = np.ones((4, 70), np.float32)
    >>> cells[3, 69] = 0
    >>> found = absence(cells, cells >= 0, k=1)
    >>> found.accounts[-1], found.share[-1].round(2), found.level[-1]
    (np.int64(4), np.float64(0.24), np.float64(1.0))
    """
    amount = within(cells, k)
    there = amount > 0
    always = running & days_ago(running, 7 * _WEEKS + k - 1)
    for week in range(1, _WEEKS + 1):
        always &= days_ago(there, 7 * week)
    accounts = always.sum(axis=0)
    silent = _over(accounts - (always & there).sum(axis=0), accounts)
    expected = np.clip(usual(silent), 0.01, 0.9)
    lately = sum(days_ago(amount, 7 * week) for week in range(1, _WEEKS + 1)) / _WEEKS
    level = _medians(np.where(always & there, amount / np.maximum(lately, 1), np.nan))
    return Absence(
        accounts,
        expected,
        share=(silent - expected) / (1 - expected),
        level=np.nan_to_num(level / usual(level), nan=1.0),
    )


def _over(part: npt.NDArray[Any], whole: npt.NDArray[np.int64]) -> Series:
    return np.asarray(np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0), float)


def _medians(values: npt.NDArray[np.float64]) -> Series:
    """Median of each column, NaN where it is empty."""
    ordered = np.sort(values, axis=0)  # NaN last
    count = (~np.isnan(values)).sum(axis=0)
    column = np.arange(values.shape[1])
    low, high = ordered[np.maximum(count - 1, 0) // 2, column], ordered[count // 2 % max(len(values), 1), column]
    return np.where(count > 0, (low + high) / 2, np.nan)
