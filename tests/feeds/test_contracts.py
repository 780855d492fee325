"""Subscriptions that may be wrong for a whole company, with near misses."""

import pandas as pd
import pytest

from churnrisk.clock import Day
from churnrisk.feeds.contracts import Contracts, short_gaps, without_subscription
from churnrisk.feeds.reading import read_contracts

from ..tables import rows
from .files import contracts, daily, full, write

AS_OF = Day("2025-03-10")


def with_gaps(*lengths: int) -> Contracts:
    """An account a gap: it ended on 31 May, and began again so many days later."""
    text = "account_id started_on ended_on\n"
    for number, length in enumerate(lengths):
        resumed = Day("2024-05-31") + length
        text += f"a{number} 2024-01-01 2024-05-31\na{number} {resumed} -\n"
    return Contracts(subscriptions=rows("subscriptions", text), active=100, without=[], most_without=0.02)


@pytest.mark.parametrize(
    ("lengths", "held"),
    [
        ([1] * 5, "5 times the next subscription of an account starts 1 day(s) after"),
        ([1] * 4 + [3], "4 times the next subscription of an account starts 1 day(s) after"),
        ([3] * 6 + [40] * 9, "6 times the next subscription of an account starts 3 day(s) after"),
        ([1] * 4, ""),
        ([0] * 20, ""),
        ([4] * 20, ""),
        ([1] * 5 + [9, 12, 15, 20, 22, 27], ""),
    ],
    ids=["inclusive", "over a weekend too", "mostly weekends", "few", "no gaps", "longer", "returns of all lengths"],
)
def test_gaps_that_repeat_are_paperwork(lengths, held):
    found = [(each.severity, each.sentence) for each in short_gaps(with_gaps(*lengths))]
    assert [severity for severity, _ in found] == (["hold"] if held else [])
    assert all(sentence.startswith(held) and "set intake.bridge_days to" in sentence for _, sentence in found)


@pytest.mark.parametrize(
    ("active", "without", "allowed", "held"),
    [(300, 31, 0.02, True), (300, 6, 0.02, False), (100, 4, 0.02, False), (300, 31, 0.2, False), (300, 0, 0.0, False)],
)
def test_users_without_a_subscription_hold_the_list(active, without, allowed, held):
    names = [f"a{number}" for number in range(without)]
    given = Contracts(
        subscriptions=rows("subscriptions", "account_id started_on"), active=active, without=names, most_without=allowed
    )
    found = list(without_subscription(given, AS_OF))
    assert [each.severity for each in found] == ["hold"] * held
    assert all(
        f"{without} of {active} accounts active in the last 28 days have none, such as a0, a1, a10." in each.sentence
        for each in found
    )


def test_who_is_active_without_a_subscription(tmp_path):
    """Of ten accounts one is internal, one was active long ago, and two have no subscription."""
    ids = [f"a{number}" for number in range(10)]
    accounts = full("accounts", pd.DataFrame({"account_id": ids})).assign(is_internal=[each == "a1" for each in ids])
    usage = daily(accounts=10)
    usage = usage[(usage["account_id"] != "a2") | (usage["day"] < "2025-02-01")]
    sold = contracts(10)
    sold = sold[~sold["account_id"].isin(["a1", "a2", "a3", "a4"])]
    folders = write(tmp_path, usage, accounts=accounts, subscriptions=sold)
    found = read_contracts(*folders, AS_OF, sold, settle_days=0, most_without=0.02)
    assert (found.active, sorted(found.without)) == (8, ["a3", "a4"])
