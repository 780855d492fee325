"""Accounts through time: rows of a table, and what every date then makes of the account.

A story is one account's rows, then a line a date: the rule that leaves it out (or `watched`), and its label. Leaving
counts from 7 to 34 days after the date, and is certain 7 days later.
"""

from io import StringIO

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import Day, LabelWindow
from churnrisk.cohort import AT_RISK, Watch, cohort
from churnrisk.history.activity import Activity
from churnrisk.labels.label import label
from churnrisk.labels.meanings import Contraction, Inactivity, Logo, Meaning

from .tables import ledger

WINDOW = LabelWindow(lead_days=7, horizon_days=28, reporting_lag_days=7)
LATER = Day("2030-01-01")
WATCH = Watch(min_age_days=7, trials=False)

LOGO = {
    "a trial converts": (
        """
        started_on  ended_on    is_trial  planned_end_on
        2025-01-06  2025-02-03  true      2025-02-03
        2025-02-03  -           false     -
        """,
        """
        2025-01-06  not_started  -
        2025-01-20  in_trial     -
        2025-02-03  in_trial     -
        2025-02-10  watched      stays
        """,
    ),
    "a trial does not convert": (
        """
        started_on  ended_on    is_trial  planned_end_on
        2025-01-06  2025-02-03  true      2025-02-03
        """,
        """
        2025-01-20  in_trial   -
        2025-02-10  in_trial   -
        """,
    ),
    "two at once, one ends": (
        """
        started_on  ended_on
        2024-01-01  2025-02-03
        2024-06-01  -
        """,
        """
        2025-01-06  watched  stays
        2025-02-10  watched  stays
        """,
    ),
    "two at once, the last one ends": (
        """
        started_on  ended_on
        2024-01-01  2025-02-03
        2024-06-01  2025-03-03
        """,
        """
        2025-01-20  watched  stays
        2025-02-03  watched  leaves
        2025-02-24  watched  leaves
        2025-03-03  watched  too_late
        2025-03-10  churned  -
        """,
    ),
    "leaves, and returns after a gap": (
        """
        started_on  ended_on
        2024-01-01  2025-02-03
        2025-03-03  -
        """,
        """
        2025-01-06  watched    leaves
        2025-02-10  churned    -
        2025-03-03  churned    -
        2025-03-10  watched    stays
        """,
    ),
    "a day between two is a gap": (
        """
        started_on  ended_on
        2024-01-01  2025-02-03
        2025-02-04  -
        """,
        """
        2025-01-06  watched    leaves
        2025-02-10  too_young  -
        2025-02-17  watched    stays
        """,
    ),
    "a pause is no gap": (
        """
        started_on  ended_on    is_paused
        2024-01-01  2025-02-03  false
        2025-02-03  2025-03-03  true
        2025-03-03  -           false
        """,
        """
        2025-01-06  watched  stays
        2025-02-10  paused   -
        2025-03-03  paused   -
        2025-03-10  watched  stays
        """,
    ),
    "a pause that nobody comes back from": (
        """
        started_on  ended_on    is_paused
        2024-01-01  2025-02-03  false
        2025-02-03  2025-03-03  true
        """,
        """
        2025-01-20  watched  stays
        2025-01-27  watched  stays
        2025-02-03  watched  leaves
        2025-02-10  paused   -
        2025-03-10  churned  -
        """,
    ),
    "an upgrade ends one and starts another on the same day": (
        """
        started_on  ended_on    end_known_at  known_at    plan
        2024-01-01  2025-02-03  2025-01-10    -           basic
        2025-02-03  -           -             2025-01-10  pro
        """,
        """
        2025-01-06  watched  stays
        2025-01-13  watched  stays
        2025-02-10  watched  stays
        """,
    ),
    "notice is given": (
        """
        started_on  ended_on    end_known_at
        2024-01-01  2025-03-03  2025-02-05
        """,
        """
        2025-02-03  watched    leaves
        2025-02-10  in_notice  -
        2025-03-10  churned    -
        """,
    ),
    "notice is withdrawn": (
        """
        subscription_id  started_on  ended_on    end_known_at  known_at
        s                2024-01-01  -           -             2024-01-01
        s                2024-01-01  2025-03-03  2025-02-05    2025-02-05
        s                2024-01-01  -           -             2025-02-20
        """,
        """
        2025-02-03  watched    stays
        2025-02-10  in_notice  -
        2025-02-24  watched    stays
        """,
    ),
    "a cancellation is dated back": (
        """
        started_on  ended_on    end_known_at
        2024-01-01  2025-02-03  2025-03-05
        """,
        """
        2025-02-03  watched  too_late
        2025-03-03  watched  too_late
        2025-03-10  churned  -
        2024-12-30  watched  stays
        """,
    ),
    "a start is corrected": (
        """
        subscription_id  started_on  known_at
        s                2024-01-01  2024-01-01
        s                2025-02-17  2025-02-20
        """,
        """
        2025-02-17  watched    not_known
        2025-02-21  too_young  -
        2025-03-03  watched    stays
        """,
    ),
    "a fixed term ends as planned": (
        """
        started_on  planned_end_on
        2024-01-01  2025-03-03
        """,
        """
        2025-01-20  watched          stays
        2025-02-03  ends_as_planned  -
        2025-03-10  completed        -
        """,
    ),
    "a fixed term is cut short": (
        """
        started_on  planned_end_on  ended_on    end_known_at
        2024-01-01  2025-06-02      2025-03-03  2025-03-03
        """,
        """
        2025-02-03  watched          leaves
        2025-03-10  churned          -
        """,
    ),
}

