"""Churn rates of groups of snapshots with 95 % intervals that respect accounts, and how far apart groups are.

An account stands in many snapshots, which are alike: a row is worth less than a draw of its own. The rows of a rate
are counted as the number of independent draws that would vary as much as these do between accounts, fewer where
accounts are few (Korn and Graubard, Survey Methodology, 1998). The interval is Wilson's for that number: it needs no
resampling, stays within 0 and 1, and is wide where accounts are few, even where nobody left.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Z = 1.959964
"""Standard errors to either side of a 95 % interval."""

END = 0.2
"""Share of the snapshots at either end that are compared: the safest and the riskiest fifth."""

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Counts:
    """`snapshots` and how many of them `left`, both (accounts, groups)."""

    snapshots: Numbers
    left: Numbers


@dataclass(frozen=True)
class Rate:
    """Share of the snapshots after which the account left, with its interval; None where there is no snapshot."""

    snapshots: int
    accounts: int
    rate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Apart:
    """Churn rates of the safest and of the riskiest fifth, and how many more left of the riskier, with its interval."""

    safest: Rate
    riskiest: Rate
    difference: float | None
    low: float | None
    high: float | None

    @property
    def surely(self) -> float:
        """By how much they are apart at least; what features are ranked by."""
        return -1.0 if self.low is None else self.low


def count(
    account: npt.NDArray[np.int64], group: npt.NDArray[np.int64], left: Numbers, accounts: int, groups: int
) -> Counts:
    """Rows counted by account and group; the order of the rows is of no matter."""
    cell, size = account * groups + group, accounts * groups
    by_cell = (np.bincount(cell, minlength=size), np.bincount(cell, left, minlength=size))
    snapshots, leaving = (each.astype(float).reshape(accounts, groups) for each in by_cell)
    return Counts(snapshots, leaving)


def rates(counts: Counts) -> list[Rate]:
    """The churn rate of every group."""
    return [rate(*each) for each in zip(counts.snapshots.T, counts.left.T, strict=True)]


def rate(snapshots: Numbers, left: Numbers) -> Rate:
    """One churn rate from snapshots and leaving ones by account; parts of snapshots may be counted.

    >>> one_of_four, one = rate(np.full(4, 10.0), np.array([10.0, 0, 0, 0])), rate(np.array([40.0]), np.array([0.0]))
    >>> one_of_four.snapshots, one_of_four.accounts, one_of_four.rate
    (40, 4, 0.25)
    >>> round(one_of_four.low, 3), round(one_of_four.high, 3), round(one.high, 3)
    (0.021, 0.839, 0.793)
    """
    total, accounts = snapshots.sum(), int(np.count_nonzero(snapshots))
    if not total:
        return Rate(0, 0, None, None, None)
    share = float(left.sum() / total)
    low, high = wilson(share, _worth(snapshots, left, share, accounts))
    return Rate(round(total), accounts, share, low, high)


def _worth(snapshots: Numbers, left: Numbers, share: float, accounts: int) -> float:
    """How many independent draws the rows are worth."""
    total = snapshots.sum()
    if accounts > 1 and 0 < share < 1:
        between = accounts / (accounts - 1) * np.square(left - share * snapshots).sum() / total**2
        if between:
            # What varies is itself known from few accounts only: nearly what Student's t instead of Z would do.
            few = (accounts - 1) / (accounts + 2)
            return few * min(float(share * (1 - share) / between), float(total))
    # Where nothing varies, all snapshots of an account are one draw (Kish, Survey Sampling, 1965).
    return float(total**2 / np.square(snapshots).sum())


def wilson(share: float, draws: float) -> tuple[float, float]:
    """Wilson's 95 % interval of a share seen in so many independent draws.

    >>> [round(bound, 3) for bound in wilson(0.1, 50)]
    [0.043, 0.214]
    """
    middle = share + Z**2 / (2 * draws)
    half = Z * np.sqrt(share * (1 - share) / draws + Z**2 / (4 * draws**2))
    scale = 1 + Z**2 / draws
    return min(share, max(0.0, float(middle - half) / scale)), max(share, min(1.0, float(middle + half) / scale))


def apart(counts: Counts) -> Apart:
    """How far the safest and the riskiest fifth are apart.

    Which groups are safe is taken from one half of the accounts and measured on the other, and the other way round:
    chosen and measured on the same accounts, groups that differ by luck alone would look far apart. A group at the
    border of a fifth counts in part. The interval is Newcombe's of a difference of two shares (Statistics in
    Medicine, 1998), which takes the two for independent; an account that is in both makes them less so, and the
    interval rather too wide.
    """
    ends: tuple[list[Numbers], list[Numbers]] = ([], [])
    halves = [Counts(counts.snapshots[half::2], counts.left[half::2]) for half in (0, 1)]
    for chosen_on, measured in (halves, halves[::-1]):
        order, size = np.argsort(_steady(chosen_on), kind="stable"), measured.snapshots.sum(axis=0)
        for end, places in zip(ends, (order, order[::-1]), strict=True):
            part = _part(size, places)
            # Not `@`, whose sums depend on the processor.
            end.append(np.stack([(each * part).sum(axis=1) for each in (measured.snapshots, measured.left)]))
    safest, riskiest = (rate(*np.concatenate(end, axis=1)) for end in ends)
    return _difference(safest, riskiest)


def _steady(counts: Counts) -> Numbers:
    """Churn rates of groups to order them by; a group without a snapshot counts as the mean of all."""
    size, left = counts.snapshots.sum(axis=0), counts.left.sum(axis=0)
    mean = left.sum() / max(size.sum(), 1)
    return np.asarray((left + mean) / (size + 1))


def _part(size: Numbers, order: npt.NDArray[np.int64]) -> Numbers:
    """The part of each group that is in the first `END` of all snapshots, taken in that order.

    >>> _part(np.array([10.0, 50, 40]), np.array([0, 2, 1])).tolist()
    [1.0, 0.0, 0.25]
    """
    room = END * size.sum()
    before = np.cumsum(size[order]) - size[order]
    taken = np.clip(room - before, 0, size[order])
    part = np.zeros(len(size))
    part[order] = np.divide(taken, size[order], out=np.zeros(len(size)), where=size[order] > 0)
    return part


def _difference(safest: Rate, riskiest: Rate) -> Apart:
    if safest.rate is None or riskiest.rate is None:
        return Apart(safest, riskiest, None, None, None)
    assert None not in (safest.low, safest.high, riskiest.low, riskiest.high)
    between = riskiest.rate - safest.rate
    down = np.hypot(riskiest.rate - (riskiest.low or 0.0), (safest.high or 0.0) - safest.rate)
    up = np.hypot((riskiest.high or 0.0) - riskiest.rate, safest.rate - (safest.low or 0.0))
    return Apart(safest, riskiest, between, float(between - down), float(between + up))
