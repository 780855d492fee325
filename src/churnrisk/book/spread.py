"""How much accounts that stay gain and lose in MRR, and how far quarters differ: what the past says of a forecast."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from churnrisk.book.customers import Customers
from churnrisk.past.arrays import Mask, Numbers

LEAST_SWING, MOST_SWING = 0.1, 0.5
"""Bounds of the level at which quarters differ: a model is seldom calibrated to better than a tenth, and from few
quarters a larger swing than a half is mostly a company's first steps."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """A part of MRR that accounts who stay gain or lose: its `mean`, the `square` by which it varies between accounts
    (second moment, by the square of their MRR), and the `swing` between quarters, relative to the mean.
    """

    mean: float
    square: float
    swing: float


@dataclass(frozen=True, kw_only=True)
class Spread:
    """By whether a renewal falls into the time ahead (0 no, 1 yes): `expansion` and `contraction` of who stays.

    `churn_swing` is how far the level of churn differs from quarter to quarter beyond the luck of single accounts.
    """

    expansion: tuple[Share, Share]
    contraction: tuple[Share, Share]
    churn_swing: float


def spread(customers: Customers, renews: Sequence[Mask], steps: int) -> Spread:
    """From customers on past dates a quarter apart, and who had a renewal in the `steps` quarters from each on."""
    changes = [_change(customers, at, at + steps, renews[at]) for at in range(len(customers.dates) - steps)]
    lost = np.array([[each.churned.sum(), each.opening.sum()] for each in changes], float)
    squares = np.array([(each.opening**2).sum() for each in changes])
    no, yes = ([each.of(renewed) for each in changes] for renewed in (False, True))
    return Spread(
        expansion=(_share(no, "expansion"), _share(yes, "expansion")),
        contraction=(_share(no, "contraction"), _share(yes, "contraction")),
        churn_swing=_bounded(_swing(lost[:, 0], lost[:, 1], squares / np.maximum(lost[:, 1], 1) ** 2)),
    )


@dataclass(frozen=True, kw_only=True)
class _Change:
    """MRR of the customers of a date, (customers,): at the start, of that what left, what stayed, and how that changed.

    `renewed` says who had a renewal in between.
    """

    opening: Numbers
    churned: Numbers
    stayed: Numbers
    expansion: Numbers
    contraction: Numbers
    renewed: Mask

    def of(self, renewed: bool) -> "_Change":
        """Only those who had a renewal, or who had none."""
        which = self.renewed == renewed
        return _Change(**{name: values[which] for name, values in vars(self).items()})


def _change(customers: Customers, start: int, stop: int, renewed: Mask) -> _Change:
    completed = customers.completed.explain(start, stop, customers.accounts) & ~customers.there[stop]
    rows = np.flatnonzero(customers.there[start] & ~completed)
    before, after = (customers.value[at][rows].astype(float) for at in (start, stop))
    stays = customers.there[stop][rows]
    change = np.where(stays, after - before, 0.0)
    return _Change(
        opening=before,
        churned=np.where(stays, 0.0, before),
        stayed=np.where(stays, before, 0.0),
        expansion=np.maximum(change, 0),
        contraction=np.maximum(-change, 0),
        renewed=renewed[rows],
    )


def _share(changes: Sequence[_Change], name: str) -> Share:
    parts = np.array([getattr(each, name).sum() for each in changes])
    wholes = np.array([each.stayed.sum() for each in changes])
    squares = np.array([(each.stayed**2).sum() for each in changes])
    own = np.array([(getattr(each, name) ** 2).sum() for each in changes])
    if not squares.sum():
        return Share(mean=0.0, square=0.0, swing=0.0)
    some = parts > 0
    luck = float(np.mean(own[some] / parts[some] ** 2)) if some.any() else 0.0
    return Share(
        mean=float(parts.sum() / wholes.sum()),
        square=float(own.sum() / squares.sum()),
        swing=_bounded(float(np.sqrt(max(_relative(parts, wholes) - luck, 0)))),
    )


def _relative(parts: Numbers, wholes: Numbers) -> float:
    """Variance of the share between quarters, relative to its square."""
    shares = parts[wholes > 0] / wholes[wholes > 0]
    return float(shares.var(ddof=1) / shares.mean() ** 2) if len(shares) > 1 and shares.any() else 0.0


def _swing(lost: Numbers, base: Numbers, concentration: Numbers) -> float:
    """The part of the variation between quarters that the luck of single accounts does not explain."""
    if not base.sum() or not lost.sum():
        return 0.0
    mean = lost.sum() / base.sum()
    luck = float(np.mean((1 - mean) / mean * concentration[base > 0]))
    return float(np.sqrt(max(_relative(lost, base) - luck, 0)))


def _bounded(swing: float) -> float:
    return float(np.clip(swing, LEAST_SWING, MOST_SWING))
