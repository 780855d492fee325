"""Forward in time: what a model may learn from, choose on, and be tested on; by account where history is too short."""

from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold

from churnrisk.clock import Day, Days, day
from churnrisk.errors import ModelError

Mask = npt.NDArray[np.bool_]
Labels = npt.NDArray[np.float64]

ACCOUNT_FOLDS = 5
FEWEST_LEFT = 10
"""Accounts that left, below which folds by account say nothing."""


@dataclass(frozen=True)
class Fold:
    """Rows to train on and, later in time, rows to validate on."""

    train: Mask
    validation: Mask


@dataclass(frozen=True)
class Folds:
    """What settings are chosen on. `by_account` says why it isn't later time; empty: it is."""

    folds: list[Fold]
    by_account: str


def test_dates(as_of: Days, *, named: tuple[Day, ...], weeks: int) -> Days:
    """The dates of the test: those that are named, or else the dates of the last `weeks` weeks of mature snapshots.

    `as_of` are the dates of the mature rows. Raises ModelError where a named date has no mature row or there is no
    row at all.
    """
    mature = np.unique(as_of)
    if not len(mature):
        raise ModelError(
            "no snapshot is mature yet",
            where="labels",
            fix="wait until a label window has closed, or shorten the horizon",
        )
    if not named:
        return np.asarray(mature[mature > mature[-1] - np.timedelta64(7 * weeks, "D")])
    unknown = sorted(set(named) - set(mature))
    if unknown:
        raise ModelError(
            f"{unknown[0]} is not the date of a mature snapshot",
            where="params.yaml, folds.test_as_of",
            allowed=f"dates of the grid from {mature[0]} to {mature[-1]}",
            fix="name other dates",
        )
    return np.array(named, "M8[D]")


def before(matures_on: Days, first: Day, embargo_days: int = 0) -> Mask:
    """Rows whose label was certain by `first`, less the embargo: no later day has a part in them."""
    return np.asarray(matures_on <= first - np.timedelta64(embargo_days, "D"))


def require_earlier(as_of: Days, matures_on: Days, label: Labels, first: Day, embargo_days: int = 0) -> None:
    """Raise ModelError, saying how much history is missing, unless churn and staying were certain when the test begins.

    The arrays are of the mature rows; `first` is the first date of the test.
    """
    earlier = label[before(matures_on, first, embargo_days)]
    if _has_both(earlier):
        return
    found = "no label" if not len(earlier) else f"only {'churn' if earlier.all() else 'staying'}"
    waits = _days(matures_on - as_of) + embargo_days
    raise ModelError(
        f"{found} is certain when the test begins on {first}: snapshots begin on {as_of.min()}, and a label takes"
        f" {waits} days to be certain",
        where="folds",
        allowed=f"a test that begins after {as_of.min() + np.timedelta64(waits, 'D')}, with churn before it",
        fix="give a longer history, shorten churn.horizon_days, or lessen folds.test_weeks",
    )


def choosing_folds(
    as_of: Days, matures_on: Days, label: Labels, account: npt.NDArray[Any], *, folds: int, weeks: int, seed: int
) -> Folds:
    """Forward folds; folds by account where history is too short for them, with the reason."""
    forward = forward_folds(as_of, matures_on, label, folds=folds, weeks=weeks)
    if forward:
        return Folds(forward, "")
    waits, have = _days(matures_on - as_of), int((as_of.max() - as_of.min()) / np.timedelta64(1, "D"))
    why = (
        f"there are {have} days of snapshots before the test, and a fold forward in time with {weeks} weeks to choose"
        f" on needs more than {waits + 7 * weeks}, with churn on both sides"
    )
    return Folds(account_folds(account, label, seed), why)


def forward_folds(as_of: Days, matures_on: Days, label: Labels, *, folds: int, weeks: int) -> list[Fold]:
    """Folds that walk back from the last date: each validates on `weeks` weeks and trains on what was certain before
    them.

    All rows are mature. Folds come oldest first; one without churn on both sides is left out, so there may be none.
    """
    end, made = as_of.max() + np.timedelta64(1, "D"), []
    for back in range(folds):
        stop = end - np.timedelta64(7 * weeks * back, "D")
        start = stop - np.timedelta64(7 * weeks, "D")
        fold = Fold(before(matures_on, start), (as_of >= start) & (as_of < stop))
        if _has_both(label[fold.train]) and _has_both(label[fold.validation]):
            prove_order(as_of, matures_on, fold)
            made.append(fold)
    return made[::-1]


def account_folds(account: npt.NDArray[Any], label: Labels, seed: int) -> list[Fold]:
    """Folds of whole accounts: none has a snapshot on both sides, but their dates are the same.

    Raises ModelError where churn is in too few accounts to be on both sides of any.
    """
    left = len(np.unique(account[label == 1]))
    if left < FEWEST_LEFT:
        raise ModelError(
            f"{left} accounts left before the test, too few to choose a model on",
            where="labels",
            allowed=f"{FEWEST_LEFT} or more",
            fix="give a longer history, or lessen folds.test_weeks",
        )
    parts = StratifiedGroupKFold(min(ACCOUNT_FOLDS, left), shuffle=True, random_state=seed)
    numbers = np.arange(len(account))
    made = [
        Fold(np.isin(numbers, train), np.isin(numbers, validation))
        for train, validation in parts.split(numbers, label, account)
    ]
    return [fold for fold in made if _has_both(label[fold.train]) and _has_both(label[fold.validation])]


def prove_order(as_of: Days, matures_on: Days, fold: Fold) -> None:
    """Raise ModelError if any training row's label window reaches a validation row's `as_of`."""
    if matures_on[fold.train].max() > as_of[fold.validation].min():
        _refuse(matures_on[fold.train].max(), as_of[fold.validation].min(), "a fold's validation")


def prove_gap(train: pd.DataFrame, later: pd.DataFrame) -> None:
    """Raise ModelError if any training row's label window reaches a later row's `as_of`; both have `as_of` and
    `matures_on`.
    """
    if len(train) and len(later) and train["matures_on"].max() > later["as_of"].min():
        _refuse(train["matures_on"].max(), later["as_of"].min(), "the test")


def _refuse(certain: Any, begins: Any, what: str) -> NoReturn:
    raise ModelError(
        f"a training label is certain only on {day(certain)}, after {what} begins on {day(begins)}",
        where="folds",
        fix="report this: the split has lost its purge",
    )


def _has_both(label: Labels) -> bool:
    return bool((label == 0).any() and (label == 1).any())


def _days(spans: npt.NDArray[np.timedelta64]) -> int:
    return int(spans.max() / np.timedelta64(1, "D"))
