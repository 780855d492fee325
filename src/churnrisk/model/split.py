"""Forward in time: what a model may learn from, choose settings on, and be tested on.

The split is made once, by training, and written down. Whoever needs it later (evaluation, the doctor) reads the record
and applies it, so that a baseline learns from the same rows as the model that it is compared with. Where history is too
short for forward folds, settings are chosen on other accounts instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold

from churnrisk.clock import Day, Days, as_date, day, days, of_column
from churnrisk.errors import ModelError
from churnrisk.model.matrix import Numbers
from churnrisk.params.sections import Folds
from churnrisk.store.catalogue.train import PeriodRecord, SplitRecord

Mask = npt.NDArray[np.bool_]

ACCOUNT_FOLDS = 5
"""The usual number: four fifths of the accounts still teach, and five fits cost little on the short histories that are
split this way."""

FEWEST_CHURNED = 10
"""Churned accounts below which nothing is chosen on other accounts: with five folds, two of them are left in each, and
the log loss of a fold is then that of two accounts. This asks more than a verdict does
(`churnrisk.evaluation.verdict.FEWEST_CHURNED`), because a choice among many settings overfits where a single interval
only grows wide."""


@dataclass(frozen=True)
class Fold:
    """Rows to train on and, later in time or of other accounts, rows to validate on."""

    train: Mask
    validation: Mask


@dataclass(frozen=True)
class Period:
    """Days from `start` up to `stop`, which is the first that is not included."""

    start: Day
    stop: Day


@dataclass(frozen=True)
class Split:
    """Which mature snapshots are for what; all frames of labels have `account_id`, `as_of`, `label`, `matures_on`.

    The test is `test_as_of`. Before it, only labels that were mature by `cut`, less `embargo_days`, may be learned
    from. Settings are chosen on those: on the `validation` periods, each with what was mature before it to learn from,
    or, where `by_account` says why there are none, on whole accounts held apart by `seed`. Then `short_validation` are
    such periods for labels of half the horizon, which are mature earlier; they choose in place of the accounts.
    """

    test_as_of: tuple[Day, ...]
    cut: Day
    embargo_days: int
    validation: tuple[Period, ...]
    by_account: str
    seed: int
    short_validation: tuple[Period, ...] = ()

    def may_choose(self, earlier: pd.DataFrame) -> bool:
        """Whether enough is known before the test to choose anything on it: later time, or enough other accounts."""
        return not self.by_account or churned_accounts(earlier) >= FEWEST_CHURNED

    @property
    def dates(self) -> Days:
        """The dates of the test, as an array."""
        return np.array(self.test_as_of, "M8[D]")

    def earlier(self, labels: pd.DataFrame) -> Mask:
        """Rows that may be learned from before the test."""
        return before(of_column(labels["matures_on"]), self.cut, self.embargo_days)

    def folds(self, earlier: pd.DataFrame) -> list[Fold]:
        """Folds to choose settings on, made of the labels that may be learned from before the test; none where history
        is too short for later time and fewer accounts churned than there are folds.
        """
        as_of, matures_on = (of_column(earlier[name]) for name in ("as_of", "matures_on"))
        if self.by_account:
            return account_folds(earlier["account_id"].to_numpy(object), earlier["label"].to_numpy(float), self.seed)
        return _forward(as_of, matures_on, self.validation)

    def short_folds(self, earlier: pd.DataFrame) -> list[Fold]:
        """Folds forward in time, of the short labels that may be learned from before the test."""
        as_of, matures_on = (of_column(earlier[name]) for name in ("as_of", "matures_on"))
        return _forward(as_of, matures_on, self.short_validation)

    def record(self) -> SplitRecord:
        """What is written of it."""
        return SplitRecord(
            test_as_of=[as_date(each) for each in self.test_as_of],
            cut=as_date(self.cut),
            embargo_days=self.embargo_days,
            validation=[PeriodRecord(start=as_date(each.start), stop=as_date(each.stop)) for each in self.validation],
            by_account=self.by_account,
            short_validation=[
                PeriodRecord(start=as_date(each.start), stop=as_date(each.stop)) for each in self.short_validation
            ],
            seed=self.seed,
        )

    @classmethod
    def of_record(cls, record: SplitRecord) -> "Split":
        """The split that `record` gave."""
        return cls(
            test_as_of=tuple(map(day, record.test_as_of)),
            cut=day(record.cut),
            embargo_days=record.embargo_days,
            validation=tuple(Period(day(each.start), day(each.stop)) for each in record.validation),
            by_account=record.by_account,
            short_validation=tuple(Period(day(each.start), day(each.stop)) for each in record.short_validation),
            seed=record.seed,
        )


def make_split(labels: pd.DataFrame, as_of: Day, folds: Folds, seed: int, short: pd.DataFrame | None = None) -> Split:
    """The split of all mature snapshots, for a list of `as_of`; `short` are the mature labels of half the horizon.

    Raises ModelError where no test can be had, or where nothing was mature before it, and says how much is missing.
    """
    as_ofs, matures_on = (of_column(labels[name]) for name in ("as_of", "matures_on"))
    dates = test_dates(as_ofs, named=tuple(map(day, folds.test_as_of)), weeks=folds.test_weeks)
    # Neither the test nor the list may be of a date that had a part in the choice of settings.
    cut = min(dates.min(), as_of)
    require_earlier(as_ofs, matures_on, labels["label"].to_numpy(float), cut, folds.embargo_days)
    earlier = labels[before(matures_on, cut, folds.embargo_days)]
    validation = forward_periods(earlier, number=folds.validation_folds, weeks=folds.fold_weeks)
    short_validation = [] if validation or short is None else _short_periods(short, cut, folds)
    return Split(
        test_as_of=tuple(dates),
        cut=cut,
        embargo_days=folds.embargo_days,
        validation=tuple(validation),
        by_account="" if validation else _too_short(earlier, folds.fold_weeks),
        seed=seed,
        short_validation=tuple(short_validation),
    )


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
        return np.asarray(mature[mature > mature[-1] - days(7 * weeks)])
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
    """Rows whose label was mature by `first`, less the embargo, so that no later day has a part in them."""
    return np.asarray(matures_on <= first - days(embargo_days))


def require_earlier(as_of: Days, matures_on: Days, label: Numbers, first: Day, embargo_days: int = 0) -> None:
    """Raise ModelError, saying how much history is missing, unless both churn and staying were mature by `first`.

    The arrays are of the mature rows; `first` is the day on which the test begins.
    """
    earlier = label[before(matures_on, first, embargo_days)]
    if _has_both(earlier):
        return
    mature = "no label" if not len(earlier) else f"only {'churn' if earlier.all() else 'staying'}"
    waits = _days(matures_on - as_of) + embargo_days
    raise ModelError(
        f"{mature} is mature when the test begins on {first}: snapshots begin on {as_of.min()}, and a label takes"
        f" {waits} days to mature",
        where="folds",
        allowed=f"a test that begins after {as_of.min() + np.timedelta64(waits, 'D')}, with churn before it",
        fix="give a longer history, shorten churn.horizon_days, or lessen folds.test_weeks",
    )


def forward_periods(earlier: pd.DataFrame, *, number: int, weeks: int) -> list[Period]:
    """Validation periods of `weeks` weeks that walk back from the last date, the oldest first.

    A period without churn and staying on both sides is left out, so there may be none.
    """
    as_of, matures_on = (of_column(earlier[name]) for name in ("as_of", "matures_on"))
    label = earlier["label"].to_numpy(float)
    end, span = as_of.max() + days(1), days(7 * weeks)
    periods = [Period(end - span * (back + 1), end - span * back) for back in range(number)]
    folds = [_fold(as_of, matures_on, period) for period in periods]
    return [
        period
        for period, fold in zip(periods, folds, strict=True)
        if _has_both(label[fold.train]) and _has_both(label[fold.validation])
    ][::-1]


def _short_periods(short: pd.DataFrame, cut: Day, folds: Folds) -> list[Period]:
    known = short[before(of_column(short["matures_on"]), cut, folds.embargo_days)]
    return forward_periods(known, number=folds.validation_folds, weeks=folds.fold_weeks) if len(known) else []


def _forward(as_of: Days, matures_on: Days, periods: Sequence[Period]) -> list[Fold]:
    made = [_fold(as_of, matures_on, period) for period in periods]
    for fold in made:
        prove_order(as_of, matures_on, fold)
    return made


def _fold(as_of: Days, matures_on: Days, period: Period) -> Fold:
    return Fold(before(matures_on, period.start), (as_of >= period.start) & (as_of < period.stop))


def _too_short(earlier: pd.DataFrame, weeks: int) -> str:
    """Why there is no forward fold, in words."""
    as_of, matures_on = (of_column(earlier[name]) for name in ("as_of", "matures_on"))
    waits, have = _days(matures_on - as_of), _days(as_of - as_of.min())
    return (
        f"there are {have} days of snapshots before the test, and a fold forward in time with {weeks} weeks to choose"
        f" on needs more than {waits + 7 * weeks}, with churn on both sides"
    )


def account_folds(account: npt.NDArray[Any], label: Numbers, seed: int) -> list[Fold]:
    """Folds of whole accounts: none has a snapshot on both sides, but their dates are the same.

    There are none where too few accounts churned for one in each. Fewer folds would not do: of two churned accounts,
    the model that learns from one ranks the other by what that one happened to be like, mostly the wrong way round.
    """
    if len(np.unique(account[label == 1])) < ACCOUNT_FOLDS:
        return []
    parts = StratifiedGroupKFold(ACCOUNT_FOLDS, shuffle=True, random_state=seed)
    numbers = np.arange(len(account))
    made = [
        Fold(np.isin(numbers, train), np.isin(numbers, validation))
        for train, validation in parts.split(numbers, label, account)
    ]
    return [fold for fold in made if _has_both(label[fold.train]) and _has_both(label[fold.validation])]


def churned_accounts(labels: pd.DataFrame) -> int:
    """How many accounts churned in the label window of any of their snapshots."""
    return int(labels.loc[labels["label"] == 1, "account_id"].nunique())


def prove_order(as_of: Days, matures_on: Days, fold: Fold) -> None:
    """Raise ModelError if any training row's label window reaches a validation row's `as_of`."""
    _prove(matures_on[fold.train], as_of[fold.validation], "a fold's validation")


def prove_gap(earlier: pd.DataFrame, test: pd.DataFrame) -> None:
    """Raise ModelError if the label window of any row to learn from reaches the `as_of` of a row of the test."""
    _prove(of_column(earlier["matures_on"]), of_column(test["as_of"]), "the test")


def _prove(matures_on: Days, as_of: Days, what: str) -> None:
    if len(matures_on) and len(as_of) and matures_on.max() > as_of.min():
        raise ModelError(
            f"a training label is mature only on {matures_on.max()}, after {what} begins on {as_of.min()}",
            where="folds",
            fix="report this: the split has lost its purge",
        )


def _has_both(label: Numbers) -> bool:
    return bool((label == 0).any() and (label == 1).any())


def _days(spans: npt.NDArray[np.timedelta64]) -> int:
    return int(spans.max() / days(1))