CONTRACTION = {
    "half of the MRR goes": (
        """
        started_on  ended_on    mrr
        2024-01-01  2025-02-17  100
        2024-01-01  -           100
        """,
        """
        2025-01-06  watched  stays
        2025-01-20  watched  leaves
        2025-02-17  watched  too_late
        2025-02-24  watched  stays
        """,
    ),
    "a fifth goes, which is too little": (
        """
        started_on  ended_on    mrr
        2024-01-01  2025-02-17  20
        2024-01-01  -           80
        """,
        "2025-01-20  watched  stays",
    ),
    "a fifth twice, one after the other": (
        """
        started_on  ended_on    mrr
        2024-01-01  2025-02-10  20
        2024-01-01  2025-02-17  20
        2024-01-01  -           60
        """,
        """
        2025-01-20  watched  leaves
        2025-02-17  watched  stays
        """,
    ),
    "a smaller plan from the same day on": (
        """
        started_on  ended_on    mrr
        2024-01-01  2025-02-17  100
        2025-02-17  -           60
        """,
        "2025-01-20  watched  leaves",
    ),
    "a dearer plan from the same day on": (
        """
        started_on  ended_on    mrr
        2024-01-01  2025-02-17  100
        2025-02-17  -           150
        """,
        "2025-01-20  watched  stays",
    ),
    "a downgrade is known ahead": (
        """
        started_on  ended_on    end_known_at  known_at    mrr
        2024-01-01  2025-02-17  2025-01-15    -           100
        2025-02-17  -           -             2025-01-15  60
        """,
        """
        2025-01-14  watched    leaves
        2025-01-20  in_notice  -
        """,
    ),
    "half of it is a term that ends as planned": (
        """
        started_on  planned_end_on  mrr
        2024-01-01  2025-02-17      100
        2024-01-01  -               100
        """,
        """
        2025-01-06  watched          stays
        2025-01-20  ends_as_planned  -
        2025-02-24  watched          stays
        """,
    ),
    "a term that nobody knew of ends as planned": (
        """
        started_on  planned_end_on  known_at    mrr
        2024-01-01  2025-02-17      2025-01-25  100
        2024-01-01  -               2024-01-01  100
        """,
        "2025-01-20  watched  ends_as_planned",
    ),
    "a price that is not known": (
        """
        started_on  ended_on    mrr
        2024-01-01  2025-02-17  100
        2025-02-17  -           -
        """,
        "2025-01-20  watched  not_known",
    ),
    "a pause without a price": (
        """
        started_on  ended_on    is_paused  mrr
        2024-01-01  2025-02-17  false      100
        2025-02-17  2025-03-17  true       -
        2025-03-17  -           false      100
        """,
        "2025-01-20  watched  not_known",
    ),
    "a pause that keeps its price": (
        """
        started_on  ended_on    is_paused  mrr
        2024-01-01  2025-02-17  false      100
        2025-02-17  2025-03-17  true       100
        2025-03-17  -           false      100
        """,
        "2025-01-20  watched  stays",
    ),
    "nothing is paid": (
        """
        started_on  mrr
        2024-01-01  -
        """,
        "2025-01-20  no_price  -",
    ),
}

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


