"""What is usual for a feed, by its own past: the same weekday lately, and the worst that its history has shown."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.past.arrays import Mask

Series = npt.NDArray[np.float64]

LATELY = 8  # values of the same weekday: enough for a median that a holiday doesn't move, few enough to follow a season
_FEWEST = 4  # of them, to speak of what is usual
_A_YEAR = 52 * 7  # days of history, in which every season has been once
_MARGIN, _MARGIN_FIRST_YEAR = 1.3, 2.0  # times the worst so far: the next one may be a little worse and still ordinary


def usual(values: Series) -> Series:
    """Median of the last eight values of the same weekday, for each day; NaN until there are four.

    >>> usual(np.array([1.0, 5, 5, 5, 5, 5, 5] * 5)).tolist()[-7:]
    [1.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0]
    """
    pad = -len(values) % 7
    weeks = pd.DataFrame(np.append(np.full(pad, np.nan), values).reshape(-1, 7))
    return np.asarray(weeks.shift(1).rolling(LATELY, min_periods=_FEWEST).median(), float).ravel()[pad:]


@dataclass(frozen=True)
class Least:
    """The least that is worth an alarm, and the same while the history is shorter than a year.

    Such a history has not shown all its holidays yet, and on a first Christmas most users are away.
    """

    later: float
    first_year: float


def beyond(values: Series, least: Least, *, apart: int = 1, noise: Series | float = 0.0) -> Mask:
    """On which days, (days,), a value is beyond everything before.

    The limit is the worst value of the days at least `apart` days before, with a margin, and never below `least` nor
    below `noise`, what chance alone may do.

    >>> calm = np.append(np.full(400, 0.1), 0.3)
    >>> beyond(calm, Least(0.2, 0.4)).nonzero()[0].tolist(), beyond(np.append(calm, 0.3), Least(0.2, 0.4))[-1]
    ([400], np.False_)
    """
    history = np.cumsum(np.cumsum(~np.isnan(values)) > 0)
    worst = np.maximum.accumulate(np.where(np.isnan(values), -np.inf, values))
    before = np.append(np.full(apart, -np.inf), worst)[: len(values)]
    short = history < _A_YEAR
    floor = np.maximum(np.where(short, least.first_year, least.later), noise)
    limit = np.maximum(floor, np.where(short, _MARGIN_FIRST_YEAR, _MARGIN) * before)
    return np.asarray(values > limit)


def within(flags: npt.NDArray[Any], k: int) -> npt.NDArray[Any]:
    """Any (of flags) or the sum (of numbers) over the `k` days up to each day, along the last axis.

    >>> within(np.array([True, False, False, True]), 2).tolist(), within(np.array([1.0, 2, 3]), 2).tolist()
    ([True, True, False, True], [1.0, 3.0, 5.0])
    """
    sums: npt.NDArray[Any] = np.cumsum(flags, axis=-1, dtype=np.int32 if flags.dtype == bool else np.float64)
    sums[..., k:] -= sums[..., :-k].copy()
    return sums > 0 if flags.dtype == bool else sums


def days_ago(values: npt.NDArray[Any], days: int) -> npt.NDArray[Any]:
    """Values as they stood some days before, along the last axis; 0 or False before the first.

    >>> days_ago(np.array([1, 2, 3]), 1).tolist()
    [0, 1, 2]
    """
    shifted = np.zeros_like(values)
    shifted[..., days:] = values[..., :-days]
    return shifted
