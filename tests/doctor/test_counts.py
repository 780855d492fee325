"""Figures from counts against the same figures from rows."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from churnrisk.doctor.counts import FOLDS, auc, auc_by_rate, codes, count

RANDOM = np.random.default_rng(3)
LEFT = (RANDOM.random(4000) < 0.2).astype(float)
FEW = RANDOM.integers(0, 9, 4000) + 2 * LEFT
NUMBERS = {
    "few different values": FEW,
    "with missing ones": np.where(RANDOM.random(4000) < 0.3, np.nan, FEW),
    "one value": np.ones(4000),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_the_auc_of_one_date_is_that_of_scikit_learn(name):
    values = NUMBERS[name]
    code, size = codes(pd.Series(values))
    known = ~np.isnan(values)
    counts = count(np.zeros(4000, int), code, LEFT, size, 1)
    assert auc(counts[:, :-1]) == pytest.approx(roc_auc_score(LEFT[known], values[known]))


def test_only_rows_of_the_same_group_are_compared():
    """Everybody's value grows with time, and so does churn; on each date the value tells nothing."""
    date = np.repeat([0, 1], 2000)
    left = np.where(date == 0, np.arange(4000) % 10 == 0, np.arange(4000) % 2 == 0).astype(float)
    assert auc(count(date, date, left, 2, 2)) == 0.5
    assert auc(count(np.zeros(4000, int), date, left, 2, 1)) > 0.7


def test_many_values_fall_in_fiftieths_and_none_is_lost():
    values = pd.Series(RANDOM.random(10_000))
    code, size = codes(values)
    assert size == 51
    assert np.bincount(code).min() > 150
    assert (np.diff(code[np.argsort(values)]) >= 0).all()


def test_the_highest_value_is_not_taken_for_missing():
    code, size = codes(pd.Series([1.0, 2.0, 3.0, np.nan]))
    assert code.tolist() == [0, 1, 2, 3]
    assert size == 4


def dated_and_folded(code, left, size, account):
    return count(account % FOLDS, code, left, size, FOLDS).reshape(1, FOLDS, size, 2)


def test_groups_without_order_are_ranked_by_their_rates():
    code = RANDOM.integers(0, 6, 4000)
    left = (RANDOM.random(4000) < np.array([0.9, 0.1, 0.8, 0.05, 0.95, 0.1])[code]).astype(float)
    counts = dated_and_folded(code, left, 6, np.arange(4000))
    assert abs(auc(counts.sum(axis=1)) - 0.5) < 0.15
    assert auc_by_rate(counts) > 0.85


def test_a_group_an_account_tells_nothing_of_other_accounts():
    """Learned from the account itself, the rate would be its own label."""
    account = np.repeat(np.arange(400), 10)
    left = np.repeat((RANDOM.random(400) < 0.3).astype(float), 10)
    assert auc_by_rate(dated_and_folded(account, left, 400, account)) == pytest.approx(0.5, abs=0.1)
