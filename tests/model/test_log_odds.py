"""Logistic regression without BLAS: the fit that others find, and an exp that everybody computes alike."""

import math

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from churnrisk.model.log_odds import exp, fit_logistic, probability


def drawn(slope: float, rows: int = 2000) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(7)
    raw = random.normal(-2, 1.5, rows)
    return raw, (random.random(rows) < probability(0.4 + slope * raw)).astype(float)


def test_exp_is_that_of_the_c_library_to_the_last_digit_but_one():
    x = np.random.default_rng(7).normal(size=20_000) * 100
    theirs = np.array([math.exp(each) for each in x])
    assert (np.abs(exp(x) - theirs) <= 2 * np.spacing(theirs)).all()


def test_exp_of_more_than_floats_can_hold_stays_finite():
    assert np.isfinite(exp([-1e6, 1e6])).all()
    assert probability([-1e6, 0.0, 1e6]).tolist() == pytest.approx([0, 0.5, 1])


@pytest.mark.parametrize("slope", [0.0, 0.7, 1.0, 9.0])
@pytest.mark.parametrize("unit", [1e-3, 1.0, 1e3])
def test_the_fit_is_that_of_scikit_learn(slope, unit):
    raw, label = drawn(slope)
    theirs = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(raw[:, None], label)
    intercept, found = fit_logistic([raw * unit], label)
    assert (intercept, found * unit) == pytest.approx((theirs.intercept_[0], theirs.coef_[0, 0]), abs=1e-4)


def test_the_penalty_is_that_of_scikit_learn_and_spares_the_intercept():
    raw, label = drawn(0.7, rows=60)
    columns = [raw, np.cos(raw)]
    theirs = LogisticRegression(C=1 / 3, tol=1e-10).fit(np.column_stack(columns), label)
    assert fit_logistic(columns, label, penalty=3.0) == pytest.approx([*theirs.intercept_, *theirs.coef_[0]], abs=1e-5)


def test_the_order_of_rows_changes_no_bit():
    raw, label = drawn(0.7)
    order = np.random.default_rng(8).permutation(len(raw))
    assert fit_logistic([raw[order]], label[order]) == fit_logistic([raw], label)


def test_where_a_column_tells_all_apart_the_fit_is_sure_and_finite():
    raw, label = np.arange(100.0), (np.arange(100) >= 40).astype(float)
    intercept, slope = fit_logistic([raw], label)
    assert np.isfinite([intercept, slope]).all()
    assert ((probability(intercept + slope * raw) > 0.5) == label).all()


def test_a_column_that_says_nothing_of_its_own_has_no_slope():
    label = np.array([0.0, 1, 0, 0])
    assert fit_logistic([np.full(4, -3.3)], label) == [0, 0]
