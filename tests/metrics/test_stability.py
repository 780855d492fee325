"""The stability index: what it is, and what chance alone gives."""

import numpy as np
import pytest

from churnrisk.metrics.stability import LARGE, by_chance, mean_by_chance, stability

BINS = 10


def drawn(random: np.random.Generator, accounts: int) -> np.ndarray:
    return np.bincount(random.integers(0, BINS, accounts), minlength=BINS).astype(float)


@pytest.mark.parametrize(("accounts", "reference"), [(100, 300), (250, 250), (1000, 3000)])
def test_chance_alone_stays_below_its_limit_and_has_its_mean(accounts, reference):
    random = np.random.default_rng(3)
    made = np.array([stability(drawn(random, reference), drawn(random, accounts)) for _ in range(4000)])
    beyond = (made > by_chance(BINS, reference, accounts)).mean()
    # One in a thousand, and for small samples the chi-squared distribution is a little too narrow.
    assert 0.0 < beyond < 0.006
    assert made.mean() == pytest.approx(mean_by_chance(BINS, reference, accounts), rel=0.1)


def test_a_small_sample_needs_more_than_the_usual_threshold():
    """With the constant alone, a company of 60 accounts would have an alarm of every feature every week."""
    random = np.random.default_rng(3)
    made = np.array([stability(drawn(random, 60), drawn(random, 60)) for _ in range(500)])
    assert (made > LARGE).mean() > 0.4
    assert (made > by_chance(BINS, 60, 60)).mean() < 0.02


@pytest.mark.parametrize(
    ("reference", "found", "index"),
    [
        ([100, 100], [100, 100], 0.0),
        ([100, 100], [50, 50], 0.0),
        ([100, 0], [0, 100], 10.5),  # an empty bin is far away, and not infinitely
        ([100], [3], 0.0),
        ([0, 0], [3, 4], 0.0),
    ],
)
def test_index(reference, found, index):
    assert stability(np.array(reference, float), np.array(found, float)) == pytest.approx(index, abs=0.1)