def stories(cases: dict[str, tuple[str, str]]) -> list:
    return [pytest.param(*case, id=name) for name, case in cases.items()]


def told(subscriptions: str, expected: str, meaning: str, watch: Watch = WATCH, activity: Activity | None = None):
    """What every date makes of the account, and what it should."""
    header, *lines = subscriptions.strip().splitlines()
    sold = ledger("subscriptions", "\n".join([f"account_id {header}", *(f"a {line}" for line in lines)]))
    meanings: dict[str, Meaning] = {"logo": Logo(sold), "contraction": Contraction(sold, 0.3)}
    if activity is not None:
        meanings["inactivity"] = Inactivity(activity, 21)
    wanted = [tuple(line.split()) for line in expected.strip().splitlines()]
    found = [(date, *of_date(sold, Day(date), meanings[meaning], watch)) for date, _, _ in wanted]
    return found, wanted


def of_date(sold, as_of: Day, meaning: Meaning, watch: Watch) -> tuple[str, str]:
    accounts = ledger("accounts", "account_id created_on\na 2023-01-01")
    rows = cohort(accounts, sold, as_of, WINDOW, watch)
    rule = rows["rule"].iloc[0]
    if rule != AT_RISK:
        return rule.replace(" ", "_"), "-"
    row = label(rows, as_of, WINDOW, meaning, LATER).iloc[0]
    words = {0.0: "stays", 1.0: "leaves"}
    return "watched", words.get(row["label"], row["rule"].replace(" ", "_"))


@pytest.mark.parametrize(("subscriptions", "expected"), stories(LOGO))
def test_all_subscriptions_end(subscriptions, expected):
    found, wanted = told(subscriptions, expected, "logo")
    assert found == wanted


@pytest.mark.parametrize(("subscriptions", "expected"), stories(CONTRACTION))
def test_mrr_falls_by_three_tenths(subscriptions, expected):
    found, wanted = told(subscriptions, expected, "contraction", Watch(7, trials=False, contraction_share=0.3))
    assert found == wanted


@pytest.mark.parametrize(("days", "expected"), stories(INACTIVITY))
def test_nothing_is_done_for_three_weeks(days, expected):
    active = pd.to_datetime(days.split())
    activity = Activity(pd.DataFrame({"account_id": "a", "day": active, "known_on": active}))
    watch = Watch(7, trials=False, activity=activity, min_active_days=2, inactive_days=21)
    found, wanted = told("started_on\n2024-01-01", expected, "inactivity", watch, activity)
    assert found == wanted


def test_a_return_is_a_new_spell_with_a_new_tenure():
    text = "account_id started_on ended_on\na 2024-01-01 2025-02-03\na 2025-03-03 -"
    accounts = ledger("accounts", "account_id created_on\na 2023-01-01")
    starts = [
        cohort(accounts, ledger("subscriptions", text), Day(date), WINDOW, WATCH)["spell_started_on"].iloc[0]
        for date in ("2025-01-06", "2025-03-10")
    ]
    assert [str(start.date()) for start in starts] == ["2024-01-01", "2025-03-03"]


def test_activity_that_comes_in_late_counts_from_then_on():
    text = "account_id day known_on\na 2025-01-02 2025-01-02\na 2025-01-03 2025-01-25"
    days = pd.read_csv(StringIO(text), sep=" ", parse_dates=["day", "known_on"])
    seen = [Activity(days).summary(Day(date))["active_days"].tolist() for date in ("2025-01-20", "2025-01-26")]
    assert seen == [[1], [2]]


def test_silence_is_certain_only_when_late_activity_has_come_in():
    late = pd.DataFrame({"account_id": ["a"], "day": pd.to_datetime(["2025-02-01"])})
    snapshot = pd.DataFrame({"account_id": ["a"]})
    for known, expected in (("2025-02-15", 0.0), ("2025-02-18", 1.0)):
        activity = Activity(late.assign(known_on=pd.Timestamp(known)))
        found = label(snapshot, Day("2025-01-06"), WINDOW, Inactivity(activity, 28), LATER)["label"]
        np.testing.assert_array_equal(found, expected)
