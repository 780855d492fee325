"""From mature snapshots to a calibrated model: choose on later time, calibrate on it, then fit on everything."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd

from churnrisk.clock import Day, Days, day
from churnrisk.errors import ModelError
from churnrisk.model.boosted import Numbers, calibrate, calibration, dataset, fit, raw_score
from churnrisk.model.bundle import RiskModel, Trained
from churnrisk.model.matrix import Column, columns_of, matrix
from churnrisk.model.split import before, choosing_folds
from churnrisk.model.tune import Choice, tune


@dataclass(frozen=True)
class Recipe:
    """How models are fitted; the same for the one that is tested and the one that makes the list."""

    horizon_days: int
    trials: int
    max_trees: int
    learning_rate: float
    validation_folds: int
    fold_weeks: int
    seed: int
    threads: int
    params_hash: str


@dataclass(frozen=True)
class Examples:
    """Mature snapshots: features, labels (`account_id`, `as_of`, `label`, `matures_on`), row by row the same.

    `ladder` has the labels of further horizons (NaN: not mature), a column each, named by its days.
    """

    features: pd.DataFrame
    labels: pd.DataFrame
    ladder: pd.DataFrame
    horizon_days: int
    data_hash: str

    def known_by(self, first: Day, embargo_days: int = 0) -> "Examples":
        """Those whose label was certain by a day."""
        matures = self.labels["matures_on"].to_numpy("M8[D]")
        keep = before(matures, first, embargo_days)
        further = {days: before(np.asarray(matures + self._further(days)), first, embargo_days) for days in self.ladder}
        ladder = self.ladder.where(pd.DataFrame(further, index=self.ladder.index))
        return replace(self, features=self.features[keep], labels=self.labels[keep], ladder=ladder[keep])

    def on(self, dates: Days) -> "Examples":
        """Those of some dates."""
        keep = self.labels["as_of"].isin(dates.astype("M8[us]"))
        return replace(self, features=self.features[keep], labels=self.labels[keep], ladder=self.ladder[keep])

    def _further(self, days: Any) -> np.timedelta64:
        """How much later than the main label a label of the ladder is certain."""
        return np.timedelta64(int(days) - self.horizon_days, "D")

    @property
    def label(self) -> Numbers:
        return self.labels["label"].to_numpy(float)


@dataclass(frozen=True)
class OutOfTime:
    """Log-odds given to snapshots by a model that had learned only from earlier ones; calibration needs these."""

    raw: Numbers
    label: Numbers
    ladder: pd.DataFrame


def choose(examples: Examples, recipe: Recipe) -> tuple[Choice, OutOfTime, str]:
    """The settings that do best on later time, the out-of-time scores that they gave, and why, if they were chosen on
    other accounts instead.
    """
    require_both(examples.label)
    columns = columns_of(examples.features)
    as_of, matures = (examples.labels[name].to_numpy("M8[D]") for name in ("as_of", "matures_on"))
    account = examples.labels["account_id"].to_numpy(object)
    folds = choosing_folds(
        as_of,
        matures,
        examples.label,
        account,
        folds=recipe.validation_folds,
        weeks=recipe.fold_weeks,
        seed=recipe.seed,
    )
    choice = tune(
        matrix(examples.features, columns),
        examples.label,
        columns,
        folds.folds,
        trials=recipe.trials,
        max_trees=recipe.max_trees,
        learning_rate=recipe.learning_rate,
        seed=recipe.seed,
        threads=recipe.threads,
    )
    rows = choice.rows
    return choice, OutOfTime(choice.raw, examples.label[rows], examples.ladder.iloc[rows]), folds.by_account


def fit_all(examples: Examples, choice: Choice, recipe: Recipe) -> "Plain":
    """The chosen settings fitted to all `examples`, not calibrated yet."""
    require_both(examples.label)
    columns = columns_of(examples.features)
    rows = dataset(matrix(examples.features, columns), examples.label, columns)
    return Plain(fit(rows, choice.settings, trees=choice.trees, seed=recipe.seed), columns, examples)


@dataclass(frozen=True)
class Plain:
    """A booster before calibration, its columns, and what it learned from."""

    booster: lgb.Booster
    columns: tuple[Column, ...]
    learned: Examples

    def out_of_time(self, later: Examples) -> OutOfTime:
        """The scores that it gives to later snapshots."""
        return OutOfTime(raw_score(self.booster, matrix(later.features, self.columns)), later.label, later.ladder)

    def calibrated(self, later: OutOfTime, recipe: Recipe) -> RiskModel:
        """The model to keep: calibrated on `later`, with the id that it is known by."""
        intercept, slope = calibration(later.raw, later.label)
        booster = calibrate(self.booster, intercept, slope)
        identity = "".join([self.learned.data_hash, recipe.params_hash, booster.model_to_string()])
        return RiskModel(
            booster,
            self.columns,
            recipe.horizon_days,
            _ladder(later, intercept, slope),
            _trained(self.learned.labels),
            lineage=hashlib.sha256(identity.encode()).hexdigest()[:12],
            data_hash=self.learned.data_hash,
            params_hash=recipe.params_hash,
        )


def _ladder(later: OutOfTime, intercept: float, slope: float) -> dict[int, tuple[float, float]]:
    """Calibration of the main log-odds for each further horizon, where there is churn and non-churn to fit it to."""
    lines = {}
    for days in later.ladder:
        label = later.ladder[days].to_numpy(float)
        mature = ~np.isnan(label)
        if len(np.unique(label[mature])) == 2:
            lines[int(str(days))] = calibration((intercept + slope * later.raw)[mature], label[mature])
    return lines


def _trained(labels: pd.DataFrame) -> Trained:
    return Trained(
        rows=len(labels),
        churned=int(labels["label"].sum()),
        first_as_of=str(day(labels["as_of"].min())),
        last_as_of=str(day(labels["as_of"].max())),
        known_until=str(day(labels["matures_on"].max())),
    )


def require_both(label: Numbers, where: str = "labels") -> None:
    """Raise ModelError unless some accounts left and some stayed."""
    if len(np.unique(label)) < 2:
        found = (
            "no snapshot"
            if not len(label)
            else f"only {'churn' if label.all() else 'staying'} in {len(label)} snapshots"
        )
        raise ModelError(
            f"there is {found}",
            where=where,
            allowed="some accounts that left and some that stayed",
            fix="give a longer history, or check that subscriptions.ended_on is filled",
        )
