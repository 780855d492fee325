"""Would past lists have been right? A model on dates that had no part in making it, beside rules and simple models."""

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from churnrisk.evaluation.curves import curves
from churnrisk.evaluation.judge import judge, judge_slices
from churnrisk.evaluation.slices import require_words
from churnrisk.evaluation.verdict import verdict
from churnrisk.model.baselines import last_login_rule, two_feature_logistic
from churnrisk.model.bundle import Figures
from churnrisk.model.examples import Examples
from churnrisk.model.matrix import Numbers
from churnrisk.model.risk_model import RiskModel
from churnrisk.model.split import Split, prove_gap
from churnrisk.store.catalogue.evaluate import Verdict

CONTRIBUTION = "shap_"


@dataclass(frozen=True)
class Evaluation:
    """What a test says of a model.

    `backtest` has its predictions, `account_id`, `as_of`, `horizon_days`, `probability`, `label`, a row a snapshot of
    the test; `slices` and `curves` are tables for people. `importance` is how far each feature moves the log-odds,
    up or down, on average over the snapshots of the test, the largest first.
    """

    backtest: pd.DataFrame
    figures: Figures
    slices: pd.DataFrame
    curves: dict[str, pd.DataFrame]
    verdict: Verdict
    importance: "pd.Series[float]"


def evaluate(
    examples: Examples, split: Split, judged: RiskModel, *, slices: Collection[str], resamples: int
) -> Evaluation:
    """Judge a model on the test of the split that it was trained by.

    Baselines learn from the same rows as the model. Raises ParamsError where a slice is not a feature of words, and
    ModelError where what was learned from reaches into the test.
    """
    earlier, test = examples.known_by(split.cut, split.embargo_days), examples.on(split.dates)
    prove_gap(earlier.labels, test.labels)
    backtest = predictions(test, judged)
    figures = judge(backtest, _baselines(earlier, test), resamples)
    label, probability = (backtest[name].to_numpy() for name in ("label", "probability"))
    return Evaluation(
        backtest=backtest,
        figures=figures,
        slices=judge_slices(backtest, _slices(test.features, slices)),
        curves=curves(label, probability),
        verdict=verdict(figures),
        importance=importance(judged, test.features),
    )


def predictions(test: Examples, model: RiskModel) -> pd.DataFrame:
    """The backtest: what a model says of snapshots whose label is known."""
    keys = test.labels[["account_id", "as_of"]]
    return keys.assign(
        horizon_days=model.horizon_days, probability=model.probabilities(test.features), label=test.labels["label"]
    ).reset_index(drop=True)


def importance(model: RiskModel, features: pd.DataFrame) -> "pd.Series[float]":
    """The mean size of each feature's contribution in log-odds, by name, the largest first.

    Rounded, because the last digits of contributions differ by processor.
    """
    sizes = model.score(features).filter(like=CONTRIBUTION).abs().mean().round(4)
    sizes.index = pd.Index([name.removeprefix(CONTRIBUTION) for name in sizes.index], name="feature")
    return sizes.rename("mean_contribution").sort_index().sort_values(ascending=False, kind="stable")


def _baselines(earlier: Examples, test: Examples) -> dict[str, Numbers]:
    return {
        "last_login_rule": last_login_rule(test.features),
        "two_feature_logistic": two_feature_logistic(earlier.features, earlier.label, test.features),
    }


def _slices(features: pd.DataFrame, names: Collection[str]) -> dict[str, "pd.Series[str]"]:
    words = [str(name) for name in features if pd.api.types.is_string_dtype(features[name]) and name != "account_id"]
    require_words(names, words)
    return {name: features[name].reset_index(drop=True) for name in names}
