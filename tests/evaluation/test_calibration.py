"""Predicted against observed churn, by group and by weeks from the last label, and what is said of it."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import day
from churnrisk.evaluation.calibration import (
    FAR_OFF,
    OF_AGREEMENT,
    agreement,
    calibration,
    calibration_by_age,
    disagreeing,
    stays_calibrated,
)


def backtest(as_of: str, churned: int, rows: int, probability: float, account="a") -> pd.DataFrame:
    """So many accounts on one date, of which the first ones churned."""
    return pd.DataFrame(
        {
            "account_id": [f"{account}{each}" for each in range(rows)],
            "as_of": pd.Timestamp(as_of),
            "label": np.repeat([1.0, 0.0], [churned, rows - churned]),
            "probability": probability,
        }
    )


def test_an_interval_ends_at_the_rates_that_are_so_many_of_their_own_errors_away():
    label = np.repeat([1.0, 0.0], [20, 80])
    found = agreement(label, np.full(100, 0.25), np.arange(100))
    low, high = found["churn_rate_low"], found["churn_rate_high"]
    for end in (low, high):
        assert abs(end - 0.2) == pytest.approx(1.96 * np.sqrt(0.2 * 0.8 / 99) * np.sqrt(end / 0.2))
    assert (found["ratio"], found["ratio_low"]) == (pytest.approx(0.8), pytest.approx(low / 0.25))
    assert found["ece"] >= 0.05 - 1e-12


@pytest.mark.parametrize(
    ("churned", "expected", "far_off"),
    [
        (8, 30, True),
        (6, 15, False),  # an interval as long to both sides would end at 0.71
        (40, 20, True),
        (20, 15, False),
    ],
)
def test_few_that_churned_are_far_from_what_was_expected_only_where_chance_is_not_enough(churned, expected, far_off):
    label = np.repeat([1.0, 0.0], [churned, 300 - churned])
    found = agreement(label, np.full(300, expected / 300), np.arange(300))
    assert (found["ratio_low"] > FAR_OFF or found["ratio_high"] < 1 / FAR_OFF) == far_off


def test_rows_of_one_account_count_once():
    label, who = np.repeat([1.0, 0.0], [20, 80]), np.arange(100)
    once = agreement(label, np.full(100, 0.25), who)
    twice = agreement(np.tile(label, 2), np.full(200, 0.25), np.tile(who, 2))
    assert twice["churn_rate_high"] == pytest.approx(once["churn_rate_high"], abs=1e-3)
    assert (twice["churned"], twice["accounts_churned"]) == (40, 20)


@pytest.mark.parametrize(("accounts_churned", "has_interval"), [(5, True), (4, False), (0, False)])
def test_a_handful_that_churned_has_no_interval(accounts_churned, has_interval):
    label = np.tile(np.repeat([1.0, 0.0], [accounts_churned, 50 - accounts_churned]), 4)
    found = agreement(label, np.full(200, 0.1), np.tile(np.arange(50), 4))
    assert found["churn_rate"] == pytest.approx(accounts_churned / 50)
    assert np.isnan(found["ratio_low"]) != has_interval
    assert np.isnan(found["churn_rate_high"]) != has_interval


def test_groups_and_months_are_apart_and_all_come_first():
    rows = pd.concat([backtest("2025-01-27", 6, 20, 0.3), backtest("2025-02-03", 2, 20, 0.3)], ignore_index=True)
    segment = pd.Series(["big"] * 10 + ["small"] * 10 + ["big"] * 10 + [None] * 10)
    table = calibration(rows, {"segment": segment})
    assert table[["slice", "value", "rows", "churned"]].to_numpy().tolist() == [
        ["all", "", 40, 8],
        ["segment", "big", 20, 8],
        ["segment", "small", 10, 0],
        ["month", "2025-01", 20, 6],
        ["month", "2025-02", 20, 2],
    ]
    assert table["churn_rate"].tolist() == pytest.approx([0.2, 0.4, 0, 0.3, 0.1])
    # The rate of the big ones is 0.4, and its interval holds 0.3; too few of February churned to tell.
    assert disagreeing(table) == (0, 3)


def test_weeks_are_counted_from_the_last_label():
    dates = ["2025-01-06", "2025-01-27", "2025-02-03", "2025-03-10"]
    rows = pd.concat([backtest(each, 5, 20, 0.25) for each in dates], ignore_index=True)
    table = calibration_by_age(rows, day("2025-01-06"))
    assert table[["first_week", "last_week", "rows"]].to_numpy().tolist() == [[0, 3, 40], [4, 4, 20], [9, 9, 20]]
    later = calibration_by_age(rows, day("2024-12-30"))
    assert later[["first_week", "last_week", "rows"]].to_numpy().tolist() == [[1, 1, 20], [4, 5, 40], [10, 10, 20]]
    assert list(later) == ["first_week", "last_week", *OF_AGREEMENT]


def by_age(*spans: tuple[float, float, float]) -> pd.DataFrame:
    """Ratios with their bounds, a span of four weeks each."""
    table = pd.DataFrame(spans, columns=["ratio_low", "ratio", "ratio_high"])
    return table.assign(first_week=4 * table.index, last_week=4 * table.index + 3)


@pytest.mark.parametrize(
    ("spans", "says"),
    [
        # Within a quarter, then not shown to be off: nothing is claimed beyond the test.
        ([(0.9, 1.0, 1.1), (0.9, 1.2, 1.5)], "none of 2; shown to be within it: 1. Nothing later was tested, so train"),
        ([(0.9, 1.0, 1.1), (0.9, 1.2, 1.5)], "train again every 7 weeks or sooner"),
        # A little too much, beyond doubt, is not off.
        ([(1.05, 1.1, 1.2)], "none of 1"),
        (
            [(0.9, 1.0, 1.1), (0.8, 1.1, 1.4), (1.3, 1.5, 1.7), (0.9, 1.0, 1.1)],
            "Its probabilities can be believed for 8 weeks: in weeks 8 to 11 from its last label churn was 1.50 times"
            " as frequent as it said (1.30 to 1.70)",
        ),
        ([(0.9, 1.0, 1.1), (0.5, 0.6, 0.7)], "Train again every 4 weeks or sooner."),
        ([(1.3, 1.5, 1.7), (0.9, 1.0, 1.1)], "are off from the start: in weeks 0 to 3"),
        # A span with too few churns is passed over.
        ([(np.nan, 3.0, np.nan), (0.9, 1.0, 1.1)], "none of 1"),
        ([(np.nan, 3.0, np.nan)], "Too few accounts churned in each span"),
    ],
)
def test_how_long_it_can_be_believed_is_said(spans, says):
    assert says in stays_calibrated(by_age(*spans))


def test_drift_that_was_planted_is_dated():
    """Churn doubles eight weeks after the cut."""
    dates = pd.date_range("2025-01-06", periods=16, freq="7D")
    rows = pd.concat(
        [backtest(str(each), 400 if week >= 8 else 200, 2000, 0.1) for week, each in enumerate(dates)],
        ignore_index=True,
    )
    assert "can be believed for 8 weeks" in stays_calibrated(calibration_by_age(rows, day("2025-01-06")))
    steady = rows.assign(probability=np.where(rows["as_of"] < dates[8], 0.1, 0.2))
    assert "none of 4; shown to be within it: 4" in stays_calibrated(calibration_by_age(steady, day("2025-01-06")))
