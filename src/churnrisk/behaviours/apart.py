"""How far apart the safest and the riskiest groups are, where the data also have to say which groups these are.

The groups are ordered by one half of the accounts and measured on the other half, and the other way round. If they were
ordered and measured on the same accounts, groups that differ by luck alone would look far apart.
"""

from dataclasses import dataclass
from math import erfc, sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from churnrisk.behaviours.rates import Counts, Numbers, Rate, Z, rate, wilson

END = 0.2
"""The safest and the riskiest fifth of the snapshots are compared: two of ten groups at either end. A tenth would rest
on half as many accounts, and a third would mix the ends with the middle."""

CLEAR = 0.05
"""Where each half by itself tells the fifths apart with a p-value of at most this, their order is no luck."""

SHARED_BY_LUCK = 0.8
"""How alike both measurements are, as a correlation, where luck alone orders the groups: the same accounts order in one
and are measured in the other. For equal groups it is 2 / pi = 0.64 if there are two, 0.68 if five, 0.72 if ten, and at
most 0.79."""

SHARED_WHERE_CLEAR = 0.2
"""The same where the order is clear: 0 if it is at both ends, and up to 0.2 if one end is clear and the other is one of
many groups that don't differ."""

FEW_LEFT = 20
"""With so many accounts that left, half of what they say of the luck that both fifths share is believed. Of seven that
left it is mostly noise: believed whole, it set 11 % of the intervals apart from 0 by luck, and 5 % with this."""

MOST_ERRORS = 37.0
"""Most standard errors that a p-value is looked for at: beyond them it is smaller than a float can hold."""


@dataclass(frozen=True, kw_only=True)
class Apart:
    """Churn rates of the safest and of the riskiest fifth, and the riskier less the safer one, with its interval.

    `p_value`, 0 to 1, is that of no difference.
    """

    safest: Rate
    riskiest: Rate
    difference: float | None
    low: float | None
    high: float | None
    p_value: float

    @property
    def surely(self) -> float:
        """The least by which they are apart, at the low end of the interval; features are ranked by it."""
        return -1.0 if self.low is None else self.low


class _Ends(NamedTuple):
    """Snapshots and churns by account, both (2, accounts), of the safest and of the riskiest fifth."""

    safest: Numbers
    riskiest: Numbers


def apart(counts: Counts) -> Apart:
    """How far apart the safest and the riskiest fifth are.

    A group at the border of a fifth counts in part. Intervals are Newcombe's for a difference of two shares (Statistics
    in Medicine, 1998); his assume two independent ones, and two things are added. What both halves share by luck counts
    once: `SHARED_BY_LUCK`. And an account that is in both fifths has much the same luck in both: `_together`.

    The interval is that of the fifths as they truly are. Its low end is that of the halves, whose order is right at
    most. Half of the accounts may order the groups wrongly, which hides some of the difference, so the high end is no
    lower than that of the fifths of all accounts, which luck can only set further apart. Of 21,600 made-up companies
    without any difference 1.3 % of the intervals lay above 0, and 1.7 % where an account stays in its group; 98 % held
    the true difference of 43,200 others, and 94 % at least of any kind. Where only five accounts left, 7 % lay above 0.

    >>> group = np.repeat(np.eye(2), 50, axis=0)
    >>> half_of_one_group = (np.arange(100) % 10 < 5)[:, None] * [0, 1]
    >>> found = apart(Counts(group, group * half_of_one_group))
    >>> [round(each, 2) for each in (found.low, found.difference, found.high)], found.p_value < 0.001
    ([0.26, 0.5, 0.72], True)
    """
    halves = [Counts(counts.snapshots[half::2], counts.churned[half::2]) for half in (0, 1)]
    ends = [_ends(measured, ordered_by) for ordered_by, measured in (halves, halves[::-1])]
    p_values = [_p_value(rate(*each.safest), rate(*each.riskiest)) for each in ends]
    shared = SHARED_WHERE_CLEAR if max(p_values) <= CLEAR else SHARED_BY_LUCK
    both = _Ends(*(np.concatenate(each, axis=1) for each in zip(*ends, strict=True)))
    safest, riskiest = (rate(*each, shared=shared) for each in both)
    if safest.rate is None or riskiest.rate is None:
        return Apart(safest=safest, riskiest=riskiest, difference=None, low=None, high=None, p_value=1.0)
    low, high = _newcombe(safest, riskiest, together=_together(both))
    whole = _ends(counts, counts)
    _, most = _newcombe(rate(*whole.safest), rate(*whole.riskiest), together=_together(whole))
    return Apart(
        safest=safest,
        riskiest=riskiest,
        difference=riskiest.rate - safest.rate,
        low=low,
        high=max(high, most),
        # Twice the smaller one-sided p-value of the two halves holds however the halves depend on each other.
        p_value=min(p_values),
    )


