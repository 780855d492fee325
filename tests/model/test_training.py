"""A trained model: chosen on later time, calibrated, explained exactly, kept without code, and the same every time."""

import json
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shap
from sklearn.metrics import roc_auc_score

from churnrisk.clock import Day
from churnrisk.errors import ModelError
from churnrisk.metrics.calibration import expected_calibration_error
from churnrisk.model.boosted import calibrate, calibration, raw_score
from churnrisk.model.bundle import RiskModel
from churnrisk.model.log_odds import probability
from churnrisk.model.matrix import matrix
from churnrisk.model.training import choose, fit_all

from .company import RECIPE, examples

TEST_STARTS = Day("2024-08-05")


@pytest.fixture(scope="module")
def learned():
    everything = examples()
    early = everything.known_by(TEST_STARTS)
    choice, chosen_on, by_account = choose(early, RECIPE)
    assert not by_account
    plain = fit_all(early, choice, RECIPE)
    return everything, early, plain, chosen_on, plain.calibrated(chosen_on, RECIPE)


@pytest.fixture(scope="module")
def model(learned) -> RiskModel:
    return learned[-1]


@pytest.fixture(scope="module")
def later(learned):
    return learned[0].on(np.arange(TEST_STARTS, Day("2024-10-01"), 7))


def test_nothing_later_than_the_test_had_a_part_in_it(learned, model):
    assert Day(model.trained.known_until) <= TEST_STARTS
    assert model.trained.rows == len(learned[1].labels) < len(learned[0].labels)


def test_it_ranks_later_snapshots_and_means_what_it_says(model, later):
    chance = model.probabilities(later.features)
    assert roc_auc_score(later.label, chance) > 0.65
    assert expected_calibration_error(later.label, chance) < 0.03


def test_base_and_contributions_add_up_to_the_score_of_the_probability(model, later):
    scores = model.score(later.features)
    total = scores["base_value"] + scores.filter(like="shap_").sum(axis=1)
    np.testing.assert_allclose(total, scores["raw_score"], atol=1e-9)
    np.testing.assert_allclose(probability(scores["raw_score"].to_numpy()), scores["probability"], rtol=1e-12)


def test_contributions_are_those_of_the_shap_package(model, later):
    few = later.features.head(50)
    # Versions differ in whether both classes come back, and say so in a warning.
    with warnings.catch_warnings(action="ignore"):
        theirs = np.asarray(shap.TreeExplainer(model.booster).shap_values(matrix(few, model.columns)))
    of_churn = theirs[-1] if theirs.ndim == 3 and len(theirs) == 2 else theirs
    np.testing.assert_allclose(model.score(few).filter(like="shap_").to_numpy(), of_churn, atol=1e-6)


def test_calibrated_leaves_add_up_to_the_calibrated_score(model, later):
    x = matrix(later.features, model.columns)
    raw = raw_score(model.booster, x)
    np.testing.assert_allclose(raw_score(calibrate(model.booster, -0.4, 1.7), x), -0.4 + 1.7 * raw, atol=1e-9)


def test_scores_that_say_nothing_become_the_base_rate():
    raw, label = np.array([-1.0, -1, 1, 1] * 25), np.array([1.0, 1, 0, 1] * 25)
    intercept, slope = calibration(raw, label)
    assert slope == 0
    assert probability(np.array([intercept])) == pytest.approx([0.75])


def test_a_longer_horizon_never_has_the_smaller_probability(model, later):
    ladder = model.score(later.features).filter(regex=r"probability_\d+d")
    assert list(ladder) == ["probability_15d", "probability_30d", "probability_60d"]
    assert (ladder.diff(axis=1).iloc[:, 1:] >= 0).all().all()


def test_it_is_kept_as_text_and_comes_back_the_same(model, later, tmp_path):
    model.save(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["model.json", "model.txt"]
    again = RiskModel.load(tmp_path)
    np.testing.assert_array_equal(again.score(later.features).to_numpy(), model.score(later.features).to_numpy())
    assert (again.lineage, again.trained, again.ladder) == (model.lineage, model.trained, model.ladder)


@pytest.mark.parametrize("harm", ["other columns", "cut off", "not JSON"])
def test_files_that_dont_belong_together_are_refused(model, tmp_path, harm):
    model.save(tmp_path)
    facts = json.loads((tmp_path / "model.json").read_text())
    if harm == "other columns":
        facts["columns"][0]["name"] = "other"
        (tmp_path / "model.json").write_text(json.dumps(facts))
    elif harm == "cut off":
        (tmp_path / "model.txt").write_text(model.booster.model_to_string()[:2000])
    else:
        (tmp_path / "model.json").write_text("{")
    with pytest.raises(ModelError):
        RiskModel.load(tmp_path)


def test_the_same_rows_give_the_same_bytes(learned, model):
    _, early, _, chosen_on, _ = learned
    again, _, _ = choose(early, replace(RECIPE, threads=1))
    other = fit_all(early, again, RECIPE).calibrated(chosen_on, RECIPE)
    assert other.booster.model_to_string() == model.booster.model_to_string()
    assert other.lineage == model.lineage


def test_later_scores_come_from_a_model_that_knew_only_earlier_rows(learned, model, later):
    raw = learned[2].out_of_time(later).raw
    order = np.argsort(raw, kind="stable")
    assert (np.diff(model.probabilities(later.features)[order]) >= -1e-12).all()


def test_no_label_is_used_before_it_is_certain_on_the_ladder_either(learned):
    everything, early, *_ = learned
    certain = early.labels["matures_on"] + pd.Timedelta(days=30)
    assert early.ladder[60].notna().equals(certain <= pd.Timestamp(TEST_STARTS))
    assert early.ladder[15].notna().all()
    assert everything.ladder[60].notna().all()


@pytest.mark.parametrize(("keep", "says"), [(0.0, "only staying in"), (1.0, "only churn in"), (None, "no snapshot")])
def test_one_class_alone_can_teach_nothing(keep, says):
    everything = examples(accounts=20, weeks=4)
    only = everything.labels["label"] == keep
    few = replace(
        everything, features=everything.features[only], labels=everything.labels[only], ladder=everything.ladder[only]
    )
    with pytest.raises(ModelError, match=says):
        choose(few, RECIPE)


def test_settings_have_no_more_digits_than_processors_agree_on(learned):
    _, early, _, _, _ = learned
    choice, _, _ = choose(early, replace(RECIPE, trials=3))
    assert all(float(f"{value:.10g}") == value for value in choice.settings.values())
