"""A trained model: chosen on later time, calibrated, explained exactly, and the same every time."""

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shap
from sklearn.metrics import roc_auc_score

from churnrisk.clock import Day
from churnrisk.errors import ModelError
from churnrisk.metrics.reliability import expected_calibration_error
from churnrisk.model.boosted import Boosted
from churnrisk.model.calibration import level, line
from churnrisk.model.joined import fit_joined
from churnrisk.model.log_odds import probability
from churnrisk.model.matrix import matrix
from churnrisk.model.risk_model import RiskModel
from churnrisk.model.training import Uncalibrated, choose, earlier_out_of_time, train
from churnrisk.model.tune import Choice

from .company import ORIGIN, SETTINGS, TEST_ENDS, TEST_STARTS, examples, split


@pytest.fixture(scope="module")
def everything():
    return examples()


@pytest.fixture(scope="module")
def early(everything):
    return everything.known_by(TEST_STARTS)


@pytest.fixture(scope="module")
def chosen(everything, early):
    return choose(early, split(everything).folds(early.labels), SETTINGS)


@pytest.fixture(scope="module")
def plain(early, chosen):
    choice, system = chosen
    return Uncalibrated(system.fit(early, choice, SETTINGS), early)


@pytest.fixture(scope="module")
def model(early, plain, chosen) -> RiskModel:
    return plain.calibrated(earlier_out_of_time(early, *chosen), ORIGIN)


@pytest.fixture(scope="module")
def later(everything):
    return everything.on(np.arange(TEST_STARTS, TEST_ENDS, 7))


def test_nothing_later_than_the_test_had_a_part_in_it(everything, early, model):
    assert Day(model.trained.known_until) <= TEST_STARTS
    assert model.trained.rows == len(early.labels) < len(everything.labels)


def test_both_models_of_a_training_know_what_they_may(everything, model):
    as_of = Day("2024-09-16")
    training = train(everything, split(everything), SETTINGS, as_of, ORIGIN)
    assert training.judged.lineage == model.lineage
    assert TEST_STARTS < Day(training.final.trained.known_until) <= as_of
    assert training.final.trained.rows == len(training.learned_from) == len(everything.known_by(as_of).labels)


def test_it_ranks_later_snapshots_and_means_what_it_says(model, later):
    probabilities = model.probabilities(later.features)
    assert roc_auc_score(later.label, probabilities) > 0.65
    assert expected_calibration_error(later.label, probabilities) < 0.03


def test_the_probability_is_that_of_the_raw_score(model, later):
    scores = model.score(later.features)
    np.testing.assert_allclose(probability(scores["raw_score"].to_numpy()), scores["probability"], rtol=1e-12)


def test_a_scorer_whose_parts_dont_add_up_is_refused(model, later):
    class Careless(Boosted):
        def contributions(self, x):
            values, base = super().contributions(x)
            return values, base + 1e-5

    careless = replace(model, scorer=Careless(model.scorer.booster, model.columns))
    with pytest.raises(ModelError, match="contributions miss the raw score by 1e-05"):
        careless.score(later.features)


def test_a_score_that_is_no_number_is_refused(model, later):
    class Lost(Boosted):
        def log_odds(self, x):
            return super().log_odds(x) * np.nan

    lost = replace(model, scorer=Lost(model.scorer.booster, model.columns))
    with pytest.raises(ModelError, match="contributions miss the raw score by nan"):
        lost.score(later.features)


def test_contributions_are_those_of_the_shap_package(model, later):
    few = later.features.head(50)
    # Versions differ in whether both classes come back, and say so in a warning.
    with warnings.catch_warnings(action="ignore"):
        theirs = np.asarray(shap.TreeExplainer(model.scorer.booster).shap_values(matrix(few, model.columns)))
    of_churn = theirs[-1] if theirs.ndim == 3 and len(theirs) == 2 else theirs
    np.testing.assert_allclose(model.score(few).filter(like="shap_").to_numpy(), of_churn, atol=1e-6)


def test_scores_that_say_nothing_become_the_base_rate():
    raw, label = np.array([-1.0, -1, 1, 1] * 25), np.array([1.0, 1, 0, 1] * 25)
    for fit_calibration in (line, level):
        intercept, slope = fit_calibration(raw, label)
        assert slope == 0
        assert probability(np.array([intercept])) == pytest.approx([0.75])


def test_a_longer_horizon_never_has_the_smaller_probability(model, later):
    ladder = model.score(later.features).filter(regex=r"probability_\d+d")
    assert list(ladder) == ["probability_15d", "probability_30d", "probability_60d"]
    assert (ladder.diff(axis=1).iloc[:, 1:] >= 0).all().all()


def test_the_same_rows_give_the_same_bytes(everything, early, chosen, model):
    alone = SETTINGS.model_copy(update={"threads": 1})
    choice, system = choose(early, split(everything).folds(early.labels), alone)
    other = Uncalibrated(system.fit(early, choice, alone), early)
    other = other.calibrated(earlier_out_of_time(early, choice, system), ORIGIN)
    assert other.scorer.dumps() == model.scorer.dumps()
    assert other.lineage == model.lineage


def test_later_scores_come_from_a_model_that_knew_only_earlier_rows(plain, model, later):
    order = np.argsort(plain.out_of_time(later).raw, kind="stable")
    assert (np.diff(model.probabilities(later.features)[order]) >= -1e-12).all()


def test_no_label_is_used_before_it_is_mature_on_the_ladder_either(everything, early):
    mature = early.labels["matures_on"] + pd.Timedelta(days=30)
    assert early.ladder[60].notna().equals(mature <= pd.Timestamp(TEST_STARTS))
    assert early.ladder[15].notna().all()
    assert everything.ladder[60].notna().all()


def test_a_test_of_one_class_alone_can_judge_nothing(everything):
    held = split(everything)
    test = everything.labels["as_of"].isin(held.dates.astype("M8[us]"))
    staying = replace(everything, labels=everything.labels.assign(label=everything.labels["label"].where(~test, 0.0)))
    with pytest.raises(ModelError, match="the test: there is only staying in 1200 snapshots"):
        train(staying, held, SETTINGS, TEST_STARTS, ORIGIN)


def test_a_split_whose_cut_lies_after_the_test_begins_is_caught(everything):
    late = replace(split(everything), cut=TEST_ENDS)
    with pytest.raises(ModelError, match="after the test begins on 2024-08-05"):
        train(everything, late, SETTINGS, TEST_ENDS, ORIGIN)


@pytest.mark.parametrize(("keep", "says"), [(0.0, "only staying in"), (1.0, "only churn in"), (None, "no snapshot")])
def test_one_class_alone_can_teach_nothing(keep, says):
    everything = examples(accounts=20, weeks=4)
    only = everything.labels["label"] == keep
    few = replace(
        everything, features=everything.features[only], labels=everything.labels[only], ladder=everything.ladder[only]
    )
    with pytest.raises(ModelError, match=says):
        choose(few, [], SETTINGS)
    with pytest.raises(ModelError, match=says):
        fit_joined(few, Choice((), (), 0.0, np.empty(0), np.empty(0, np.int64)), SETTINGS)
