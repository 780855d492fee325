"""Churn rates and their intervals: by hand, against a bootstrap of accounts, and on made-up companies whose rates are
known.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churnrisk.behaviours.rates import Counts, count, rate, rates


def spread(accounts: int, each: int, leaving: int) -> tuple[np.ndarray, np.ndarray]:
    """Snapshots and leaving ones by account: `each` snapshots of every account, all of the first `leaving` ones."""
    snapshots = np.full(accounts, float(each))
    return snapshots, np.where(np.arange(accounts) < leaving, snapshots, 0.0)


def test_rows_are_counted_by_account_and_group():
    account, group = np.array([0, 0, 1, 1, 1, 0]), np.array([0, 1, 1, 1, 0, 1])
    counts = count(account, group, np.array([0.0, 1, 0, 1, 0, 1]), accounts=2, groups=3)
    assert counts.snapshots.tolist() == [[1, 2, 0], [1, 2, 0]]
    assert counts.churned.tolist() == [[0, 2, 0], [0, 1, 0]]
    one, two, none = rates(counts)
    assert (one.snapshots, one.accounts, one.rate) == (2, 2, 0.0)
    assert (two.snapshots, two.accounts, two.rate) == (4, 2, 0.75)
    assert (none.snapshots, none.accounts, none.rate, none.low, none.high) == (0, 0, None, None, None)


@pytest.mark.parametrize("leaving", [0, 1, 5, 10])
def test_more_snapshots_of_the_same_accounts_tell_no_more(leaving):
    once, often = rate(*spread(10, 1, leaving)), rate(*spread(10, 52, leaving))
    assert (often.rate, often.low, often.high) == pytest.approx((once.rate, once.low, once.high))


@pytest.mark.parametrize(("accounts", "widest"), [(1, 0.80), (5, 0.44), (50, 0.072), (500, 0.008)])
def test_nobody_left_is_less_certain_the_fewer_accounts_there_are(accounts, widest):
    result = rate(*spread(accounts, 20, 0))
    assert (result.rate, result.low) == (0, 0)
    assert widest * 0.95 < result.high < widest


def test_two_accounts_that_happen_to_agree_are_not_many():
    assert rate(np.full(2, 100.0), np.array([50.0, 51])).high > 0.6


def company(random: np.random.Generator, accounts: int, leaving: float = 0.3, *, fixed: bool = False) -> Counts:
    """Accounts watched for 4 to 60 weeks; the last 13 snapshots of a leaver say so. Two groups, by chance: of
    snapshots, or of accounts where a group is `fixed`."""
    weeks, leaves = random.integers(4, 60, accounts), random.random(accounts) < leaving
    account = np.repeat(np.arange(accounts), weeks)
    to_go = np.concatenate([np.arange(each)[::-1] for each in weeks])
    left = (leaves[account] & (to_go < 13)).astype(float)
    group = (random.random(accounts) < 0.3)[account] if fixed else random.random(len(account)) < 0.1
    return count(account, group.astype(int), left, accounts=accounts, groups=2)


@pytest.mark.parametrize("fixed", [False, True])
@pytest.mark.parametrize("leaving", [0.05, 0.3])
@pytest.mark.parametrize("accounts", [5, 20, 80])
def test_intervals_hold_the_true_rate_as_often_as_they_say(accounts, leaving, fixed):
    random = np.random.default_rng(3)
    whole = rates(company(random, 20_000, leaving, fixed=fixed))
    inside = [
        each.low <= true.rate <= each.high
        for _ in range(400)
        for each, true in zip(rates(company(random, accounts, leaving, fixed=fixed)), whole, strict=True)
        if each.rate is not None
    ]
    assert 0.935 <= np.mean(inside) <= 0.985


def test_an_interval_is_that_of_a_bootstrap_of_accounts():
    random = np.random.default_rng(5)
    made = company(random, 600)
    draws = np.stack([np.bincount(random.integers(0, 600, 600), minlength=600) for _ in range(2000)])
    low, high = np.quantile((draws @ made.churned) / (draws @ made.snapshots), [0.025, 0.975], axis=0)
    for group, each in enumerate(rates(made)):
        assert (each.low, each.high) == pytest.approx((low[group], high[group]), abs=0.006)


@given(st.integers(0, 10**6), st.integers(1, 30), st.integers(1, 6))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_a_rate_lies_in_its_interval(seed, accounts, groups):
    random = np.random.default_rng(seed)
    snapshots = random.integers(0, 9, (accounts, groups)).astype(float)
    left = np.minimum(snapshots, random.integers(0, 9, (accounts, groups)) * (random.random() < 0.7))
    for each in rates(Counts(snapshots, left)):
        assert each.rate is None or 0 <= each.low <= each.rate <= each.high <= 1
