"""What single features tell, and from where on it is taken for a leak."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.doctor.univariate import FEWEST, availability, too_good, univariate

ACCOUNTS, DATES = 400, 5
RANDOM = np.random.default_rng(5)
ROWS = pd.DataFrame(
    {
        "account_id": [f"a{number}" for number in range(ACCOUNTS)] * DATES,
        "as_of": np.repeat(pd.date_range("2025-01-06", periods=DATES, freq="28D"), ACCOUNTS),
    }
)
LEFT = np.tile(np.arange(ACCOUNTS) < 80, DATES).astype(float)
NOISE = RANDOM.random(len(ROWS))


def found(left=LEFT, alike=None, outcome="ever", **columns):
    """Which checks find which features."""
    alone = univariate(ROWS.assign(**columns), pd.DataFrame({outcome: left}), alike)
    checks = {"too_good": too_good, "availability": availability}
    return [(name, each.feature) for name, check in checks.items() for each in check(alone)]


VALUES = {
    "noise": (NOISE, []),
    "honest: AUC 0.8": (LEFT + 2.2 * NOISE, []),
    "the outcome, blurred": (LEFT + 1.2 * NOISE, ["too_good"]),
    "the same, the other way round": (-LEFT - 1.2 * NOISE, ["too_good"]),
    "leavers in the middle": (np.where(LEFT == 1, 0.5, np.where(NOISE < 0.5, 0.0, 1.0)) + 0.1 * NOISE, ["too_good"]),
    "words": (
        pd.array(np.where(LEFT == 1, "closed", np.where(NOISE < 0.5, "basic", "pro")), dtype="str"),
        ["too_good"],
    ),
    "there half of the time, then it knows": (np.where(NOISE < 0.5, LEFT, np.nan), ["too_good"]),
    "only leavers have it": (np.where(LEFT == 1, NOISE, np.nan), ["availability"]),
    "only those who stay have it": (np.where(LEFT == 0, NOISE, np.nan), ["availability"]),
    "some leavers have it, nobody else": (np.where((LEFT == 1) & (NOISE < 0.3), 1.0, np.nan), ["availability"]),
    "few leavers have it, most others do": (np.where(NOISE < 0.1 + 0.7 * LEFT, np.nan, 1.0), ["availability"]),
    "most leavers have it, few others do": (np.where(NOISE < 0.9 - 0.7 * LEFT, np.nan, 1.0), ["availability"]),
    "more leavers lack it": (np.where(NOISE < 0.3 + 0.3 * LEFT, np.nan, 1.0), []),
    "nobody has it": (np.full(len(ROWS), np.nan), []),
}


@pytest.mark.parametrize("name", VALUES)
def test_one_feature(name):
    values, checks = VALUES[name]
    assert found(feature=values) == [(check, "feature") for check in checks]


@pytest.mark.parametrize("alike", [None, pd.Series(np.zeros(len(ROWS), int))], ids=["by date", "all alike"])
def test_a_value_that_grows_with_time_as_churn_does_tells_nothing(alike):
    late = ROWS["as_of"] > "2025-02-15"
    left = np.where(late, NOISE < 0.97, NOISE < 0.03).astype(float)
    assert found(left, alike, month=ROWS["as_of"].dt.month.to_numpy(float)) == []


ACTIVE = pd.Series(np.tile(np.arange(ACCOUNTS) // 20, DATES))
SELDOM = (np.where(ACTIVE < 6, 0.7, 0.005) > NOISE).astype(float)


@pytest.mark.parametrize(
    ("values", "alike", "expected"),
    [
        (ACTIVE + 0.5 * NOISE[::-1], None, ["too_good"]),
        (ACTIVE + 0.5 * NOISE[::-1], ACTIVE, []),
        (-SELDOM + 1.2 * NOISE[::-1], ACTIVE, ["too_good"]),
        (np.where(ACTIVE < 6, np.nan, 1.0), None, ["availability"]),
        (np.where(ACTIVE < 6, np.nan, 1.0), ACTIVE, []),
        (np.where(SELDOM == 1, np.nan, 1.0), ACTIVE, ["availability"]),
    ],
    ids=["activity", "among alike", "a leak among alike", "there when active", "there among alike", "there by a leak"],
)
def test_accounts_that_are_seldom_active_churn(values, alike, expected):
    assert [check for check, _ in found(SELDOM, alike, "in window", feature=values)] == expected


@pytest.mark.parametrize(("leavers", "expected"), [(FEWEST - 1, []), (FEWEST, ["too_good"])])
def test_only_accounts_that_have_one_to_be_compared_with_count(leavers, expected):
    """All who leave are alike; of those who stay, all but the last hundred differ from them and from each other."""
    number = np.tile(np.arange(ACCOUNTS), DATES)
    alike = pd.Series(np.where((number < leavers) | (number >= 300), 0, np.where(LEFT == 1, 1, number)))
    assert [check for check, _ in found(LEFT, alike, "in window", feature=LEFT)] == expected


def test_who_was_compared_is_said():
    alone = univariate(ROWS.assign(feature=LEFT), pd.DataFrame({"ever": LEFT}))
    assert "among accounts of the same date (" in too_good(alone)[0].evidence
    assert "among accounts that are alike (" in too_good(alone, "accounts that are alike")[0].evidence


@pytest.mark.parametrize(("leavers", "expected"), [(FEWEST - 1, []), (FEWEST, ["too_good", "availability"])])
def test_few_leavers_make_no_finding(leavers, expected):
    left = np.tile(np.arange(ACCOUNTS) < leavers, DATES).astype(float)
    there = np.where(left == 1, 1.0, np.nan)
    assert [check for check, _ in found(left, value=left, there=there)] == expected


@pytest.mark.parametrize(("leavers", "expected"), [(FEWEST - 1, []), (FEWEST, [("too_good", "feature")])])
def test_a_value_that_few_leavers_have_makes_no_finding(leavers, expected):
    """400 accounts, every second of which leaves; 80 and some have a value."""
    left = np.tile(np.arange(ACCOUNTS) % 2, DATES).astype(float)
    has = np.tile((np.arange(ACCOUNTS) % 2 == 0) & (np.arange(ACCOUNTS) < 160), DATES)
    has |= np.tile((np.arange(ACCOUNTS) % 2 == 1) & (np.arange(ACCOUNTS) < 2 * leavers), DATES)
    assert found(left, feature=np.where(has, left, np.nan)) == expected


def test_rows_without_an_outcome_do_not_count():
    unknown = np.tile(np.arange(ACCOUNTS) % 2 == 0, DATES)
    values = np.where(unknown, 1.0, LEFT)
    assert found(np.where(unknown, np.nan, LEFT), feature=values) == [("too_good", "feature")]


def test_a_column_of_accounts_has_a_mend_of_its_own():
    outcomes = pd.DataFrame({"in window": LEFT, "ever": LEFT})
    alone = univariate(ROWS.assign(attribute_status=LEFT, survey_score=LEFT), outcomes)
    fixes = {each.feature: each.fix for each in too_good(alone)}
    assert len(fixes) == 2
    assert "as it is now" in fixes["attribute_status"]
    assert "--trust survey_score" in fixes["survey_score"]
