"""Forward in time only: what a model may learn from, choose on, and be tested on."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day, Days, day
from churnrisk.errors import ModelError

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Fold:
    """Rows to train on and, later in time, rows to validate on."""

    train: Mask
    validation: Mask


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
            mend="wait until a label window has closed, or shorten the horizon",
        )
    if not named:
        return np.asarray(mature[mature > mature[-1] - np.timedelta64(7 * weeks, "D")])
    unknown = sorted(set(named) - set(mature))
    if unknown:
        raise ModelError(
            f"{unknown[0]} is not the date of a mature snapshot",
            where="params.yaml, folds.test_as_of",
            allowed=f"dates of the grid from {mature[0]} to {mature[-1]}",
            mend="name other dates",
        )
    return np.array(named, "M8[D]")


def before(matures_on: Days, first: Day, embargo_days: int = 0) -> Mask:
    """Rows whose label was certain by `first`, less the embargo: no later day has a part in them."""
    return np.asarray(matures_on <= first - np.timedelta64(embargo_days, "D"))


def forward_folds(
    as_of: Days, matures_on: Days, label: npt.NDArray[np.float64], *, folds: int, weeks: int
) -> list[Fold]:
    """Folds that walk back from the last date: each validates on `weeks` weeks and trains on what was certain before
    them.

    All rows are mature. Folds come oldest first; one without churn on both sides is left out. Raises ModelError,
    saying how much history is missing, where there is none at all.
    """
    end, made = as_of.max() + np.timedelta64(1, "D"), []
    for back in range(folds):
        stop = end - np.timedelta64(7 * weeks * back, "D")
        start = stop - np.timedelta64(7 * weeks, "D")
        fold = Fold(before(matures_on, start), (as_of >= start) & (as_of < stop))
        if _has_both(label[fold.train]) and _has_both(label[fold.validation]):
            made.append(fold)
    if not made:
        span = int((matures_on - as_of).max() / np.timedelta64(1, "D"))
        have = int((as_of.max() - as_of.min()) / np.timedelta64(1, "D"))
        raise ModelError(
            f"{have} days of mature snapshots, and no earlier label window is closed when the validation of "
            f"{weeks} weeks begins",
            where="labels",
            allowed=f"more than {span + 7 * weeks} days, with churn on both sides",
            mend="give a longer history, shorten churn.horizon_days, or lessen folds.fold_weeks and folds.test_weeks",
        )
    return made[::-1]


def prove_gap(train: pd.DataFrame, later: pd.DataFrame) -> None:
    """Raise ModelError if any training row's label window reaches a later row's `as_of`; both have `as_of` and
    `matures_on`.
    """
    if len(train) and len(later) and train["matures_on"].max() > later["as_of"].min():
        raise ModelError(
            f"a training label is certain only on {day(train['matures_on'].max())}, after the test begins on "
            f"{day(later['as_of'].min())}",
            where="folds",
            mend="report this: the split has lost its purge",
        )


def _has_both(label: npt.NDArray[np.float64]) -> bool:
    return bool((label == 0).any() and (label == 1).any())
