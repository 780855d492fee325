"""The ladder that people see: no risk before the first date on which an account can leave, and all of it after."""

from itertools import pairwise
from math import fsum

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.model.matrix import Numbers

HALVINGS, MOST = 50, 1e3
"""Steps to the factor of the odds, and the largest one. Half of the accounts bound raise the odds of the others by less
than 2; with so large a factor hardly anybody could leave, and there is nothing to carry over."""


def shown_ladder(ladder: pd.DataFrame, bound: Numbers, lead_days: int, main: int) -> pd.DataFrame:
    """The ladder for people, of all accounts of one date: NaN where a window ends before the account can leave.

    `ladder` has the model's probabilities, a row an account and a column a horizon, named by its days; `bound` are the
    days until each account can leave, (accounts,), 0 for at once. The window of a horizon has the days from `lead_days`
    to `lead_days + horizon - 1` after the date of the list.

    The model knows contracts only as some features among many, so it gives a part of the churn of a short horizon to
    accounts that can't leave in it. How many leave it tells well. So that part is carried over to the others, their
    odds times one factor a horizon; on the simulated company's test they then have 4.4 % within 30 days where 4.6 %
    left, and had 3.1 % before. The `main` horizon stays as it is, because it is what the list is ranked by, and a
    longer horizon never has the smaller probability.

    >>> two = pd.DataFrame({30: [0.1, 0.1], 90: [0.3, 0.3]})
    >>> shown_ladder(two, np.array([60.0, 0.0]), lead_days=14, main=90)
        30   90
    0  NaN  0.3
    1  0.2  0.3
    """
    days = sorted(int(str(each)) for each in ladder)
    in_view = {each: lead_days + each > bound for each in days}
    given = {each: ladder[each].to_numpy(float) for each in days}
    carried = {each: given[each] if each == main else _carried(given[each], in_view[each]) for each in days}
    even = _never_decreasing(carried, main)
    return pd.DataFrame({each: np.where(in_view[each], even[each], np.nan) for each in days}, index=ladder.index)


def _carried(given: Numbers, in_view: npt.NDArray[np.bool_]) -> Numbers:
    """Probabilities of those in view that add up to those of all."""
    shown, total = given[in_view], fsum(given)
    if in_view.all() or not len(shown) or _times(MOST, shown, total) < 0:
        return given
    low, high = 1.0, MOST
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _times(middle, shown, total) < 0 else (low, middle)
    return np.asarray(given * low / (1 - given + given * low))


def _times(factor: float, shown: Numbers, total: float) -> float:
    """The sum of probabilities whose odds are so many times as large, less the total that is wanted."""
    return fsum(shown * factor / (1 - shown + shown * factor)) - total


def _never_decreasing(ladder: dict[int, Numbers], main: int) -> dict[int, Numbers]:
    """Other horizons give way to the main one, as in the model's own ladder."""
    steps = dict(ladder)
    for shorter, longer in reversed([*pairwise(days for days in sorted(steps) if days <= main)]):
        steps[shorter] = np.minimum(steps[shorter], steps[longer])
    for shorter, longer in pairwise(days for days in sorted(steps) if days >= main):
        steps[longer] = np.maximum(steps[shorter], steps[longer])
    return steps
