"""One feature against who churns, as counts: every figure of a single feature comes from one small table."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.model.matrix import Numbers

BINS = 50
"""Quantiles that numbers are cut into: an AUC is then of fifty ranks, and one small table of counts gives every figure
of a feature, however many rows there are."""

FOLDS = 5
"""Parts of the accounts; rates of groups come from four of them and are tried on the fifth."""

Codes = npt.NDArray[np.int64]


def codes(values: "pd.Series[float]") -> tuple[Codes, int]:
    """Values as whole numbers: fiftieths of a number in their order, words in alphabetical order; the last code is
    'missing'. Returns the codes and how many there are.

    >>> codes(pd.Series([0.5, np.nan, 3.0]))[0].tolist(), codes(pd.Series(["b", None, "a"], dtype="str"))
    ([0, 2, 1], (array([1, 2, 0]), 3))
    """
    if not pd.api.types.is_numeric_dtype(values):
        word, words = pd.factorize(values, sort=True)
        return np.where(word < 0, len(words), word), len(words) + 1
    numbers = values.to_numpy(np.float32)
    known = ~np.isnan(numbers)
    if not known.any():
        return np.zeros(len(numbers), int), 1
    shares = np.linspace(0, 1, BINS + 1)[1:]
    edges = np.unique(np.quantile(numbers[known], shares, method="inverted_cdf"))
    return np.where(known, np.searchsorted(edges, numbers), len(edges)), len(edges) + 1


def count(group: Codes, code: Codes, churned: Numbers, size: int, groups: int) -> Numbers:
    """How many stayed and churned, by group and code: (groups, codes, 2)."""
    cells = (group * size + code) * 2 + churned.astype(int)
    return np.bincount(cells, minlength=groups * size * 2).reshape(groups, size, 2).astype(float)


def auc(counts: Numbers) -> float:
    """The probability that, of two rows of one group, the one that churned has the higher code. Ties count half; NaN
    where there is no pair.

    >>> auc(np.array([[[3.0, 0.0], [0.0, 2.0]]])), auc(np.array([[[3.0, 1.0], [3.0, 1.0]]]))
    (1.0, 0.5)
    """
    stayed, churned = counts[..., 0], counts[..., 1]
    below = np.cumsum(stayed, axis=1) - stayed
    pairs = (churned.sum(axis=1) * stayed.sum(axis=1)).sum()
    return float((churned * (below + stayed / 2)).sum() / pairs) if pairs else float("nan")


def auc_by_rate(counts: Numbers) -> float:
    """The same, where each code counts by the share that churned in it, learned from other accounts.

    `counts` is by date, fold of accounts and code: (dates, folds, codes, 2). Rates come from the other folds and are
    drawn towards the mean as if 20 more rows had it; without that, a code of a single churned account would rank above
    all others.
    """
    total = counts.sum(axis=0)
    others = total.sum(axis=0) - total
    mean = others[..., 1].sum(axis=1) / np.maximum(others.sum(axis=(1, 2)), 1)
    rate = (others[..., 1] + 20 * mean[:, None]) / (others.sum(axis=2) + 20)
    order = np.argsort(rate, axis=1, kind="stable")
    dates, folds, size, _ = counts.shape
    ranked = np.take_along_axis(counts, np.broadcast_to(order[None, :, :, None], counts.shape), axis=2)
    return auc(ranked.reshape(dates * folds, size, 2))
