"""Each horizon is judged by its own labels and its own probabilities."""

import numpy as np
import pytest

from churnrisk.evaluation.horizons import by_horizon

WHO = np.array([f"a{each}" for each in range(10)])
LABEL = np.repeat([1.0, 0.0], [6, 4])
PROBABILITY = np.linspace(0.9, 0.0, 10)


def test_every_horizon_has_its_own_rows():
    immature = np.where(np.arange(10) < 8, LABEL, np.nan)
    table = by_horizon(
        {120: immature, 30: 1 - LABEL, 60: LABEL}, {30: PROBABILITY, 60: PROBABILITY, 120: PROBABILITY / 2}, WHO
    ).set_index("horizon_days")
    assert table["rows"].to_dict() == {30: 10, 60: 10, 120: 8}
    assert table["churned"].to_dict() == {30: 4, 60: 6, 120: 6}
    assert table["auc"].to_dict() == {30: 0, 60: 1, 120: 1}
    assert table["mean_probability"].to_dict() == {30: 0.45, 60: 0.45, 120: pytest.approx(0.275)}
    assert table["churn_rate"].to_dict() == {30: 0.4, 60: 0.6, 120: 0.75}


def test_a_horizon_without_labels_or_without_probabilities_has_no_row():
    labels = {30: LABEL, 60: LABEL, 120: np.full(10, np.nan)}
    assert by_horizon(labels, {30: PROBABILITY, 120: PROBABILITY}, WHO)["horizon_days"].tolist() == [30]


def test_one_outcome_has_no_auc():
    (row,) = by_horizon({30: np.zeros(10)}, {30: PROBABILITY}, WHO).to_dict("records")
    assert np.isnan(row["auc"])
    assert row["churn_rate"] == 0
