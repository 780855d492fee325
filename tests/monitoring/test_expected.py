"""What a list should turn out to be."""

import itertools

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from churnrisk.monitoring.expected import expected, expected_auc

FIGURES = {"model": {"auc": 0.8, "auc_low": 0.7}}


def of_pairs(probability: np.ndarray) -> float:
    """The naive twin: over all pairs, the chance that the one that churns is ranked above the one that stays."""
    won = all_pairs = 0.0
    for churns, stays in itertools.product(probability, repeat=2):
        weight = churns * (1 - stays)
        won += weight * (1.0 if churns > stays else 0.5 if churns == stays else 0.0)
        all_pairs += weight
    return won / all_pairs


def test_the_expected_auc_is_that_of_all_pairs():
    probability = np.random.default_rng(0).choice([0.02, 0.1, 0.3, 0.7], 60)
    assert expected_auc(probability) == pytest.approx(of_pairs(probability), abs=1e-4)


def test_it_is_what_labels_drawn_by_these_probabilities_give():
    random = np.random.default_rng(1)
    probability = random.beta(1, 6, 3000)
    drawn = [roc_auc_score(random.random(3000) < probability, probability) for _ in range(20)]
    assert expected_auc(probability) == pytest.approx(np.mean(drawn), abs=0.01)


def test_the_interval_of_the_precision_holds_what_happens():
    random = np.random.default_rng(2)
    probability = random.beta(1, 3, 200)
    listed = pd.Series(probability >= np.sort(probability)[-50])
    made = expected(probability, listed, FIGURES)
    happened = [(random.random(200) < probability)[listed].mean() for _ in range(500)]
    inside = np.mean([made.precision_low <= each <= made.precision_high for each in happened])
    assert inside > 0.93


@pytest.mark.parametrize("probability", [[0.0, 0.0], [1.0, 1.0]])
def test_where_every_fate_is_sure_there_is_no_auc(probability):
    assert expected_auc(np.array(probability)) is None
