"""Churn rates as small drawings: shapes for the templates to draw, in parts of the room that they have."""

from collections.abc import Sequence
from dataclasses import dataclass

from churnrisk.behaviours.rates import Rate
from churnrisk.behaviours.study import FEW_ACCOUNTS, View

WIDTH = 110
HEIGHT = 36
_GAP = 2


@dataclass(frozen=True)
class Drawn:
    """A bar and its interval, in per cent of the width: the bar's end, and where the interval begins and how far it
    goes."""

    end: float
    low: float
    length: float


def drawn(rate: Rate | None, scale: float) -> Drawn | None:
    """A churn rate where the whole width is `scale`; what goes beyond is cut off. None where nothing is known.

    >>> drawn(Rate(400, 50, 0.10, 0.05, 0.30), 0.20)
    Drawn(end=50.0, low=25.0, length=75.0)
    """
    if rate is None or rate.rate is None:
        return None
    end, low, high = (min(round(100 * (each or 0.0) / scale, 1), 100.0) for each in (rate.rate, rate.low, rate.high))
    return Drawn(end, low, round(high - low, 1))


def scale(views: Sequence[View]) -> float:
    """One scale for all features, so that they can be compared: a bit more than the highest rate of a group that is
    not of a few accounts only."""
    rates = [rate for view in views for bar in view.bars for rate in (bar.all, bar.valuable) if rate is not None]
    enough = [rate.rate for rate in rates if rate.rate and rate.accounts >= FEW_ACCOUNTS]
    return min(1.0, 1.1 * max(enough, default=1.0))


def columns(view: View) -> list[tuple[float, float, float, float]]:
    """The groups of a feature side by side, as (x, y, width, height) in a box of WIDTH x HEIGHT: only the shape."""
    rates = [bar.told.rate or 0.0 for bar in view.bars]
    step, top = WIDTH / max(len(rates), 1), max(rates, default=0.0) or 1.0
    heights = [max(1.0, HEIGHT * rate / top) for rate in rates]
    return [
        (round(place * step, 1), round(HEIGHT - tall, 1), round(step - _GAP, 1), round(tall, 1))
        for place, tall in enumerate(heights)
    ]
