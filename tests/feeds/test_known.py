"""Since when facts are known: dates that knew nothing, a beginning that is configured wrong, and near misses."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import Day, day
from churnrisk.feeds.flow import Feeds
from churnrisk.feeds.known import Learning, begins_later, known_late, recorded_from
from churnrisk.feeds.reading import read_feeds

from .files import contracts, daily, full, write

AS_OF, FIRST = Day("2025-03-10"), Day("2024-01-01")
DATES = np.arange(Day("2024-04-01"), AS_OF + 1, 7)
LEARNING = Learning(usage_from=FIRST, dates=DATES)


def known(lateness: str, load: str = "2025-01-06", begins: str = "2024-01-01") -> Feeds:
    """Ten facts a day up to the date, known as `lateness` says."""
    at = pd.date_range(begins, AS_OF - np.timedelta64(1, "D"))
    stamp = pd.Timestamp(load)
    known_on = {
        "at once": at,
        "all on one day": np.full(len(at), stamp.to_datetime64()),
        "the older half on one day": at.where(at > stamp, stamp),
        "once a month": at + pd.offsets.MonthEnd(0) + pd.Timedelta(days=1),
        "after an outage of ten weeks": at.where((at < "2024-10-28") | (at > stamp), stamp),
    }[lateness]
    rows = pd.DataFrame({"day": at, "known_on": known_on, "facts": 10})
    return Feeds({"usage": rows}, {"usage": rows})


@pytest.mark.parametrize(
    ("lateness", "severity", "blind"),
    [
        ("at once", None, 0),
        ("once a month", None, 0),
        ("all on one day", "hold", 41),
        ("the older half on one day", "hold", 41),
        ("after an outage of ten weeks", "note", 4),
    ],
)
def test_dates_that_knew_less_than_half_are_counted(lateness, severity, blind):
    found = list(known_late(known(lateness), LEARNING, AS_OF))
    assert [each.severity for each in found] == ([severity] if severity else [])
    assert all(
        f"{blind} of {len(DATES)} dates, up to 2025-01-06, knew less than half" in each.sentence for each in found
    )


def test_the_median_lateness_and_the_day_of_the_load_are_named():
    (found,) = known_late(known("the older half on one day"), LEARNING, AS_OF)
    assert found.sentence.startswith("it is known a median of 154 days late, 86% of it on 2025-01-06: ")
    assert found.sentence.endswith("or set clock.first_as_of to a date after 2025-01-06")


def test_dates_after_the_load_can_be_learned_from():
    learning = Learning(usage_from=FIRST, dates=DATES[Day("2025-01-06") < DATES])
    assert list(known_late(known("the older half on one day"), learning, AS_OF)) == []


@pytest.mark.parametrize(
    ("lateness", "date", "expected"),
    [
        ("at once", "2024-07-01", None),
        ("all on one day", "2025-01-06", "2025-01-06"),  # nothing was known before it
        ("all on one day", "2025-01-13", None),
        ("the older half on one day", "2024-07-01", "2024-07-01"),
        ("the older half on one day", "2025-01-13", None),
    ],
)
def test_the_record_begins_where_a_date_knew_of_it(lateness, date, expected):
    found = recorded_from(known(lateness), [Day(date)], FIRST)
    assert found == ({} if expected is None else {Day(date): Day(expected)})


@pytest.mark.parametrize(("begins", "held"), [("2024-01-01", False), ("2024-01-29", False), ("2024-01-30", True)])
def test_usage_that_begins_later_than_is_configured(begins, held):
    found = list(begins_later(known("at once", begins=begins), LEARNING, AS_OF))
    assert [each.severity for each in found] == ["hold"] * held
    assert all("clock.usage_from says 2024-01-01" in each.sentence and begins in each.sentence for each in found)
    late = recorded_from(known("at once", begins=begins), [Day("2024-07-01")], FIRST)
    assert late == ({Day("2024-07-01"): Day(begins)} if held else {})


def test_a_single_row_of_long_ago_is_no_beginning():
    rows = known("at once", begins="2024-10-01").columns["usage"]
    stray = pd.DataFrame({"day": [pd.Timestamp(FIRST)], "known_on": pd.Timestamp(FIRST), "facts": 1})
    found = recorded_from(Feeds({"usage": pd.concat([stray, rows])}), [AS_OF], FIRST)
    assert found == {AS_OF: Day("2024-10-01")}


def test_accounts_and_subscriptions_that_were_loaded_on_one_day_are_found_and_corrections_are_not(tmp_path):
    load = pd.Timestamp("2025-03-05")
    rows = contracts()
    again = rows.assign(known_at=load + pd.Timedelta(days=1))
    accounts = full("accounts", pd.DataFrame({"account_id": rows["account_id"], "created_on": "2024-01-01"}))
    accounts = accounts.assign(created_on=pd.Timestamp(FIRST), known_at=load)
    feeds = read_feeds(*write(tmp_path, daily(), subscriptions=pd.concat([rows, again]), accounts=accounts))
    learning = Learning(usage_from=day("2024-12-30"), dates=np.arange(Day("2025-02-17"), AS_OF + 1, 7))
    assert {each.feed: each.found for each in known_late(feeds, learning, AS_OF)} == {"accounts": 429.0}
