"""How far apart groups are: by hand, and on made-up companies whose true difference is known."""

import numpy as np
import pytest
from benchmarks.behaviours import Made, measured

from churnrisk.behaviours.apart import SHARED_BY_LUCK, SHARED_WHERE_CLEAR, apart
from churnrisk.behaviours.rates import Counts

HALVES, FIFTHS, TENTHS, UNEVEN = [0.5] * 2, [0.2] * 5, [0.1] * 10, [0.7, 0.1, 0.1, 0.1]


def made(kind: str, accounts: int, sizes: list[float], rates: list[float] | float) -> Made:
    each = [rates] * len(sizes) if isinstance(rates, float) else rates
    return Made(kind=kind, accounts=accounts, sizes=sizes, rates=each)


def noise(random: np.random.Generator, accounts: int = 60, groups: int = 10) -> Counts:
    """Groups that say nothing of leaving."""
    snapshots = random.integers(0, 4, (accounts, groups)).astype(float)
    leaves = (random.random(accounts) < 0.2)[:, None]
    return Counts(snapshots, np.where(leaves, snapshots, 0.0))


def test_groups_that_differ_by_luck_are_not_set_apart():
    random = np.random.default_rng(11)
    result = [apart(noise(random)) for _ in range(300)]
    assert abs(np.mean([each.difference for each in result])) < 0.01
    assert np.mean([each.surely > 0 for each in result]) <= 0.05


def test_groups_that_differ_are_apart_by_as_much_as_they_do():
    random = np.random.default_rng(2)
    chance = np.linspace(0.02, 0.38, 10)
    snapshots = np.ones((4000, 10))
    left = (random.random((4000, 10)) < chance).astype(float)
    result = apart(Counts(snapshots, left))
    assert result.low < chance[-2:].mean() - chance[:2].mean() < result.high
    assert result.high - result.low < 0.06


@pytest.mark.parametrize(
    ("snapshots", "left"), [(np.ones((6, 1)), np.ones((6, 1))), (np.ones((1, 3)), np.zeros((1, 3)))]
)
def test_one_group_or_one_account_is_apart_from_nothing(snapshots, left):
    result = apart(Counts(snapshots, left))
    assert result.surely <= 0
    assert result.difference in (0, None)


BY_LUCK = [
    made("own", 100, HALVES, 0.3),
    made("own", 200, HALVES, 0.1),
    made("own", 200, FIFTHS, 0.1),
    made("own", 200, TENTHS, 0.3),
    made("own", 300, TENTHS, 0.03),
    made("own", 300, UNEVEN, 0.1),
    made("habit", 100, FIFTHS, 0.1),
    made("habit", 100, TENTHS, 0.3),
]
"""Companies whose groups don't differ."""


def at_most(share: float, of: int) -> float:
    """What a share that is right exceeds once in fifty times, when it is counted in so many."""
    return share + 2 * np.sqrt(share * (1 - share) / of)


def test_by_luck_alone_few_intervals_lie_apart_from_0():
    """With both halves taken as independent 6 % did."""
    above = [measured(each, 250, seed)["above_0"] for seed, each in enumerate(BY_LUCK)]
    assert np.mean(above) <= at_most(0.025, 250 * len(BY_LUCK))


def test_of_few_that_left_little_is_believed():
    """Of seven that left in all: 11 % lay apart from 0 when all was believed that they say of common luck."""
    assert measured(made("habit", 90, UNEVEN, 0.03), 300)["above_0"] <= at_most(0.05, 300)


REAL = {
    "own groups, little difference": made("own", 300, TENTHS, [0.07 + 0.006 * n for n in range(10)]),
    "own groups, much difference": made("own", 300, TENTHS, [0.02 + 0.02 * n for n in range(10)]),
    "one group worse": made("own", 600, FIFTHS, [0.1] * 4 + [0.25]),
    "moving between groups": made("moving", 200, TENTHS, [0.07 + 0.006 * n for n in range(10)]),
    "one group after another": made("age", 200, FIFTHS, 0.15),
}


@pytest.mark.parametrize("each", REAL.values(), ids=REAL)
def test_intervals_hold_the_true_difference(each):
    """With both halves taken as independent, and the high end from them alone, 69 to 91 % did."""
    assert measured(each, 150)["holds_truth"] >= 0.94


NONE = np.nan
COMMON = {
    "alike": [(1, 1), (0, 1), (0, 0), (0, 0), (0, 0)],
    "of other accounts": [(1, NONE), *[(0, NONE)] * 4, *[(NONE, 1)] * 2, *[(NONE, 0)] * 3],
    "opposite": [(1, 0), (0, 1), (0, 1), (0, 0), (0, 0)],
}
"""What came after an account's snapshot in either of two groups: 0.2 left after one and 0.4 after the other."""


def of_outcomes(outcomes: list[tuple[float, float]]) -> Counts:
    """Forty accounts with each of these outcomes, half of them in either half."""
    rows = np.repeat(np.tile(outcomes, (20, 1)), 2, axis=0)
    return Counts((~np.isnan(rows)).astype(float), np.nan_to_num(rows))


def test_the_more_alike_the_luck_of_both_fifths_the_shorter_the_interval():
    found = [apart(of_outcomes(each)) for each in COMMON.values()]
    assert [each.difference for each in found] == pytest.approx([0.2] * 3)
    lengths = [each.high - each.low for each in found]
    assert lengths[0] < 0.9 * lengths[1]
    assert lengths[2] > 1.1 * lengths[1]


@pytest.mark.parametrize(("leaving", "shared"), [(1, SHARED_BY_LUCK), (5, SHARED_WHERE_CLEAR)])
def test_both_halves_share_less_where_the_order_is_clear(leaving, shared):
    one, other = [(1, NONE), *[(0, NONE)] * 9], [*[(NONE, 1)] * leaving, *[(NONE, 0)] * (10 - leaving)]
    found = apart(of_outcomes(one + other))
    # A fifth of 800 snapshots, from 400 accounts with one each: see `rates._draws`.
    assert found.riskiest.draws == pytest.approx(160 * 399 / 402 / (1 + shared))
