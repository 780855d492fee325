"""A small table of features and labels with a signal, a category and missing values, for tests of the model."""

import numpy as np
import pandas as pd

from churnrisk.clock import Day
from churnrisk.model.boosted import Boosted
from churnrisk.model.bundle import Bundle
from churnrisk.model.examples import Examples
from churnrisk.model.logistic import Input, Logistic
from churnrisk.model.matrix import columns_of, matrix
from churnrisk.model.mixture import Mixture
from churnrisk.model.population import Population
from churnrisk.model.risk_model import RiskModel
from churnrisk.model.rule import LastActivity
from churnrisk.model.scorer import Scorer, Settings
from churnrisk.model.split import Split, make_split
from churnrisk.model.training import Origin, Uncalibrated
from churnrisk.params.sections import Folds, Train
from churnrisk.store.catalogue.evaluate import Verdict

SETTINGS = Train(boosters=3, max_trees=40, learning_rate=0.1, seed=7, threads=2)
FOLDS = Folds(validation_folds=2, fold_weeks=4, test_weeks=8)
ORIGIN = Origin(data_hash="d", params_hash="p")
INPUTS = (Input("days_since_active", log=True, missing=3651.0), Input("usage_last_month"), Input("plan"))
SCORER_SETTINGS = {
    Boosted: {"trees": 20, "seed": 7, "num_leaves": 7, "learning_rate": 0.2},
    Logistic: {"inputs": INPUTS, "penalty": 1.0},
    LastActivity: {},
}
SCORER_SETTINGS[Mixture] = {kind.kind: SCORER_SETTINGS[kind] for kind in (Boosted, Logistic)}
"""Every kind of scorer, and what it is fitted with."""

TEST_STARTS, TEST_ENDS = Day("2024-08-05"), Day("2024-09-30")


def examples(accounts: int = 150, weeks: int = 40, seed: int = 0) -> Examples:
    random = np.random.default_rng(seed)
    n = accounts * weeks
    as_of = np.repeat(np.arange(np.datetime64("2024-01-01"), weeks * 7 + np.datetime64("2024-01-01"), 7), accounts)
    silent, seats = random.exponential(10, n), random.integers(1, 50, n).astype(float)
    plan = random.choice(["basic", "pro", "team"], n)
    odds = -3 + 0.08 * silent - 0.02 * seats + (plan == "basic")
    features = pd.DataFrame(
        {
            "account_id": np.tile([f"a{number:03d}" for number in range(accounts)], weeks),
            "as_of": as_of.astype("M8[us]"),
            "days_since_active": np.where(random.random(n) < 0.1, np.nan, silent).astype(np.float32),
            "usage_last_month": seats.astype(np.float32),
            "plan": pd.array(plan, dtype="str"),
        }
    )
    label = (random.random(n) < 1 / (1 + np.exp(-odds))).astype(float)
    matures = as_of + np.timedelta64(44, "D")
    labels = features[["account_id", "as_of"]].assign(label=label, matures_on=matures.astype("M8[us]"))
    labels["churned_on"] = labels["as_of"].where(label == 1) + pd.Timedelta(days=30)
    later = np.maximum(label, random.random(n) < 0.05)
    earlier = np.minimum(label, random.random(n) < 0.5)
    return Examples(features, labels, pd.DataFrame({15: earlier, 60: later}), horizon_days=30)


def split(everything: Examples) -> Split:
    """Eight weeks of test, and forward folds before it."""
    dates = np.arange(TEST_STARTS, TEST_ENDS, 7)
    folds = FOLDS.model_copy(update={"test_as_of": tuple(each.item() for each in dates)})
    return make_split(everything.labels, Day("2024-12-30"), folds, SETTINGS.seed)


def uncalibrated(kind: type[Scorer], learned: Examples, settings: Settings) -> Uncalibrated:
    """A scorer of one kind."""
    columns = columns_of(learned.features)
    return Uncalibrated(kind.fit(matrix(learned.features, columns), learned.label, columns, settings), learned)


def fitted(kind: type[Scorer], learned: Examples) -> RiskModel:
    """A model with a scorer of one kind, calibrated on what it learned from."""
    plain = uncalibrated(kind, learned, SCORER_SETTINGS[kind])
    return plain.calibrated(plain.out_of_time(learned), ORIGIN)


def population(everything: Examples) -> Population:
    """How the features of examples are spread, with probabilities that say nothing."""
    return Population.of(everything.features, everything.labels.assign(probability=0.1))


def bundle(model: RiskModel) -> Bundle:
    """A model with the figures, facts and card that a bundle needs, whatever they say."""
    facts = {column.name: "use" for column in model.columns}
    figures = {"test": {"rows": 9}, "model": {"auc": 0.7, "lift10": 2.5}}
    return Bundle(
        model=model,
        figures=figures,
        verdict=Verdict(usable=True, ahead=True, behind=False, words="It ranks."),
        facts=facts,
        card="# Card\n",
        population=population(examples(accounts=20, weeks=4)),
    )
