"""How well a list ranks, by date where a list is made by date, with intervals from a bootstrap of accounts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from churnrisk.metrics.metric import Numbers


@dataclass(frozen=True)
class Found:
    """How many that churned are on a list, by the order of equal scores at its border: at worst, at random, at best."""

    worst: float
    random: float
    best: float


def list_length(share: float, rows: int) -> int:
    """How many accounts are on a list of a share of all; at least one."""
    return max(1, round(share * rows))


def found(label: Numbers, score: Numbers, take: int) -> Found:
    """How many of the `take` highest scores churned; `random` is the mean over all orders of equal scores.

    A rule that gives many accounts the same score leaves open who of them is called, so one figure would hide luck.

    >>> found(np.array([1.0, 1, 0, 0]), np.array([0.9, 0.5, 0.5, 0.1]), take=2)
    Found(worst=1.0, random=1.5, best=2.0)
    """
    border = np.partition(score, len(score) - take)[len(score) - take]
    above, tied = score > border, score == border
    sure, left = float(label[above].sum()), take - int(above.sum())
    churned, stayed = float(label[tied].sum()), float((1 - label[tied]).sum())
    return Found(
        worst=sure + max(0.0, left - stayed),
        random=sure + left * float(label[tied].mean()),
        best=sure + min(left, churned),
    )


def top_lift(label: Numbers, score: Numbers, share: float = 0.1) -> float:
    """Churn rate among the `share` highest scores over that of all; ties at the border count in expectation.

    >>> top_lift(np.array([1.0, 0, 0, 0]), np.array([0.9, 0.1, 0.2, 0.3]), share=0.25)
    4.0
    >>> top_lift(np.array([1.0, 0, 0, 0]), np.ones(4), share=0.25)
    1.0
    """
    take = list_length(share, len(label))
    return float(found(label, score, take).random / take / label.mean())


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
    random, n = np.random.default_rng(seed), int(who.max()) + 1
    return _of_draws(label, score, who, (random.integers(0, n, n) for _ in range(resamples)))


def resampled_in_time(
    label: Numbers, score: Numbers, as_of: npt.NDArray[Any], block: int, resamples: int, seed: int
) -> Numbers:
    """The same over time: resamples of whole blocks of `block` dates in a row, until there are as many dates as before.

    A resample of accounts has the same weeks every time, so it can't show how much depends on these weeks. Dates in a
    row share most of their label windows, and are kept together. The last date is followed by the first, so that each
    date is drawn equally often. Source: circular block bootstrap; D. Politis and J. Romano, 1992.
    """
    dates, when = np.unique(as_of, return_inverse=True)
    random, n = np.random.default_rng(seed), len(dates)
    starts = (random.integers(0, n, -(-n // block)) for _ in range(resamples))
    return _of_draws(label, score, when, (((each[:, None] + np.arange(block)).ravel() % n)[:n] for each in starts))


def _of_draws(
    label: Numbers, score: Numbers, group: npt.NDArray[np.int64], draws: Iterator[npt.NDArray[np.int64]]
) -> Numbers:
    """AUC and average precision by each draw of numbers of groups, the rows of which count as often as it is drawn."""
    order, n = np.argsort(-score, kind="stable"), int(group.max()) + 1
    places, sorted_group = _Places.of(label[order], score[order]), group[order]
    return np.array([_weighted(places, np.bincount(each, minlength=n)[sorted_group]) for each in draws])


@dataclass(frozen=True)
class _Places:
    """Where churn stands in descending order of score.

    `churned` are the positions of the rows that churned, and `tie` the number of the score of each among those scores
    at which any churned, whose rows are from `start` to before `stop`. Few accounts churn, so a figure that needs only
    these places is several times as fast as one that looks at every row.
    """

    churned: npt.NDArray[np.int64]
    tie: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    stop: npt.NDArray[np.int64]

    @classmethod
    def of(cls, label: Numbers, score: Numbers) -> "_Places":
        """Those of rows in descending order of score."""
        starts = np.flatnonzero(np.append(True, np.diff(score) != 0))
        churned = np.flatnonzero(label)
        ties, tie = np.unique(np.searchsorted(starts, churned, side="right") - 1, return_inverse=True)
        return cls(churned, tie, starts[ties], np.append(starts, len(score))[ties + 1])


def _weighted(places: _Places, weight: npt.NDArray[np.int64]) -> tuple[float, float]:
    """AUC and average precision of rows in descending order of score, each counted `weight` times."""
    before = np.append(0, np.cumsum(weight))
    hits = np.bincount(places.tie, weights=weight[places.churned], minlength=len(places.stop))
    all_hits = hits.sum()
    if not all_hits or all_hits == before[-1]:
        # A resample of one class alone says nothing, and counts as chance; left out, it would narrow the interval.
        return 0.5, float(all_hits > 0)
    shown, hits_so_far = before[places.stop], np.cumsum(hits)
    misses_at = shown - before[places.start] - hits
    below = (before[-1] - all_hits) - (shown - hits_so_far) + misses_at / 2
    precision = np.divide(hits_so_far, shown, out=np.zeros(len(shown)), where=shown > 0)
    auc = (hits * below).sum() / all_hits / (before[-1] - all_hits)
    return float(auc), float((hits * precision).sum() / all_hits)
