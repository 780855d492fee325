"""What a table showed on a date: rows known by then, and values known by then."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import Day

from ...tables import ledger

TICKETS = """
account_id opened_at           closed_at  satisfaction known_at
a          2025-03-01          2025-03-20 2            -
b          2025-03-05          -          -            2025-03-15
c          2025-03-09T23:59:59 -          -            -
d          2025-03-10          -          -            -
"""


@pytest.mark.parametrize(
    ("as_of", "accounts", "closed", "rated"),
    [
        ("2025-03-01", [], 0, 0),
        ("2025-03-02", ["a"], 0, 0),
        ("2025-03-10", ["a", "c"], 0, 0),
        ("2025-03-16", ["a", "b", "c", "d"], 0, 0),
        ("2025-03-20", ["a", "b", "c", "d"], 0, 0),
        ("2025-03-21", ["a", "b", "c", "d"], 1, 1),
    ],
)
def test_a_date_sees_only_what_was_known_before_it(as_of, accounts, closed, rated):
    seen = ledger("tickets", TICKETS).before(Day(as_of))
    assert sorted(seen["account_id"]) == accounts
    assert (~np.isnat(seen["closed_at"])).sum() == closed
    assert (~np.isnan(seen["satisfaction"])).sum() == rated


VERSIONS = """
ticket_id account_id opened_at  severity known_at
t         a          2025-03-01 3        2025-03-01
t         a          2025-03-01 1        2025-03-06
u         a          2025-03-02 2        2025-03-02
"""


@pytest.mark.parametrize(
    ("as_of", "severities"),
    [("2025-03-02", [3]), ("2025-03-06", [2, 3]), ("2025-03-07", [1, 2]), ("2025-06-01", [1, 2])],
)
def test_a_correction_stands_for_what_it_corrects_from_then_on(as_of, severities):
    assert sorted(ledger("tickets", VERSIONS).before(Day(as_of))["severity"]) == severities


UNDATED = {
    # the rows of one subscription, and the plan that is seen on 11 March and on 2 April
    "corrected later": ("2025-03-01 - basic\n2025-03-01 2025-04-01 pro", ["basic", "pro"]),
    "corrected before its start": ("2025-04-01 - basic\n2025-04-01 2025-03-10 pro", ["pro", "pro"]),
    "the same, the other way round": ("2025-04-01 2025-03-10 pro\n2025-04-01 - basic", ["pro", "pro"]),
    "moved to a later start": ("2025-04-01 - basic\n2025-05-01 2025-03-10 pro", ["pro", "pro"]),
    "corrected twice": ("2025-04-01 - basic\n2025-04-01 2025-03-10 pro\n2025-04-01 2025-03-20 top", ["pro", "top"]),
}


@pytest.mark.parametrize(("text", "plans"), UNDATED.values(), ids=UNDATED)
def test_a_row_that_does_not_say_when_it_was_known_gives_way_to_its_correction(text, plans):
    rows = "\n".join(f"s a {line}" for line in text.splitlines())
    sold = ledger("subscriptions", f"subscription_id account_id started_on known_at plan\n{rows}")
    assert [list(sold.before(Day(as_of))["plan"]) for as_of in ("2025-03-11", "2025-04-02")] == [[p] for p in plans]


def test_rows_without_a_key_correct_nothing():
    usage = "account_id day event known_at\na 2025-03-01 login 2025-03-01\na 2025-03-01 login 2025-03-06"
    assert len(ledger("usage", usage).before(Day("2025-03-10"))["day"]) == 2


def test_a_day_on_which_something_will_become_known_is_not_known_either():
    text = "account_id started_on ended_on end_known_at\na 2024-01-01 2025-06-30 2025-03-05"
    seen = [ledger("subscriptions", text).before(Day(day))["end_known_at"][0] for day in ("2025-03-05", "2025-03-06")]
    assert [str(each)[:10] for each in seen] == ["NaT", "2025-03-05"]


def test_a_word_that_becomes_known_later_is_empty_for_features_too():
    text = "account_id started_on ended_on end_known_at end_reason\na 2024-01-01 2025-06-30 2025-03-05 price"
    entries, dates = ledger("subscriptions", text).of(pd.Index(["a"])), np.array(["2025-03-05", "2025-03-06"], "M8[D]")
    _, known = entries.known(*entries.before(dates, np.arange(2), np.zeros(2, int)), dates)
    assert [None if each != each else each for each in known["end_reason"]] == [None, "price"]
    assert list(known.take(np.array([1]))["end_reason"]) == ["price"]


@pytest.mark.parametrize("column", ["severity", "opened_at", "kind"])
def test_what_is_shown_cannot_be_changed(column):
    entries, dates = ledger("tickets", TICKETS).of(pd.Index(["a", "b"])), np.array(["2025-03-16"], "M8[D]")
    _, known = entries.known(*entries.all(np.zeros(1, int)), dates)
    with pytest.raises(ValueError, match="read-only"):
        known[column][0] = None


def test_what_a_source_says_of_today_is_never_shown():
    rows = ledger("accounts", "account_id created_on stated_churned stated_churned_on\na 2024-01-01 yes 2025-01-01")
    assert not {"stated_churned", "stated_churned_on"} & set(rows.before(Day("2025-03-01")))
