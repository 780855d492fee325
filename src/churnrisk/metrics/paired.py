"""Is one system better than another on the same rows? The difference, and how far to trust it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from churnrisk.metrics.metric import Numbers


@dataclass(frozen=True)
class Difference:
    """A mean difference over rows, with its standard error; rows of one account count as one observation."""

    mean: float
    error: float

    def exceeds(self, errors: float) -> bool:
        """Whether it lies more than so many standard errors above 0."""
        return self.mean > errors * self.error


def log_losses(log_odds: Numbers, label: Numbers) -> Numbers:
    """Log loss of each row: -log of the probability that was given to what happened.

    >>> log_losses(np.array([0.0, 40.0]), np.array([1.0, 1.0])).round(4)
    array([0.6931, 0.    ])
    """
    return np.asarray(np.logaddexp(0.0, np.where(label == 1, -log_odds, log_odds)))


def paired(first: Numbers, second: Numbers, account: npt.NDArray[Any]) -> Difference:
    """Mean of `first - second`, row by row; its error by accounts, because the rows of one repeat each other.

    Source: linearised variance of a ratio mean over clusters; W. Cochran, Sampling Techniques, 1977, chapter 9.

    >>> paired(np.array([2.0, 2, 1, 1]), np.array([1.0, 1, 1, 1]), np.array(["a", "a", "b", "c"]))
    Difference(mean=0.5, error=0.375)
    """
    difference = np.asarray(first - second)
    mean = float(difference.mean())
    _, code = np.unique(account.astype(str), return_inverse=True)
    spread = np.bincount(code, weights=difference - mean)
    clusters = len(spread)
    if clusters < 2:
        return Difference(mean, float("inf"))
    variance = float((spread**2).sum()) * clusters / (clusters - 1) / len(difference) ** 2
    return Difference(mean, variance**0.5)
