"""The Gamma-Poisson baseline: what it is told of the past, and what it makes of it."""

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from churnrisk.model.baselines import Repeats, gamma_poisson
from churnrisk.past.usage.activity import Activity

ACTIVE = pd.DataFrame(
    [
        # account, day, known on
        ("a", "2025-01-01", "2025-01-01"),
        ("a", "2025-01-03", "2025-01-03"),
        ("a", "2025-01-08", "2025-01-20"),  # comes in late
        ("b", "2025-01-05", "2025-01-05"),
        ("b", "2025-01-14", "2025-01-14"),
    ],
    columns=["account_id", "day", "known_on"],
).assign(day=lambda rows: pd.to_datetime(rows["day"]), known_on=lambda rows: pd.to_datetime(rows["known_on"]))

SEEN = {
    # account and date -> days active again, days since the first of them
    ("a", "2025-01-06"): (1, 5),
    ("b", "2025-01-06"): (0, 1),
    ("c", "2025-01-06"): (0, 5),  # never active: silent since anybody was active
    ("a", "2025-01-13"): (1, 12),  # what comes in late is not known yet
    ("b", "2025-01-14"): (0, 9),  # the day itself is not over
    ("a", "2025-01-21"): (2, 20),
    ("b", "2025-01-21"): (1, 16),
    ("c", "2024-12-30"): (0, 0),  # before anybody was active
}


@pytest.mark.parametrize("order", [1, -1])
def test_what_was_known_of_each_snapshot(order):
    keys = list(SEEN)[::order]
    rows = pd.DataFrame(keys, columns=["account_id", "as_of"]).assign(as_of=lambda rows: pd.to_datetime(rows["as_of"]))
    seen = Repeats.of(Activity(ACTIVE), rows)
    assert list(zip(seen.active, seen.since, strict=True)) == [SEEN[key] for key in keys]


def drawn(shape: float, mean: float, accounts: int) -> Repeats:
    """Accounts with rates from a gamma distribution, seen for different times."""
    random = np.random.default_rng(5)
    since = random.integers(20, 300, accounts).astype(float)
    rates = random.gamma(shape, mean / shape, accounts)
    return Repeats(active=random.poisson(rates * since).astype(float), since=since)


def test_it_is_what_integrating_over_all_rates_gives():
    earlier = drawn(shape=1.5, mean=0.1, accounts=200_000)
    test = Repeats(active=np.array([0.0, 1.0, 30.0]), since=np.array([7.0, 200.0, 90.0]))
    found = gamma_poisson(earlier, test, days=28)
    for active, since, probability in zip(test.active, test.since, found, strict=True):
        prior = stats.gamma(1.5, scale=0.1 / 1.5)
        weight = lambda rate: prior.pdf(rate) * stats.poisson.pmf(active, rate * since)  # noqa: B023, E731
        silent, every = (
            integrate.quad(lambda rate: weight(rate) * np.exp(-rate * days), 0, 3, limit=500)[0]  # noqa: B023
            for days in (28, 0)
        )
        assert probability == pytest.approx(silent / every, rel=0.03)


def test_an_account_that_was_active_more_often_is_less_likely_to_stop():
    seen = drawn(shape=1.5, mean=0.1, accounts=2000)
    rows = Repeats(active=np.array([0.0, 3.0, 3.0, 30.0]), since=np.array([100.0, 100.0, 200.0, 200.0]))
    never, seldom, longer_ago, often = gamma_poisson(seen, rows, days=28)
    assert never > longer_ago > seldom > often > 0


@pytest.mark.parametrize(
    ("active", "expected"),
    [
        ([0, 0, 0], 1.0),  # nobody was ever active again
        ([10, 10, 10], np.exp(-2.8)),  # all at one rate of 0.1: less varied than chance alone would make them
    ],
)
def test_accounts_that_are_all_alike_get_one_probability(active, expected):
    seen = Repeats(active=np.array(active, float), since=np.full(3, 100.0))
    np.testing.assert_allclose(gamma_poisson(seen, seen, days=28), expected, rtol=0.001)
