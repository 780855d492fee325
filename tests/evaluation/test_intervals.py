"""Intervals over time show what intervals over accounts can't: figures that differ by date."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from churnrisk.evaluation.intervals import FEWEST_DATES, over_time
from churnrisk.metrics.ranking import bounds, resampled, resampled_in_time


def backtest(dates: int, good: int) -> pd.DataFrame:
    """Forty accounts on each date, half of whom churn; they are ranked rightly on the first dates, then wrongly."""
    when = pd.date_range("2025-01-06", periods=dates, freq="7D")
    label = np.tile([1.0, 0.0], 20 * dates)
    date = np.repeat(np.arange(dates), 40)
    right = np.where(date < good, label, 1 - label)
    return pd.DataFrame(
        {
            "account_id": np.tile([f"a{each}" for each in range(40)], dates),
            "as_of": np.repeat(when, 40),
            "label": label,
            "probability": 0.2 + 0.6 * right,
            "baseline_rule": right * 0.0,
        }
    )


def test_what_depends_on_the_weeks_is_seen_over_time_alone():
    rows = backtest(dates=16, good=8)
    label, score = rows["label"].to_numpy(), rows["probability"].to_numpy()
    by_account = bounds(resampled(label, score, rows["account_id"].to_numpy(), 100, 1))
    table = over_time(rows, resamples=100, seed=1).set_index("system")
    assert by_account["auc_high"] - by_account["auc_low"] < 0.01
    assert table.loc["model", "auc_low"] < 0.3 < 0.7 < table.loc["model", "auc_high"]
    # The rule gives all the same score, so its AUC is a half on any dates, and the model is ahead or behind by them.
    assert tuple(table.loc["rule", ["auc_low", "auc_high"]]) == (0.5, 0.5)
    assert table.loc["rule", "auc_ahead_low"] == pytest.approx(table.loc["model", "auc_low"] - 0.5)
    assert np.isnan(table.loc["model", "auc_ahead_low"])


def test_dates_that_are_alike_have_no_interval_to_speak_of():
    table = over_time(backtest(dates=16, good=16), resamples=50, seed=1)
    assert table.loc[0, ["auc_low", "auc_high"]].tolist() == [1, 1]


@pytest.mark.parametrize(("dates", "rows"), [(FEWEST_DATES, 2), (FEWEST_DATES - 1, 0)])
def test_a_test_of_few_dates_has_none(dates, rows):
    assert len(over_time(backtest(dates, good=4), resamples=5, seed=1)) == rows


def test_blocks_are_of_dates_in_a_row_and_longer_ones_spread_further():
    """Six good dates and then six bad ones: longer blocks are more often all good or all bad."""
    rows = backtest(dates=12, good=6)
    arrays = [rows[name].to_numpy() for name in ("label", "probability", "as_of")]
    one, six = (np.ptp(bounds_of(resampled_in_time(*arrays, block, 300, 1))) for block in (1, 6))
    assert six > 1.5 * one
    whole = resampled_in_time(*arrays, 12, 20, 1)
    # A block of all dates is always the same dates, wherever it begins.
    assert np.ptp(whole[:, 0]) == pytest.approx(0, abs=1e-12)


def bounds_of(draws) -> list[float]:
    return [bounds(draws)["auc_low"], bounds(draws)["auc_high"]]


def test_a_draw_is_the_figure_of_the_rows_that_its_dates_have():
    """A naive twin: the rows of the drawn dates, as often as they are drawn, by scikit-learn."""
    rows = backtest(dates=9, good=5).assign(probability=np.random.default_rng(3).random(360))
    label, score, as_of = (rows[name].to_numpy() for name in ("label", "probability", "as_of"))
    random, when = np.random.default_rng(5), np.unique(as_of, return_inverse=True)[1]
    starts = [random.integers(0, 9, 3) for _ in range(4)]
    drawn = [[(start + step) % 9 for start in each for step in range(4)][:9] for each in starts]
    rows_of = [np.concatenate([np.flatnonzero(when == date) for date in dates]) for dates in drawn]
    expected = [(roc_auc_score(label[at], score[at]), average_precision_score(label[at], score[at])) for at in rows_of]
    np.testing.assert_allclose(resampled_in_time(label, score, as_of, block=4, resamples=4, seed=5), expected)
