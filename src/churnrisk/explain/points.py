"""From log-odds to percentage points: an exact split of a difference of probabilities, in which no order matters."""

import numpy as np
import numpy.typing as npt

from churnrisk.model.log_odds import probability
from churnrisk.model.matrix import Numbers

_STRAIGHT = 1e-6
"""A change of the log-odds below which the slope at its middle stands for the mean slope on the way: the relative error
is its square over twelve at most, below the last digit."""


def points(contributions: npt.ArrayLike, start: npt.ArrayLike) -> Numbers:
    """What each contribution moves the probability by, in percentage points: the shape of `contributions`, (n, parts).

    `start`, (n,), are the log-odds before all contributions. On the straight way from there to the log-odds of the sum,
    every part moves in proportion to its contribution, so its share of the way of the probability is in proportion too.
    These are the prices of Aumann and Shapley: they add up to the difference of the two probabilities, equal
    contributions get equal points, a contribution of nothing gets none, and no order of the parts has to be chosen. A
    row that is not known is NaN.

    Source: R. Aumann, L. Shapley, Values of non-atomic games, 1974; as integrated gradients in M. Sundararajan,
    A. Taly, Q. Yan, Axiomatic attribution for deep networks, ICML 2017.

    >>> points([[2.0, -1.0, 0.0]], [-3.0]).round(1)
    array([[14.4, -7.2,  0. ]])
    """
    parts, first = np.asarray(contributions, float), np.asarray(start, float)
    known = ~np.isnan(parts).any(axis=1) & ~np.isnan(first)
    way, first = np.where(known, parts.sum(axis=1), 0.0), np.where(known, first, 0.0)
    middle = probability(first + way / 2)
    straight = np.abs(way) < _STRAIGHT
    difference = probability(first + way) - probability(first)
    slope = np.where(straight, middle * (1 - middle), difference / np.where(straight, 1.0, way))
    return np.where(known[:, None], 100 * parts * slope[:, None], np.nan)


def change_of_model(published: float | None, before: float | None) -> float | None:
    """Points by which the published risk of the date before differs from what the present model gives for that date.

    `published` is what the list of that date said, by the model of that time. With what has moved since, by the present
    model alone, it is the whole change from list to list. None where either is not known.

    >>> change_of_model(0.10, 0.25), change_of_model(None, 0.25)
    (15.0, None)
    """
    return None if published is None or before is None else round(100 * (before - published), 6)
