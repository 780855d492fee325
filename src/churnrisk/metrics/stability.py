"""How far has a distribution moved? The population stability index, and how much of one is chance."""

from statistics import NormalDist

import numpy as np

from churnrisk.metrics.metric import Numbers

CONFIDENCE = 0.999
"""Of `by_chance`. A hundred features are compared with two references every week, so at 0.95 ten of them would seem to
move each week although nothing did; at 0.999 it is one in five weeks, before `LARGE` is asked as well."""

LARGE = 0.25
"""An index from which a population counts as another one, in credit scoring, where the index comes from. Source: N.
Siddiqi, Credit Risk Scorecards, 2006. From 0.1 it counts as a small move, which a hundred features often have."""

_HALF = 0.5
"""Added to every count, so that an empty bin is not infinitely far away. Source: Jeffreys' prior."""


def stability(reference: Numbers, found: Numbers) -> float:
    """The population stability index of two counts by bin: (bins,) each; 0 where there is nothing to compare.

    It is the sum over bins of `(q - p) * log(q / p)`, where `p` and `q` are the shares of the bin.

    >>> same, moved = np.array([50.0, 50]), np.array([80.0, 20])
    >>> stability(np.array([500.0, 500]), same), round(stability(np.array([500.0, 500]), moved), 2)
    (0.0, 0.41)
    """
    if len(reference) < 2 or not reference.sum() or not found.sum():
        return 0.0
    p, q = ((each + _HALF) / (each.sum() + _HALF * len(each)) for each in (reference, found))
    return round(float(((q - p) * np.log(q / p)).sum()), 6)


def by_chance(bins: int, first: float, second: float) -> float:
    """The index that two samples of one population stay below, `CONFIDENCE` of the time: of `first` and `second`
    accounts.

    The index is far from 0 for small samples although nothing moved: times `1 / (1 / first + 1 / second)` it has nearly
    a chi-squared distribution of `bins - 1` degrees of freedom. Source: B. Yurdakul and J. Naranjo, Statistical
    properties of the population stability index, 2020; the quantile by E. Wilson and M. Hilferty, 1931.

    >>> round(by_chance(10, first=1000, second=1000), 3), round(by_chance(10, first=1000, second=50), 3)
    (0.056, 0.589)
    """
    if bins < 2 or not first or not second:
        return float("inf")
    freedom = bins - 1
    spread = 2 / (9 * freedom)
    quantile: float = freedom * (1 - spread + NormalDist().inv_cdf(CONFIDENCE) * spread**0.5) ** 3
    return round(float(quantile * (1 / first + 1 / second)), 6)


def mean_by_chance(bins: int, first: float, second: float) -> float:
    """The mean of the index over samples of one population, of `first` and `second` accounts; infinite without any.

    >>> mean_by_chance(10, first=1000, second=50)
    0.189
    """
    return round((bins - 1) * (1 / first + 1 / second), 6) if first and second else float("inf")
