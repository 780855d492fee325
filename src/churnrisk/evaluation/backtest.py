"""Would past lists have been right? A model on dates that had no part in making it, beside rules and simple models."""

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from churnrisk.evaluation.curves import curves
from churnrisk.evaluation.judge import judge, judge_slices
from churnrisk.evaluation.slices import require_words
from churnrisk.evaluation.verdict import verdict
from churnrisk.model.baselines import Repeats, gamma_poisson, last_login_rule, two_feature_logistic
from churnrisk.model.bundle import Figures
from churnrisk.model.examples import Examples
from churnrisk.model.matrix import Numbers
from churnrisk.model.risk_model import RiskModel
from churnrisk.model.split import Split, prove_gap
from churnrisk.past.usage.activity import Activity
from churnrisk.store.catalogue.evaluate import Verdict


@dataclass(frozen=True)
class Silence:
    """What churn is where it is inactivity: so many `days` in a row without `activity`."""

    activity: Activity
    days: int


@dataclass(frozen=True)
class Evaluation:
    """What a test says of a model.

    `backtest` has its predictions, `account_id`, `as_of`, `horizon_days`, `probability`, `label` and `baseline_<name>`,
    a row a snapshot of the test; `slices` and `curves` are tables for people.
    """

    backtest: pd.DataFrame
    figures: Figures
    slices: pd.DataFrame
    curves: dict[str, pd.DataFrame]
    verdict: Verdict


def evaluate(
    examples: Examples,
    split: Split,
    judged: RiskModel,
    *,
    silence: Silence | None,
    slices: Collection[str],
    resamples: int,
) -> Evaluation:
    """Judge a model on the test of the split that it was trained by; `silence` is given where churn is inactivity.

    Baselines learn from the same rows as the model. Raises ParamsError where a slice is not a feature of words, and
    ModelError where what was learned from reaches into the test.
    """
    earlier, test = examples.known_by(split.cut, split.embargo_days), examples.on(split.dates)
    prove_gap(earlier.labels, test.labels)
    baselines = _baselines(earlier, test, silence)
    backtest = predictions(test, judged).assign(**{f"baseline_{name}": score for name, score in baselines.items()})
    figures = judge(backtest, baselines, resamples)
    label, probability = (backtest[name].to_numpy() for name in ("label", "probability"))
    return Evaluation(
        backtest=backtest,
        figures=figures,
        slices=judge_slices(backtest, _slices(test.features, slices)),
        curves=curves(label, probability),
        verdict=verdict(figures),
    )


def predictions(test: Examples, model: RiskModel) -> pd.DataFrame:
    """What a model says of snapshots whose label is known."""
    keys = test.labels[["account_id", "as_of"]]
    return keys.assign(
        horizon_days=model.horizon_days, probability=model.probabilities(test.features), label=test.labels["label"]
    ).reset_index(drop=True)


def _baselines(earlier: Examples, test: Examples, silence: Silence | None) -> dict[str, Numbers]:
    scores = {
        "last_login_rule": last_login_rule(test.features),
        "two_feature_logistic": two_feature_logistic(earlier.features, earlier.label, test.features),
    }
    if silence is not None:
        before, now = (Repeats.of(silence.activity, each.labels) for each in (earlier, test))
        scores["gamma_poisson"] = gamma_poisson(before, now, silence.days)
    return scores


def _slices(features: pd.DataFrame, names: Collection[str]) -> dict[str, "pd.Series[str]"]:
    words = [str(name) for name in features if pd.api.types.is_string_dtype(features[name]) and name != "account_id"]
    require_words(names, words)
    return {name: features[name].reset_index(drop=True) for name in names}
