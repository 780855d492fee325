"""How well a list ranks, by date where a list is made by date, with intervals from a bootstrap of accounts."""

from typing import Any

import numpy as np
import numpy.typing as npt

from churnrisk.metrics.metric import Numbers


def top_lift(label: Numbers, score: Numbers, share: float = 0.1) -> float:
    """Churn rate among the `share` highest scores over that of all; ties at the border count in expectation.

    >>> top_lift(np.array([1.0, 0, 0, 0]), np.array([0.9, 0.1, 0.2, 0.3]), share=0.25)
    4.0
    >>> top_lift(np.array([1.0, 0, 0, 0]), np.ones(4), share=0.25)
    1.0
    """
    take = max(1, round(share * len(label)))
    border = np.partition(score, len(score) - take)[len(score) - take]
    above, tied = score > border, score == border
    hits = label[above].sum() + (take - above.sum()) * label[tied].mean()
    return float(hits / take / label.mean())


def lift_by_date(label: Numbers, score: Numbers, as_of: npt.NDArray[Any], share: float = 0.1) -> float:
    """Mean over dates of the lift of each date's list, a date counting as much as it has churns."""
    dates = [as_of == date for date in np.unique(as_of)]
    churns = np.array([label[each].sum() for each in dates])
    lifts = [top_lift(label[each], score[each], share) if label[each].any() else 0.0 for each in dates]
    return float(np.average(lifts, weights=churns))


def bounds(draws: Numbers) -> dict[str, float]:
    """Bounds of the 95 % intervals, of what `resampled` gave."""
    low, high = np.nanquantile(draws, [0.025, 0.975], axis=0)
    return {"auc_low": low[0], "auc_high": high[0], "ap_low": low[1], "ap_high": high[1]}


def bounds_ahead(own: Numbers, other: Numbers) -> dict[str, float]:
    """Bounds of the 95 % interval of how far an AUC is ahead of another, of what `resampled` gave by one seed.

    What is hard in a resample is hard for both, so this interval is much narrower than those of the two.
    """
    low, high = np.nanquantile(own[:, 0] - other[:, 0], [0.025, 0.975])
    return {"auc_ahead_low": low, "auc_ahead_high": high}


def resampled(label: Numbers, score: Numbers, account: npt.NDArray[Any], resamples: int, seed: int) -> Numbers:
    """AUC and average precision of every resample of accounts: (resamples, 2).

    An account stands in many rows, which are alike, so resampling rows would give intervals that are much too narrow.
    One seed draws the same resamples for whatever score.
    """
    _, who = np.unique(account, return_inverse=True)
    order = np.argsort(-score, kind="stable")
    sorted_label, sorted_who, sorted_score = label[order], who[order], score[order]
    ties_end = np.append(np.flatnonzero(np.diff(sorted_score)), len(score) - 1)
    random, n = np.random.default_rng(seed), int(who.max()) + 1
    return np.array(
        [
            _weighted(sorted_label, np.bincount(random.integers(0, n, n), minlength=n)[sorted_who], ties_end)
            for _ in range(resamples)
        ]
    )


def _weighted(label: Numbers, weight: npt.NDArray[np.int64], ties_end: npt.NDArray[np.int64]) -> tuple[float, float]:
    """AUC and average precision of rows in descending order of score, each counted `weight` times."""
    hits = np.concatenate([[0.0], np.cumsum(weight * label)[ties_end]])
    misses = np.concatenate([[0.0], np.cumsum(weight * (1 - label))[ties_end]])
    if not hits[-1] or not misses[-1]:
        # A resample of one class alone says nothing, and counts as chance; left out, it would narrow the interval.
        return 0.5, float(hits[-1] > 0)
    auc = np.trapezoid(hits, misses) / hits[-1] / misses[-1]
    shown = hits[1:] + misses[1:]
    precision = np.divide(hits[1:], shown, out=np.zeros(len(shown)), where=shown > 0)
    return float(auc), float((np.diff(hits) * precision).sum() / hits[-1])
