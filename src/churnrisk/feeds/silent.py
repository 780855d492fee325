"""Accounts that are always there and fall silent all at once: a part of the feed that is missing."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churnrisk.feeds.usual import Series, days_ago, usual, within
from churnrisk.past.arrays import Mask

_WEEKS = 4  # in each of which an account was there, to count as one that always is


@dataclass(frozen=True)
class Absence:
    """Who is missing on each day; all are (days,).

    `accounts` were there in the same days of the four weeks before. `share` of them has gone silent beyond what is
    usual, `noise` is what chance puts on that share (its standard error), and `level` is that of the others against
    what is usual for them.
    """

    accounts: npt.NDArray[np.int64]
    share: Series
    noise: Series
    level: Series

    @property
    def alone(self) -> Series:
        """The share that has gone silent, less as much as the others do less too, as on a holiday."""
        return self.share - np.maximum(1 - self.level, 0)


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
    noise = np.sqrt(expected * (1 - expected) / np.maximum(accounts, 1))
    lately = sum(days_ago(amount, 7 * week) for week in range(1, _WEEKS + 1)) / _WEEKS
    level = _medians(np.where(always & there, amount / np.maximum(lately, 1), np.nan))
    return Absence(
        accounts,
        share=(silent - expected) / (1 - expected),
        noise=noise / (1 - expected),
        level=np.nan_to_num(level / usual(level), nan=1.0),
    )


def _over(part: npt.NDArray[np.int64], whole: npt.NDArray[np.int64]) -> Series:
    return np.asarray(np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0), float)


def _medians(values: npt.NDArray[np.float64]) -> Series:
    """Median of each column, NaN where it is empty."""
    ordered = np.sort(values, axis=0)  # NaN last
    count = (~np.isnan(values)).sum(axis=0)
    column = np.arange(values.shape[1])
    low, high = ordered[np.maximum(count - 1, 0) // 2, column], ordered[count // 2 % max(len(values), 1), column]
    return np.where(count > 0, (low + high) / 2, np.nan)
