"""Silence through time: how long it is, and since when it is known."""

from io import StringIO

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import Day
from churnrisk.cohort.rules import Watch
from churnrisk.labels.label import label
from churnrisk.labels.meanings import Inactivity
from churnrisk.past.usage.activity import Activity

from .stories import LATER, WINDOW, outcomes, stories, subscriptions_of

INACTIVITY = {
    "a day now and then": (
        "2025-01-02 2025-01-09 2025-01-20 2025-01-30 2025-02-08 2025-02-20",
        """
        2025-01-06  too_little_activity  -
        2025-01-13  watched              stays
        """,
    ),
    "the last of many days": (
        "2025-01-01 2025-01-02 2025-01-30",
        """
        2025-01-06  watched           leaves
        2025-01-20  watched           leaves
        2025-01-27  inactive_already  -
        2025-02-10  watched           leaves
        2025-02-24  inactive_already  -
        """,
    ),
    "silent for three weeks and a day, less than it takes to leave from the date": (
        "2025-01-01 2025-01-12 2025-02-03 2025-02-10 2025-02-20 2025-03-01",
        """
        2025-01-13  watched  leaves
        2025-01-14  watched  stays
        """,
    ),
}


@pytest.mark.parametrize(("days", "expected"), stories(INACTIVITY))
def test_nothing_is_done_for_three_weeks(days, expected):
    active = pd.to_datetime(days.split())
    activity = Activity(pd.DataFrame({"account_id": "a", "day": active, "known_on": active}))
    watch = Watch(min_age_days=7, trials=False, activity=activity, min_active_days=2, inactive_days=21)
    sold = subscriptions_of("started_on\n2024-01-01")
    found, wanted = outcomes(sold, expected, Inactivity(activity, 21), watch)
    assert found == wanted


def test_activity_that_comes_in_late_counts_from_then_on():
    text = "account_id day known_on\na 2025-01-02 2025-01-02\na 2025-01-03 2025-01-25"
    days = pd.read_csv(StringIO(text), sep=" ", parse_dates=["day", "known_on"])
    seen = [Activity(days).summary(Day(date))["active_days"].tolist() for date in ("2025-01-20", "2025-01-26")]
    assert seen == [[1], [2]]


def test_silence_is_mature_only_when_late_activity_has_come_in():
    late = pd.DataFrame({"account_id": ["a"], "day": pd.to_datetime(["2025-02-01"])})
    snapshot = pd.DataFrame({"account_id": ["a"]})
    for known, expected in (("2025-02-15", 0.0), ("2025-02-18", 1.0)):
        activity = Activity(late.assign(known_on=pd.Timestamp(known)))
        found = label(snapshot, Day("2025-01-06"), WINDOW, Inactivity(activity, 28), LATER)["label"]
        np.testing.assert_array_equal(found, expected)
