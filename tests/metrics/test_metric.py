"""A metric has a name, words, a direction and a function, and nothing is computed under an unknown name."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.evaluation.judge import BOUNDS, SLICE_KEYS, judge, judge_slices
from churnrisk.metrics.catalogue import METRICS, OF_A_RANKING, OF_PROBABILITIES
from churnrisk.metrics.metric import HIGHER, LOWER, Metric, Metrics, Predictions, closer_to

PREDICTIONS = Predictions(
    label=np.array([0.0, 1, 0, 1]), score=np.array([0.1, 0.9, 0.4, 0.4]), as_of=np.array([1, 1, 2, 2])
)

DIRECTIONS = {
    "auc": "higher is better",
    "ap": "higher is better",
    "lift10": "higher is better",
    "ece": "lower is better",
    "log_loss": "lower is better",
    "brier": "lower is better",
    "mean_probability": "better the closer it is to the churn rate",
    "churn_rate": "neither way is better: others are compared with it",
}


def metric(name="auc", words="words", better=HIGHER) -> Metric:
    return Metric(name=name, words=words, better=better, compute=lambda predictions: 1.0)


def backtest() -> pd.DataFrame:
    """Predictions of 100 accounts on two dates."""
    random = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "account_id": [f"a{number}" for number in range(100)] * 2,
            "as_of": np.repeat(pd.to_datetime(["2025-01-06", "2025-01-13"]), 100),
            "probability": random.random(200),
            "label": (random.random(200) < 0.3).astype(float),
        }
    )


def test_every_metric_states_its_direction():
    assert {name: each.better.words for name, each in METRICS.items()} == DIRECTIONS


@pytest.mark.parametrize("name", [*OF_A_RANKING, *OF_PROBABILITIES])
def test_better_predictions_have_the_better_figure(name):
    """The same labels, foreseen and guessed."""
    label = np.tile([0.0, 0.0, 0.0, 1.0], 50)
    foreseen, guessed = (
        METRICS.figures([name, "churn_rate"], Predictions(label=label, score=score, as_of=np.zeros(200)))
        for score in (0.02 + 0.92 * label, np.random.default_rng(0).random(200))
    )
    better = METRICS[name].better
    if better is HIGHER:
        assert foreseen[name] > guessed[name]
    elif better is LOWER:
        assert foreseen[name] < guessed[name]
    elif better.target:
        assert abs(foreseen[name] - foreseen[better.target]) < abs(guessed[name] - guessed[better.target])


@pytest.mark.parametrize(("name", "says"), [("acu", "did you mean 'auc'"), ("profit", "there are auc, ap, ")])
def test_an_unknown_name_is_refused(name, says):
    with pytest.raises(KeyError, match=says):
        METRICS.figures([name], PREDICTIONS)


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        ([metric(), metric()], "two metrics have one name"),
        ([metric(better=closer_to("churn_rate"))], "no metric is named 'churn_rate'"),
    ],
)
def test_metrics_that_dont_belong_together_are_refused(declared, says):
    with pytest.raises(ValueError, match=says):
        Metrics(declared)


@pytest.mark.parametrize(("name", "words"), [("", "words"), ("auc", " ")])
def test_a_metric_without_name_or_words_is_refused(name, words):
    with pytest.raises(ValueError, match="a metric needs a name and words"):
        metric(name, words)


def test_judging_and_slices_have_the_declared_metrics_and_no_others():
    rows = backtest()
    figures = judge(rows, {"rule": rows["probability"].to_numpy()}, resamples=5)
    bounds = {*BOUNDS}
    assert set(figures["model"]) == {*METRICS} | bounds
    assert set(figures["rule"]) == {*OF_A_RANKING} | bounds | {"auc_ahead", "auc_ahead_low", "auc_ahead_high"}
    sliced = list(judge_slices(rows, {}, resamples=5))
    assert sliced[len(SLICE_KEYS) :] == [*OF_A_RANKING, *OF_PROBABILITIES, *BOUNDS]
    assert set(METRICS) == {*OF_A_RANKING, *OF_PROBABILITIES}
