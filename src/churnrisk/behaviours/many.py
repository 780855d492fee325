"""What remains of many features that were looked at, when some look apart by luck alone."""

from collections.abc import Sequence

import numpy as np

FALSE_SHARE = 0.05
"""Of the features said to stand out, the share that may do so by luck on average: one of twenty, as intervals miss."""

LOOKS_APART = 0.05
"""The most of the features without any difference that a test of each by itself would call apart."""


def adjusted(p_values: Sequence[float]) -> list[float]:
    """P-values adjusted for how many there are, in their order (Benjamini and Hochberg, JRSS B, 1995).

    Those of at most `FALSE_SHARE` are kept; of these, at most that share is false on average.

    >>> adjusted([0.01, 0.04, 0.03, 0.5])
    [0.04, 0.05333333333333334, 0.05333333333333334, 0.5]
    """
    if not len(p_values):
        return []
    values = np.asarray(p_values, float)
    order = np.argsort(values)[::-1]
    rank = np.arange(len(values), 0, -1)
    result = np.empty(len(values))
    result[order] = np.minimum.accumulate(np.minimum(1.0, values[order] * len(values) / rank))
    return [float(each) for each in result]
