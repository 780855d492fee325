"""Churn rates of groups of snapshots, with 95 % intervals that respect accounts.

An account has many snapshots, which are much alike, so a row is worth less than an independent draw. The rows of a rate
count as the number of independent draws that would vary between accounts as much as these rows do, and as fewer where
accounts are few (Korn and Graubard, Survey Methodology, 1998). The interval is Wilson's for that number: it needs no
resampling, stays within 0 and 1, and is wide where accounts are few, even where none of them churned.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Z = 1.959964
"""Standard errors on either side of a 95 % interval."""

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


def rate(snapshots: Numbers, churned: Numbers, *, shared: float = 0.0) -> Rate:
    """One churn rate from snapshots and churns by account, both (accounts,); counts may have fractions.

    `shared`, 0 to 1, is how much luck both halves of the accounts share: at 1 they are worth no more than one half.

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
    draws = _draws(snapshots, churned, share, accounts) / (1 + shared)
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
