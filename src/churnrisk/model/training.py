"""From mature snapshots to a calibrated model: choose on later time, calibrate on it, then fit on everything."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from churnrisk.clock import Day, day
from churnrisk.model.boosted import Boosted
from churnrisk.model.calibration import calibration
from churnrisk.model.examples import Examples, require_both
from churnrisk.model.matrix import Numbers, columns_of, matrix
from churnrisk.model.risk_model import RiskModel, Trained, lineage_of
from churnrisk.model.scorer import Scorer, Settings
from churnrisk.model.split import Fold, Split, prove_gap
from churnrisk.model.tune import Choice, tune
from churnrisk.params.sections import Train
from churnrisk.store.catalogue.train import Choice as ChoiceRecord


@dataclass(frozen=True)
class Origin:
    """Hashes of the data that a model learned from, and of the params by which it was made."""

    data_hash: str
    params_hash: str


@dataclass(frozen=True)
class OutOfTime:
    """Log-odds given to snapshots by a model that had learned only from earlier ones; calibration needs these."""

    raw: Numbers
    label: Numbers
    ladder: pd.DataFrame


@dataclass(frozen=True)
class Uncalibrated:
    """A scorer before calibration, and what it learned from."""

    scorer: Scorer
    learned: Examples

    def out_of_time(self, later: Examples) -> OutOfTime:
        """The scores that it gives to later snapshots."""
        raw = self.scorer.log_odds(matrix(later.features, self.scorer.columns))
        return OutOfTime(raw, later.label, later.ladder)

    def calibrated(self, later: OutOfTime, origin: Origin) -> RiskModel:
        """The model to keep: calibrated on `later`, with the id that it is known by."""
        intercept, slope = calibration(later.raw, later.label)
        scorer = self.scorer.calibrated(intercept, slope)
        return RiskModel(
            scorer=scorer,
            horizon_days=self.learned.horizon_days,
            ladder=_ladder(later, intercept, slope),
            trained=_trained(self.learned.labels),
            lineage=lineage_of(origin.data_hash, origin.params_hash, scorer),
            data_hash=origin.data_hash,
            params_hash=origin.params_hash,
        )


@dataclass(frozen=True)
class Training:
    """What a training makes: a model to be `judged` on the test, the `final` one for the list, and the choice that both
    are made by. `learned_from` are the labels of the final one.
    """

    judged: RiskModel
    final: RiskModel
    choice: Choice
    learned_from: pd.DataFrame


def train(examples: Examples, split: Split, settings: Train, as_of: Day, origin: Origin) -> Training:
    """Two models by one choice of settings: one that learned nothing of the test, and one of all that is known `as_of`.

    Raises ModelError where there is too little to learn from, and where a label reaches into the test.
    """
    earlier, test = examples.known_by(split.cut, split.embargo_days), examples.on(split.dates)
    prove_gap(earlier.labels, test.labels)
    require_both(test.label, "the test")
    choice, chosen_on = choose(earlier, split.folds(earlier.labels), settings)
    boosting = boosting_of(choice, settings.seed)
    plain = fit(Boosted, earlier, boosting)
    known, known_test = examples.known_by(as_of), test.known_by(as_of)
    # The test, as far as it was known on the list's own date, is the latest time that there is to calibrate on.
    later = plain.out_of_time(known_test) if len(np.unique(known_test.label)) == 2 else chosen_on
    return Training(
        judged=plain.calibrated(chosen_on, origin),
        final=fit(Boosted, known, boosting).calibrated(later, origin),
        choice=choice,
        learned_from=known.labels[["account_id", "as_of", "label"]].reset_index(drop=True),
    )


def choose(earlier: Examples, folds: list[Fold], settings: Train) -> tuple[Choice, OutOfTime]:
    """The settings that do best on the folds, and the out-of-time scores that they gave there."""
    require_both(earlier.label)
    columns = columns_of(earlier.features)
    choice = tune(matrix(earlier.features, columns), earlier.label, columns, folds, settings)
    rows = choice.rows
    return choice, OutOfTime(choice.raw, earlier.label[rows], earlier.ladder.iloc[rows])


def boosting_of(choice: Choice, seed: int) -> Settings:
    """The chosen settings, as boosted trees are fitted with them."""
    return {**choice.settings, "trees": choice.trees, "seed": seed}


def fit(kind: type[Scorer], examples: Examples, settings: Settings) -> Uncalibrated:
    """Any kind of scorer fitted to all `examples`, not calibrated yet."""
    require_both(examples.label)
    columns = columns_of(examples.features)
    return Uncalibrated(kind.fit(matrix(examples.features, columns), examples.label, columns, settings), examples)


def report(training: Training, split: Split) -> ChoiceRecord:
    """What was chosen, and on what."""
    choice = training.choice
    return ChoiceRecord(
        trials=choice.tried,
        trees=choice.trees,
        log_loss=round(choice.log_loss, 6),
        settings=dict(choice.settings),
        chosen_on=f"other accounts, not later time: {split.by_account}" if split.by_account else "later time",
    )


def _ladder(later: OutOfTime, intercept: float, slope: float) -> dict[int, tuple[float, float]]:
    """Calibration of the main log-odds for each further horizon, where there is churn and staying to fit it to."""
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
