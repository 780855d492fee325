"""Which features tell the date: the calendar itself does, what an account does of late does not."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.doctor.calendar import calendar, dated

WEEKS, ACCOUNTS = 12, 60
DATES = np.datetime64("2025-01-06") + 7 * np.arange(WEEKS)
RNG = np.random.default_rng(0)
WEEK = np.repeat(np.arange(WEEKS), ACCOUNTS)
NOISE = RNG.normal(size=len(WEEK))
AGE = np.tile(RNG.integers(0, 400, ACCOUNTS), WEEKS) + 7 * WEEK
YEAR_OF_TERM = np.array([268, 240, 269, 241])[WEEK // 3]
MEAN_OF_DATE = RNG.normal(size=WEEKS)[WEEK]

TELLS = {
    "the number of a week": WEEK * 1.0,
    "one that falls, with noise": -WEEK + 0.3 * NOISE,
    "a length that differs from term to term": YEAR_OF_TERM * 1.0,
    "a word of its time": pd.array(np.where(WEEK < 6, "v1", "v2"), dtype="str"),
    "that it has a value at all": np.where(WEEK > 5, 1.0, np.nan),
}
DOES_NOT_TELL = {
    "noise": NOISE,
    "a constant": np.ones(len(WEEK)),
    "no value": np.full(len(WEEK), np.nan),
    "tenure of accounts of many ages": AGE * 1.0,
    "a week with so much noise that thirds overlap": WEEK + 3 * NOISE,
    "less what is usual on its date": RNG.normal(size=len(WEEK)) - 0.05 * MEAN_OF_DATE,
    # No two dates have a value in common.
    "a whole number less what is usual on its date": RNG.integers(0, 8, len(WEEK)) - 0.02 * WEEK,
}


def rows(values, accounts: int = ACCOUNTS) -> pd.DataFrame:
    """A feature of the accounts at all dates."""
    account = np.tile(np.arange(ACCOUNTS), WEEKS)
    table = pd.DataFrame({"account_id": account.astype(str), "as_of": DATES[WEEK].astype("M8[us]"), "asked": values})
    return table[account < accounts].reset_index(drop=True)


def found(values, dates=DATES, accounts: int = ACCOUNTS) -> list[str]:
    return [each.feature for each in calendar(dated(rows(values, accounts), dates))]


@pytest.mark.parametrize("words", TELLS)
def test_what_tells_the_date_is_named(words):
    assert found(TELLS[words]) == ["asked"]


@pytest.mark.parametrize("words", DOES_NOT_TELL)
def test_what_does_not_is_not(words):
    assert found(DOES_NOT_TELL[words]) == []


def test_it_says_how_well_and_how_to_keep_it():
    (finding,) = calendar(dated(rows(TELLS["the number of a week"]), DATES))
    assert "asked tells the early dates of training from the late ones with an AUC of 1.0000" in finding.evidence
    assert "--trust asked" in finding.fix


def test_only_the_dates_of_training_are_looked_at():
    of_the_test = np.where(WEEK > 7, WEEK, 0) * 1.0
    assert found(of_the_test, DATES[:8]) == []
    assert found(of_the_test) == ["asked"]


@pytest.mark.parametrize(("dates", "accounts"), [(DATES[:1], ACCOUNTS), (DATES[:0], ACCOUNTS), (DATES, 19)])
def test_of_too_little_nothing_is_said(dates, accounts):
    assert dated(rows(WEEK * 1.0, accounts), dates) == []


def test_the_strongest_comes_first():
    table = rows(NOISE).assign(week=WEEK * 1.0, tenure=AGE * 1.0)
    assert [each.feature for each in dated(table, DATES)] == ["week", "tenure", "asked"]
