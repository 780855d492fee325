"""When half of accounts like this one will have churned, as far as the horizons of the ladder tell."""

from collections.abc import Mapping

import numpy as np

from churnrisk.model.matrix import Numbers

_HALF = 0.5


def median_days(ladder: Mapping[int, Numbers]) -> Numbers:
    """Days from the beginning of the label window until the probability of churn reaches a half: (rows,).

    `ladder` has the probability of each row by its horizon in days, never less for a longer one. Between two horizons
    churn is taken to come evenly, as it is nearly where the ladder has a step a month. NaN: not within the longest
    horizon; nothing is said beyond it, because no label has been seen there.

    >>> median_days({30: np.array([0.25, 0.6, 0.1]), 90: np.array([0.75, 0.9, 0.4])}).tolist()
    [60.0, 25.0, nan]
    """
    horizons = sorted(ladder)
    if not horizons:
        return np.empty(0)
    days = np.array([0, *horizons], float)
    reached = np.stack([np.zeros_like(ladder[horizons[0]]), *(ladder[each] for each in horizons)])
    after = np.argmax(reached >= _HALF, axis=0)
    before, row = np.maximum(after - 1, 0), np.arange(reached.shape[1])
    low, high = reached[before, row], reached[after, row]
    share = np.divide(_HALF - low, high - low, out=np.full(len(row), np.nan), where=after > 0)
    return np.asarray(days[before] + share * (days[after] - days[before]))
