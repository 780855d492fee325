"""Slices with too few churns, or too few that stay, are counted and not judged."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.evaluation.judge import FEWEST_CHURNS, judge, judge_slices

RANDOM = np.random.default_rng(1)


def backtest(churned: int, stayed: int) -> pd.DataFrame:
    """Predictions of so many accounts on one date."""
    number = churned + stayed
    return pd.DataFrame(
        {
            "account_id": [f"a{each}" for each in range(number)],
            "as_of": pd.Timestamp("2025-01-06"),
            "probability": RANDOM.random(number),
            "label": np.repeat([1.0, 0.0], [churned, stayed]),
        }
    )


@pytest.mark.parametrize(
    ("churned", "stayed", "is_judged"),
    [(FEWEST_CHURNS, FEWEST_CHURNS, True), (FEWEST_CHURNS - 1, 200, False), (200, FEWEST_CHURNS - 1, False)],
)
def test_a_slice_is_judged_where_both_are_many(churned, stayed, is_judged):
    (by_date,) = judge_slices(backtest(churned, stayed), {}, resamples=2).to_dict("records")
    assert (by_date["rows"], by_date["churned"]) == (churned + stayed, churned)
    assert (by_date["auc"] == by_date["auc"]) == is_judged
    assert (by_date["auc_low"] <= by_date["auc_high"]) == is_judged


def test_categories_are_in_their_own_order_and_words_by_letter():
    rows, words = backtest(2, 2), ["b", "a", "b", None]
    as_categories = pd.Series(pd.Categorical(words, categories=["b", "c", "a"], ordered=True))
    table = judge_slices(rows, {"in order": as_categories, "by letter": pd.Series(words)}, resamples=2)
    assert table["value"].tolist()[1:] == ["b", "a", "a", "b"]
    assert table["rows"].tolist()[1:] == [2, 1, 1, 2]


def test_accounts_that_churned_are_counted_once():
    rows = backtest(30, 70)
    both = pd.concat([rows, rows.assign(as_of=pd.Timestamp("2025-01-13"))], ignore_index=True)
    test = judge(both, {}, resamples=2)["test"]
    assert (test["churned"], test["accounts_churned"], test["accounts"], test["rows"]) == (60, 30, 100, 200)
