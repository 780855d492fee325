"""Churn rates of groups of snapshots, with 95 % intervals that respect accounts, and how far apart groups are.

An account has many snapshots, which are much alike, so a row is worth less than an independent draw. The rows of a rate
count as the number of independent draws that would vary between accounts as much as these rows do, and as fewer where
accounts are few (Korn and Graubard, Survey Methodology, 1998). The interval is Wilson's for that number: it needs no
resampling, stays within 0 and 1, and is wide where accounts are few, even where none of them churned.
"""

from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np
import numpy.typing as npt

Z = 1.959964
"""Standard errors on either side of a 95 % interval."""

MOST_ERRORS = 37.0
"""Most standard errors that a p-value is looked for at: beyond them it is smaller than a float can hold."""

END = 0.2
"""The safest and the riskiest fifth of the snapshots are compared: two of ten groups at either end. A tenth would rest
on half as many accounts, and a third would mix the ends with the middle."""

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Counts:
    """Snapshots, and those of them after which the account churned, both (accounts, groups)."""

    snapshots: Numbers
    churned: Numbers


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Share of the snapshots after which the account churned, 0 to 1, with its interval; None without a snapshot.

    `draws` is how many independent draws the snapshots are worth.
    """

    snapshots: int
    accounts: int
    draws: float
    rate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True)
class Apart:
    """Churn rates of the safest and of the riskiest fifth, and the riskier less the safer one, with its interval.

    `p_value`, 0 to 1, is that of no difference. The interval pools both halves of the accounts as if they were
    independent, which luck that both share makes too narrow; the p-value does not.
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


def count(
    account: npt.NDArray[np.int64], group: npt.NDArray[np.int64], churned: Numbers, *, accounts: int, groups: int
) -> Counts:
    """Rows counted by account and group, whatever their order; `account`, `group` and `churned` are (rows,)."""
    cell, size = account * groups + group, accounts * groups
    by_cell = (np.bincount(cell, minlength=size), np.bincount(cell, churned, minlength=size))
    snapshots, churns = (each.astype(float).reshape(accounts, groups) for each in by_cell)
    return Counts(snapshots, churns)


def rates(counts: Counts) -> list[Rate]:
    """The churn rate of every group."""
    return [rate(*each) for each in zip(counts.snapshots.T, counts.churned.T, strict=True)]


def rate(snapshots: Numbers, churned: Numbers) -> Rate:
    """One churn rate from snapshots and churns by account, both (accounts,); counts may have fractions.

    >>> one_of_four, one = rate(np.full(4, 10.0), np.array([10.0, 0, 0, 0])), rate(np.array([40.0]), np.array([0.0]))
    >>> one_of_four.snapshots, one_of_four.accounts, one_of_four.rate
    (40, 4, 0.25)
    >>> round(one_of_four.low, 3), round(one_of_four.high, 3), round(one.high, 3)
    (0.021, 0.839, 0.793)
    """
    total, accounts = snapshots.sum(), int(np.count_nonzero(snapshots))
    if not total:
        return Rate(snapshots=0, accounts=0, draws=0.0, rate=None, low=None, high=None)
    share = float(churned.sum() / total)
    draws = _draws(snapshots, churned, share, accounts)
    low, high = wilson(share, draws)
    return Rate(snapshots=round(total), accounts=accounts, draws=draws, rate=share, low=low, high=high)


def _draws(snapshots: Numbers, churned: Numbers, share: float, accounts: int) -> float:
    """How many independent draws the rows are worth."""
    total = snapshots.sum()
    if accounts > 1 and 0 < share < 1:
        between = accounts / (accounts - 1) * np.square(churned - share * snapshots).sum() / total**2
        if between:
            # The variance is itself estimated from the accounts. Fewer draws widen the interval where accounts are few,
            # nearly as Student's t in place of Z would.
            few = (accounts - 1) / (accounts + 2)
            return few * min(float(share * (1 - share) / between), float(total))
    # Nothing varies, so all snapshots of an account are one draw (Kish, Survey Sampling, 1965).
    return float(total**2 / np.square(snapshots).sum())


def wilson(share: float, draws: float, errors: float = Z) -> tuple[float, float]:
    """Wilson's interval of a share that was counted in so many independent draws, `errors` standard errors either side.

    >>> [round(bound, 3) for bound in wilson(0.1, 50)]
    [0.043, 0.214]
    """
    middle = share + errors**2 / (2 * draws)
    half = errors * np.sqrt(share * (1 - share) / draws + errors**2 / (4 * draws**2))
    scale = 1 + errors**2 / draws
    return min(share, max(0.0, float(middle - half) / scale)), max(share, min(1.0, float(middle + half) / scale))


def apart(counts: Counts) -> Apart:
    """How far apart the safest and the riskiest fifth are.

    The groups are ordered by one half of the accounts and measured on the other half, and the other way round. If they
    were ordered and measured on the same accounts, groups that differ by luck alone would look far apart. A group at
    the border of a fifth counts in part. The interval is Newcombe's for a difference of two shares (Statistics in
    Medicine, 1998). It assumes that the two are independent. Where luck alone orders the groups, both halves share
    it and the interval is too narrow: in made-up companies without any difference 5.9 % of them lay apart from 0, and
    2.5 % should have. Which features stand out is therefore decided by the p-value.
    """
    safest_parts, riskiest_parts = [], []
    halves = [Counts(counts.snapshots[half::2], counts.churned[half::2]) for half in (0, 1)]
    for ordered_by, measured in (halves, halves[::-1]):
        safest_first = np.argsort(_steady_rates(ordered_by), kind="stable")
        safest_parts.append(_fifth(measured, safest_first))
        riskiest_parts.append(_fifth(measured, safest_first[::-1]))
    safest, riskiest = (rate(*np.concatenate(parts, axis=1)) for parts in (safest_parts, riskiest_parts))
    # Twice the smaller one-sided p-value of the two halves holds however the halves depend on each other.
    p_value = min(_p_value(rate(*low), rate(*high)) for low, high in zip(safest_parts, riskiest_parts, strict=True))
    return _difference(safest, riskiest, p_value)


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


def _difference(safest: Rate, riskiest: Rate, p_value: float) -> Apart:
    if safest.rate is None or riskiest.rate is None:
        return Apart(safest=safest, riskiest=riskiest, difference=None, low=None, high=None, p_value=1.0)
    low, high = _newcombe(safest, riskiest, Z)
    return Apart(
        safest=safest, riskiest=riskiest, difference=riskiest.rate - safest.rate, low=low, high=high, p_value=p_value
    )


def _newcombe(safest: Rate, riskiest: Rate, errors: float) -> tuple[float, float]:
    """Newcombe's interval of the riskier less the safer rate, `errors` standard errors either side."""
    assert safest.rate is not None
    assert riskiest.rate is not None
    safe_low, safe_high = wilson(safest.rate, safest.draws, errors)
    risky_low, risky_high = wilson(riskiest.rate, riskiest.draws, errors)
    between = riskiest.rate - safest.rate
    down = np.hypot(riskiest.rate - risky_low, safe_high - safest.rate)
    up = np.hypot(risky_high - riskiest.rate, safest.rate - safe_low)
    return float(between - down), float(between + up)


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
