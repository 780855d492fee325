"""Shares as small drawings: numbers for the templates, which do the drawing."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 110
HEIGHT = 36
_GAP = 2
_LEAST_HEIGHT = 1.0
"""So that a share of zero is still seen to be a column."""


@dataclass(frozen=True, kw_only=True)
class IntervalBar:
    """A bar with its interval, all in per cent of the width: where the bar ends, where the interval begins, how long
    it is."""

    end: float
    low: float
    length: float


def interval_bar(share: float, low: float, high: float, scale: float) -> IntervalBar:
    """The bar of a share, and of the interval around it, where the whole width is `scale`; what lies beyond is cut off.

    >>> interval_bar(0.10, 0.05, 0.30, scale=0.20)
    IntervalBar(end=50.0, low=25.0, length=75.0)
    """
    end, begins, ends = (min(round(100 * each / scale, 1), 100.0) for each in (share, low, high))
    return IntervalBar(end=end, low=begins, length=round(ends - begins, 1))


def columns(shares: Sequence[float | None]) -> list[tuple[float, float, float, float]]:
    """Shares side by side, as (x, y, width, height) in a box of WIDTH x HEIGHT that the largest fills: only the shape.

    >>> columns([0.2, 0.1, None])
    [(0.0, 0.0, 34.7, 36.0), (36.7, 18.0, 34.7, 18.0), (73.3, 35.0, 34.7, 1.0)]
    """
    known = [share or 0.0 for share in shares]
    step, top = WIDTH / max(len(known), 1), max(known, default=0.0) or 1.0
    heights = [max(_LEAST_HEIGHT, HEIGHT * share / top) for share in known]
    return [
        (round(index * step, 1), round(HEIGHT - height, 1), round(step - _GAP, 1), round(height, 1))
        for index, height in enumerate(heights)
    ]
