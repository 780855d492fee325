"""What remains of many features: Benjamini and Hochberg's steps by hand, and made-up companies where all is luck."""

import numpy as np
import pytest

from churnrisk.behaviours.apart import apart
from churnrisk.behaviours.many import FALSE_SHARE, LOOKS_APART, adjusted
from churnrisk.behaviours.rates import count, wilson

# Benjamini and Hochberg's own example (1995): at 0.05 the four smallest of fifteen are kept, 0.0095 <= 4/15 * 0.05.
PAPER = [
    0.0001,
    0.0004,
    0.0019,
    0.0095,
    0.0201,
    0.0278,
    0.0298,
    0.0344,
    0.0459,
    0.3240,
    0.4262,
    0.5719,
    0.6528,
    0.7590,
    1,
]


@pytest.mark.parametrize(
    ("p_values", "expected"),
    [
        ([], []),
        ([0.03], [0.03]),
        ([0.01, 0.02, 0.03, 0.04], [0.04, 0.04, 0.04, 0.04]),
        ([0.5, 0.01], [0.5, 0.02]),
        ([0.01, 0.01, 0.9], [0.015, 0.015, 0.9]),
        ([1.0, 1.0], [1.0, 1.0]),
    ],
)
def test_steps_by_hand(p_values, expected):
    assert adjusted(p_values) == pytest.approx(expected)


def test_the_example_of_the_paper():
    assert [each <= FALSE_SHARE for each in adjusted(PAPER)] == [True] * 4 + [False] * 11


def test_wilson_is_as_published():
    # Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263 and 15 of 148.
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15 / 148, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)


def p_values(seed: int, features: int, effect: float = 0.0) -> list[float]:
    """P-values and low ends of features in fives: who churned has nothing to do with them, but for `effect`."""
    random = np.random.default_rng(seed)
    account = np.repeat(np.arange(300), 4)
    group = random.integers(0, 5, (features, 300))[:, account]
    churned = (random.random(300) < 0.2 + effect * (group[0, ::4] == 4))[account].astype(float)
    found = [apart(count(account, each, churned, accounts=300, groups=5)) for each in group]
    return [each.p_value for each in found]


def test_where_all_is_luck_few_stand_out():
    """Every finding is false here, so the share of companies with any may be no more than promised."""
    any_found, looked_apart = [], []
    for seed in range(60):
        values = p_values(seed, 30)
        any_found.append(min(adjusted(values)) <= FALSE_SHARE)
        looked_apart.append(np.mean(np.array(values) <= 0.05))
    assert np.mean(any_found) <= FALSE_SHARE + 2 * np.sqrt(FALSE_SHARE * (1 - FALSE_SHARE) / 60)
    assert np.mean(looked_apart) <= LOOKS_APART


def test_a_true_difference_still_stands_out():
    assert all(adjusted(p_values(seed, 30, effect=0.5))[0] <= FALSE_SHARE for seed in range(5))
