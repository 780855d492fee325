"""How long may an account of this product be silent and still come back?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day, of_column

LENGTHS = (7, 14, 30, 60, 90, 120, 180)
"""Days that a company would choose from: a week to half a year, longer than which no list could wait."""

RETURNING = 0.1
"""Share of silences that may still end with a return when they are called churn."""


@dataclass(frozen=True)
class Silence:
    """Silences that reached `days`: how many, and the share that ends with a return (NaN: none was seen)."""

    days: int
    silences: int
    returned: float


def cadence(active: pd.DataFrame, seen_until: Day, lengths: Sequence[int] = LENGTHS) -> list[Silence]:
    """The share of silences of so many days and more that ends with a return within what the tables can show.

    `active` has `account_id`, `day`, one row an active day at least. A silence is the time between two active days,
    or from the last one on; that one goes on when the tables end at `seen_until`, and is counted for as long as it was
    seen (the estimate of Kaplan and Meier). A return after more days than the longest silence seen is not foreseen.

    Source: E. Kaplan, P. Meier, Nonparametric estimation from incomplete observations, 1958.

    >>> days = pd.to_datetime(["2025-01-01", "2025-01-04", "2025-01-01", "2025-01-21"])
    >>> active = pd.DataFrame({"account_id": ["a", "a", "b", "b"], "day": days})
    >>> [(each.silences, round(each.returned, 2)) for each in cadence(active, Day("2025-04-01"), [2, 7, 30])]
    [(4, 0.5), (3, 0.33), (2, 0.0)]
    """
    days = active.sort_values(["account_id", "day"], ignore_index=True)
    day = of_column(days["day"])
    last = ~days.duplicated("account_id", keep="last").to_numpy()
    until = np.where(last, seen_until, np.roll(day, -1))
    length = (until - day).astype("m8[D]").astype(int)
    return [_silence(length, ~last, each) for each in lengths]


def _silence(length: npt.NDArray[np.int64], ended: npt.NDArray[np.bool_], days: int) -> Silence:
    reach = length >= days
    span = int(length.max(initial=0)) + 1
    returned = np.bincount(length[reach & ended], minlength=span).astype(float)
    waiting = np.bincount(length[reach], minlength=span)[::-1].cumsum()[::-1]
    stays = 1 - np.divide(returned, waiting, out=np.zeros(span), where=waiting > 0)
    return Silence(days, int(reach.sum()), float(1 - stays.prod()) if reach.any() else np.nan)


def proposed(silences: Sequence[Silence]) -> int | None:
    """The shortest length from which at most a tenth come back; None where none is so long.

    >>> proposed([Silence(30, 100, 0.6), Silence(60, 50, 0.08), Silence(90, 20, 0.01)])
    60
    """
    return min((each.days for each in silences if each.returned <= RETURNING), default=None)
