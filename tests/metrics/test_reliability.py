"""Probabilities that mean what they say have no calibration error; others have as much as they are off."""

import numpy as np
import pytest

from churnrisk.metrics.catalogue import METRICS, OF_PROBABILITIES
from churnrisk.metrics.metric import Predictions
from churnrisk.metrics.reliability import expected_calibration_error, left_by_band, reliability

TRUTH = np.linspace(0.01, 0.5, 100_000)
LABEL = (np.random.default_rng(0).random(100_000) < TRUTH).astype(float)


@pytest.mark.parametrize(("off", "error"), [(0.0, 0.0), (0.1, 0.1), (0.2, 0.2)])
def test_the_error_is_the_distance_from_what_was_observed(off, error):
    assert expected_calibration_error(LABEL, TRUTH + off) == pytest.approx(error, abs=0.01)


def test_bins_have_equal_counts():
    table = reliability(LABEL, TRUTH)
    assert table["rows"].tolist() == [10_000] * 10
    assert table["predicted"].is_monotonic_increasing


def test_the_churn_rate_stands_beside_the_mean_probability():
    figures = METRICS.figures(OF_PROBABILITIES, Predictions(label=LABEL, score=TRUTH, as_of=LABEL))
    assert figures["churn_rate"] == LABEL.mean()
    assert figures["mean_probability"] == pytest.approx(TRUTH.mean())


BANDS = {  # probability and label of so many accounts; the share that left by band
    "enough": (0.25, 1.0, 20, {"left_from_20_to_30": 1.0}),
    "too few": (0.25, 1.0, 19, {}),
    "the lower end": (0.5, 0.0, 20, {"left_from_50_to_70": 0.0}),
    "below it": (0.4999, 0.0, 20, {"left_from_30_to_50": 0.0}),
    "certain": (1.0, 1.0, 20, {"left_from_70_to_100": 1.0}),
}


@pytest.mark.parametrize(("probability", "label", "accounts", "expected"), BANDS.values(), ids=BANDS)
def test_what_probabilities_of_a_band_have_meant(probability, label, accounts, expected):
    account = np.arange(accounts).astype(object)
    assert left_by_band(np.full(accounts, label), np.full(accounts, probability), account) == expected


def test_rows_of_the_same_accounts_are_no_more_accounts():
    account = np.tile(np.arange(10), 5).astype(object)
    assert left_by_band(np.ones(50), np.full(50, 0.25), account) == {}
