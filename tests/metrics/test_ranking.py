"""Ranking metrics against scikit-learn and naive twins."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from churnrisk.metrics.catalogue import METRICS, OF_A_RANKING
from churnrisk.metrics.metric import Predictions
from churnrisk.metrics.ranking import (
    Found,
    _Places,
    _weighted,
    bounds,
    bounds_ahead,
    found,
    lift_by_date,
    resampled,
    top_lift,
)

RANDOM = np.random.default_rng(0)
LABEL = (RANDOM.random(600) < 0.2).astype(float)
SCORE = np.round(LABEL * 0.5 + RANDOM.random(600), 1)
AS_OF = np.repeat([1, 2, 3], 200)
ACCOUNT = np.tile(np.arange(200), 3)


def intervals(label, score, account, resamples, seed) -> dict[str, float]:
    return bounds(resampled(label, score, account, resamples, seed))


@given(st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_a_weighted_row_counts_like_so_many_rows(seed):
    weight = np.random.default_rng(seed).integers(0, 3, len(LABEL))
    order = np.argsort(-SCORE, kind="stable")
    label, score = np.repeat(LABEL, weight), np.repeat(SCORE, weight)
    auc, ap = _weighted(_Places.of(LABEL[order], SCORE[order]), weight[order])
    assert auc == pytest.approx(roc_auc_score(label, score))
    assert ap == pytest.approx(average_precision_score(label, score))


@pytest.mark.parametrize(
    ("label", "score", "share", "lift"),
    [
        ([1, 0, 0, 0], [4, 3, 2, 1], 0.25, 4.0),
        ([0, 0, 0, 1], [4, 3, 2, 1], 0.25, 0.0),
        ([1, 0, 0, 0], [1, 1, 1, 1], 0.25, 1.0),
        ([1, 0, 1, 0], [3, 3, 1, 1], 0.25, 1.0),
        ([1, 1, 0, 0], [4, 3, 2, 1], 0.5, 2.0),
    ],
)
def test_the_lift_of_the_top_counts_ties_in_expectation(label, score, share, lift):
    assert top_lift(np.array(label, float), np.array(score, float), share) == pytest.approx(lift)


def test_lift_by_date_weighs_dates_by_their_churns():
    label, score = np.array([1.0, 0, 0, 1, 1, 0]), np.array([3.0, 2, 1, 1, 2, 3])
    dates = np.array([1, 1, 1, 2, 2, 2])
    assert lift_by_date(label, score, dates, share=1 / 3) == pytest.approx((3.0 * 1 + 0.0 * 2) / 3)


def test_intervals_lie_around_the_figures_and_are_wider_for_few_accounts():
    figures = METRICS.figures(OF_A_RANKING, Predictions(label=LABEL, score=SCORE, as_of=AS_OF))
    all_rows = intervals(LABEL, SCORE, np.arange(600), resamples=200, seed=1)
    by_account = intervals(LABEL, SCORE, np.repeat(np.arange(20), 30), resamples=200, seed=1)
    assert all_rows["auc_low"] < figures["auc"] < all_rows["auc_high"]
    assert all_rows["ap_low"] < figures["ap"] < all_rows["ap_high"]
    assert by_account != all_rows
    assert intervals(LABEL, SCORE, ACCOUNT, 50, seed=1) == intervals(LABEL, SCORE, ACCOUNT, 50, seed=1)


def test_resamples_without_a_churn_are_chance_and_not_left_out():
    """One churned account, ranked first: without it in the resample nothing is known."""
    label, score = np.append(1.0, np.zeros(49)), np.arange(50.0)[::-1]
    found = intervals(label, score, np.arange(50), resamples=200, seed=7)
    assert found["auc_low"] == 0.5


def test_the_interval_of_a_difference_is_narrower_than_those_of_both():
    """Two scores that share what is hard: they differ by a little noise, and one is a little better throughout."""
    better = LABEL * 0.2 + SCORE
    own, other = (resampled(LABEL, score, ACCOUNT, 200, seed=1) for score in (better, SCORE))
    ahead = bounds_ahead(own, other)
    difference = roc_auc_score(LABEL, better) - roc_auc_score(LABEL, SCORE)
    assert 0 < ahead["auc_ahead_low"] < difference < ahead["auc_ahead_high"]
    width = bounds(own)["auc_high"] - bounds(own)["auc_low"]
    assert ahead["auc_ahead_high"] - ahead["auc_ahead_low"] < width


def test_a_score_is_not_ahead_of_itself():
    draws = resampled(LABEL, SCORE, ACCOUNT, 20, seed=1)
    assert bounds_ahead(draws, draws) == {"auc_ahead_low": 0.0, "auc_ahead_high": 0.0}


@pytest.mark.parametrize(
    ("score", "label", "take", "worst", "random", "best"),
    [
        ([0.9, 0.8, 0.1], [1, 0, 1], 2, 1, 1, 1),
        ([0.9, 0.5, 0.5], [1, 0, 1], 2, 1, 1.5, 2),
        ([0.5, 0.5, 0.5, 0.5], [1, 1, 1, 0], 2, 1, 1.5, 2),
        ([0.5, 0.5, 0.5, 0.5], [1, 0, 0, 0], 3, 0, 0.75, 1),
        ([0.5, 0.5, 0.5, 0.5], [1, 0, 0, 0], 1, 0, 0.25, 1),
        ([0.5, 0.5], [1, 0], 2, 1, 1, 1),
    ],
)
def test_equal_scores_at_the_border_leave_open_who_is_found(score, label, take, worst, random, best):
    assert found(np.array(label, float), np.array(score), take) == Found(worst, random, best)
