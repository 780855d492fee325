"""Probabilities that mean what they say have no calibration error; others have as much as they are off."""

import numpy as np
import pytest

from churnrisk.metrics.catalogue import METRICS, OF_PROBABILITIES
from churnrisk.metrics.metric import Predictions
from churnrisk.metrics.reliability import expected_calibration_error, reliability

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
