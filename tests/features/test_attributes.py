"""Columns of accounts that name each account, or never vary, are no features; those like them are."""

import pandas as pd
import pytest

from churnrisk.features.attributes import unusable


def reasons(values: list, name: str = "attribute_x", accounts: int | None = None) -> dict[str, str]:
    """What is found where so many `accounts` have these values in turn."""
    ids = [f"a{each % (accounts or len(values))}" for each in range(len(values))]
    return unusable(pd.DataFrame({"account_id": ids, name: pd.Series(values)}), [name])


def sites(values: int, accounts: int) -> list[str]:
    return [f"www.{each % values}.com" for each in range(accounts)]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (sites(300, 300), "identifies accounts: 300 values among 300 accounts"),
        (sites(1200, 2000), "identifies accounts: 1,200 values among 2,000 accounts"),
        ([*sites(150, 200), *[None] * 500], "identifies accounts: 150 values among 200 accounts"),
        (["DE"] * 5, "is the same for all 5 accounts"),
        ([2.0] * 5, "is the same for all 5 accounts"),
    ],
    ids=["one each", "hardly shared", "where there is one", "a word", "a number"],
)
def test_what_is_of_no_use_is_named(values, why):
    assert reasons(values) == {"attribute_x": why}


@pytest.mark.parametrize(
    "values",
    [sites(150, 300), sites(19, 19), [float(each) for each in range(300)], ["yes", None], [None, None], ["yes", "no"]],
    ids=["two accounts a value", "few accounts", "numbers", "there or not", "empty", "two values"],
)
def test_what_is_like_it_stays(values):
    assert not reasons(values)


def test_an_account_that_changes_is_one_account():
    """Three hundred rows of thirty accounts that have ten values between them, and then forty."""
    assert not reasons(sites(10, 300), accounts=30)
    assert reasons(sites(40, 300), accounts=30) == {"attribute_x": "identifies accounts: 40 values among 30 accounts"}


def test_columns_of_the_contract_may_identify_and_need_not_vary():
    assert reasons(sites(300, 300), "region") == {"region": "identifies accounts: 300 values among 300 accounts"}
    assert not reasons(["EU"] * 5, "region")
