"""How long a silence may be and still end."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import Day, day
from churnrisk.doctor.cadence import Silence, cadence, proposed

END = day("2025-01-01")


def active(**accounts: list[int]) -> pd.DataFrame:
    """Active days of accounts, as days before the end."""
    rows = [(name, END - np.timedelta64(ago, "D")) for name, all_days in accounts.items() for ago in all_days]
    return pd.DataFrame(rows, columns=["account_id", "day"]).astype({"day": "M8[us]"})


def returned(days: pd.DataFrame, length: int, end: Day = END) -> tuple[int, float]:
    (one,) = cadence(days, end, [length])
    return one.silences, pytest.approx(one.returned)


@pytest.mark.parametrize(
    ("days", "length", "expected"),
    [
        (active(a=[100, 90]), 10, (2, 0.5)),
        (active(a=[100, 90]), 11, (1, 0.0)),
        (active(a=[100, 90, 90]), 10, (2, 0.5)),
        (active(a=[100, 60], b=[100], c=[100]), 30, (4, 0.25)),
        (active(a=[100, 60], b=[100], c=[35]), 30, (4, 1 / 3)),
        (active(a=[100, 60], b=[100], c=[20]), 30, (3, 1 / 3)),
    ],
    ids=["one of two", "the return is too early", "a day counts once", "by all", "seen too short", "not yet so long"],
)
def test_silences_that_end_with_a_return(days, length, expected):
    """A silence that goes on counts for as long as it was seen: one of 35 days says nothing of a return after 40."""
    assert returned(days, length) == expected


def test_nothing_is_said_of_silences_that_none_reaches():
    silences, share = returned(active(a=[5, 3]), 30)
    assert silences == 0
    assert share == pytest.approx(np.nan, nan_ok=True)


def test_a_weekly_product():
    """Whoever is silent for more than a week has left."""
    random = np.random.default_rng(0)
    stays = {f"s{n}": list(range(3, 400, 7)) for n in range(60)}
    leaves = {f"l{n}": list(range(int(random.integers(40, 200)), 400, 7)) for n in range(40)}
    found = cadence(active(**stays, **leaves), END)
    assert found[0].returned > 0.95
    assert [each.returned for each in found[1:]] == [0.0] * 6
    assert proposed(found) == 14


@pytest.mark.parametrize(
    ("shares", "days"),
    [((0.9, 0.5, 0.05), 90), ((0.9, 0.1, 0.05), 30), ((0.9, 0.5, 0.2), None), ((0.9, 0.5, np.nan), None)],
)
def test_the_shortest_after_which_few_come_back(shares, days):
    assert proposed([Silence(n, 10, share) for n, share in zip((7, 30, 90), shares, strict=True)]) == days