def _ends(measured: Counts, ordered_by: Counts) -> _Ends:
    safest_first = np.argsort(_steady_rates(ordered_by), kind="stable")
    return _Ends(_fifth(measured, safest_first), _fifth(measured, safest_first[::-1]))


def _steady_rates(counts: Counts) -> Numbers:
    """Churn rates of groups, (groups,), to order them by.

    Each is drawn towards the mean by one snapshot, so that a group without a snapshot has the mean and one with few of
    them is not first or last by luck.
    """
    snapshots, churned = counts.snapshots.sum(axis=0), counts.churned.sum(axis=0)
    mean = churned.sum() / max(snapshots.sum(), 1)
    return np.asarray((churned + mean) / (snapshots + 1))


def _fifth(counts: Counts, order: npt.NDArray[np.int64]) -> Numbers:
    """Snapshots and churns by account, (2, accounts), of the first `END` of all snapshots in an order of groups."""
    part = _part(counts.snapshots.sum(axis=0), order)
    # A matrix product would add in an order that depends on the processor.
    return np.stack([(each * part).sum(axis=1) for each in (counts.snapshots, counts.churned)])


def _part(size: Numbers, order: npt.NDArray[np.int64]) -> Numbers:
    """The part of each group, (groups,), that is in the first `END` of all snapshots, taken in that order.

    >>> _part(np.array([10.0, 50, 40]), np.array([0, 2, 1])).tolist()
    [1.0, 0.0, 0.25]
    """
    room = END * size.sum()
    before = np.cumsum(size[order]) - size[order]
    taken = np.clip(room - before, 0, size[order])
    part = np.zeros(len(size))
    part[order] = np.divide(taken, size[order], out=np.zeros(len(size)), where=size[order] > 0)
    return part


def _together(ends: _Ends) -> float:
    """How alike the luck of both fifths is, as a correlation over accounts, -1 to 1.

    An account that is in both and leaves makes both look riskier, and leaves their difference as it is. Where few left,
    less of that is believed; luck that is opposite, which widens the interval, is always believed.

    >>> first, last = (np.stack([np.ones(100), each]) for each in (np.arange(100) < 20, np.arange(100) >= 80))
    >>> round(_together(_Ends(first, first)), 2), round(_together(_Ends(first, last)), 2)
    (0.5, -0.25)
    """
    (safe, risky) = (churned - churned.sum() / snapshots.sum() * snapshots for snapshots, churned in ends)
    size = sqrt(np.square(safe).sum() * np.square(risky).sum())
    if not size:
        return 0.0
    alike = float((safe * risky).sum()) / size
    left = int(np.count_nonzero(ends.safest[1] + ends.riskiest[1]))
    return min(alike, alike * left / (left + FEW_LEFT))


def _newcombe(safest: Rate, riskiest: Rate, errors: float = Z, *, together: float = 0.0) -> tuple[float, float]:
    """Newcombe's interval of the riskier less the safer rate, `errors` standard errors either side.

    `together` is the correlation of the two rates, as in his interval for paired shares (the same journal and year).
    """
    assert safest.rate is not None
    assert riskiest.rate is not None
    safe_low, safe_high = wilson(safest.rate, safest.draws, errors)
    risky_low, risky_high = wilson(riskiest.rate, riskiest.draws, errors)
    between = riskiest.rate - safest.rate
    down = _third_side(riskiest.rate - risky_low, safe_high - safest.rate, together)
    up = _third_side(risky_high - riskiest.rate, safest.rate - safe_low, together)
    return between - down, between + up


def _third_side(one: float, other: float, together: float) -> float:
    """The standard error of a difference from those of its two sides, as the third side of a triangle.

    >>> _third_side(3, 4, 0), _third_side(3, 3, 1)
    (5.0, 0.0)
    """
    return sqrt(max(0.0, one * one - 2 * together * one * other + other * other))


def _p_value(safest: Rate, riskiest: Rate) -> float:
    """The two-sided p-value of no difference on one half: how wide Newcombe's interval may be before it holds 0."""
    if safest.rate is None or riskiest.rate is None or riskiest.rate <= safest.rate:
        return 1.0
    # The interval widens with the errors, so where it reaches 0 is found by halving; 60 halvings exhaust a float.
    inside, beyond = 0.0, MOST_ERRORS
    for _ in range(60):
        middle = (inside + beyond) / 2
        above = _newcombe(safest, riskiest, middle)[0] > 0
        inside, beyond = (middle, beyond) if above else (inside, middle)
    return erfc(inside / sqrt(2))
