"""The net promoter score and its interval."""

import numpy as np

from churnrisk.past.arrays import Array, Numbers, ratio

Z = 1.959964
"""Standard errors on either side of a 95 % interval."""

_ADDED = 0.75
"""Promoters and detractors that are added before the interval is taken, with twice as many passives: so it holds as
often as it says with few answers too, and is not empty where all agree (Rocks, The American Statistician, 2016)."""


def nps(answers: Array, promoters: Array, detractors: Array) -> Numbers:
    """Percentage of promoters less that of detractors; passives are in the base alone. NaN without an answer.

    >>> nps(np.array([10, 0]), np.array([5, 0]), np.array([2, 0]))
    array([30., nan])
    """
    return 100 * ratio(np.asarray(promoters) - np.asarray(detractors), answers)


def nps_interval(answers: Array, promoters: Array, detractors: Array) -> tuple[Numbers, Numbers]:
    """The 95 % interval of the score, in points; NaN without an answer.

    >>> [bound.round(1).tolist() for bound in nps_interval(np.array([10]), np.array([5]), np.array([2]))]
    [[-19.1], [65.2]]
    """
    count = np.where(np.asarray(answers) > 0, np.asarray(answers, float), np.nan) + 4 * _ADDED
    up, down = (np.asarray(promoters) + _ADDED) / count, (np.asarray(detractors) + _ADDED) / count
    width = Z * np.sqrt(np.maximum(up + down - (up - down) ** 2, 0) / count)
    low, high = up - down - width, up - down + width
    return 100 * np.maximum(low, -1), 100 * np.minimum(high, 1)
