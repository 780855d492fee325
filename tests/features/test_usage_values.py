"""Features of usage, milestones and users as sentences: a few rows of history, and the values on the date."""

import numpy as np
import pandas as pd
import pytest

from .account import UNKNOWN, assert_values, values

RHYTHM = ("2024-12-20", "2025-01-23", "2025-01-24", "2025-02-14", "2025-02-18")
"""Gaps of 34, 1, 21 and 4 days, and 20 days of silence."""

CASES = {
    "active lately": (
        {"usage": "account_id day event quantity\na 2025-03-03 login 2\na 2025-03-09 report 3\na 2025-02-24 login 5"},
        {
            "days_since_active": 1,
            "usage_last_week": 5,
            "usage_last_month": 2.5,
            "active_days_last_month": 3,
            "events_used": 2,
            "most_used_share": 0.7,
            "report_last_month": 0.75,
            "days_since_report": 1,
            "usage_against_own_quarter": UNKNOWN,
            "usage_against_fortnight_before": UNKNOWN,
        },
    ),
    "fading": (
        {"usage": "account_id day event quantity\na 2024-12-10 login 24\na 2025-02-20 login 2"},
        {"usage_against_own_quarter": 0.5 / 2.4, "days_since_active": 18, "advanced_share": 0, "weeks_of_decline": 0},
    ),
    "on the date itself is not seen": (
        {"usage": "account_id day event\na 2025-03-10 login"},
        {"days_since_active": UNKNOWN, "usage_last_week": 0},
    ),
    "arrived late, and known": (
        {"usage": "account_id day event known_at\na 2025-02-03 login 2025-03-04"},
        {"days_since_active": 35, "usage_last_week": 0, "active_weeks_last_quarter": 1},
    ),
    "arrived late, not known yet": (
        {"usage": "account_id day event known_at\na 2025-02-03 login 2025-03-10"},
        {"days_since_active": UNKNOWN, "active_weeks_last_quarter": 0},
    ),
    "two days of one week, one of them late": (
        {"usage": "account_id day event known_at\na 2025-02-03 login -\na 2025-02-04 login 2025-03-01"},
        {"active_weeks_last_quarter": 1, "days_since_active": 34},
    ),
    "a rhythm of its own": (
        {"usage": "account_id day event\n" + "\n".join(f"a {on} login" for on in RHYTHM)},
        {
            "active_days_ever": 5,
            # 98 days observed, and 14 more.
            "active_days_rate": 5 / 112,
            "own_gap_mean": 15,
            "own_gap_median": 12.5,
            "own_gap_longest": 34,
            "own_gap_last": 4,
            "own_gap_spread": 178.5**0.5,
            "own_gap_variation": 178.5**0.5 / 15,
            "silence_against_mean_gap": 20 / 15,
            "silence_against_median_gap": 20 / 12.5,
            "silence_against_longest_gap": 20 / 34,
            "longer_gaps_share": 0.5,
            # A Gamma of 1 + 5 active days in 7 + 98 days, and none in the 60 days of the horizon.
            "inactivity_at_own_rate": round((105 / 165) ** 6, 6),
        },
    ),
    "one active day is no gap": (
        {"usage": "account_id day event\na 2025-03-01 login"},
        {
            "active_days_ever": 1,
            "own_gap_mean": UNKNOWN,
            "own_gap_last": UNKNOWN,
            "silence_against_longest_gap": UNKNOWN,
            "longer_gaps_share": UNKNOWN,
            "inactivity_at_own_rate": round((105 / 165) ** 2, 6),
        },
    ),
    "one gap is no spread": (
        {"usage": "account_id day event\na 2025-03-01 login\na 2025-03-04 login"},
        {"own_gap_mean": 3, "own_gap_spread": UNKNOWN, "own_gap_variation": UNKNOWN, "silence_against_mean_gap": 2},
    ),
    "never active": (
        {"usage": "account_id day event\na 2025-03-10 login"},
        {"active_days_ever": 0, "active_days_rate": 0, "inactivity_at_own_rate": round(105 / 165, 6)},
    ),
    "days before the start are not of this life": (
        {"usage": "account_id day event\na 2024-11-20 login\na 2025-03-01 login\na 2025-03-04 login"},
        {"active_days_ever": 2, "own_gap_longest": 3},
    ),
    "milestones": (
        {"usage": "account_id day event quantity\na 2024-12-12 report 1\na 2025-03-10 report 2"},
        {
            "tenure": 98,
            "days_to_first_report": 10,
            "days_without_first_report": UNKNOWN,
            "days_to_three_reports": UNKNOWN,
            "days_without_three_reports": 98,
            "milestones_reached": 0.5,
            "milestones_overdue": 1,
            "days_since_milestone": 88,
            "first_week_active_days": 1,
            "first_month_active_days": 1,
        },
    ),
    "users": (
        {
            "usage": "account_id user_id day event quantity\n"
            "a u 2025-03-04 login 1\na v 2025-01-20 login 6\na w 2025-02-12 login 3",
            "subscriptions": "account_id started_on seats\na 2024-12-02 4",
        },
        {
            "active_people": 2,
            "seats_in_use": 0.5,
            "people_lost": 1.0,
            "heaviest_person_share": 0.6,
            "heaviest_person_silent": 49,
        },
    ),
    "parts of the product": (
        {
            "usage": "account_id day event quantity\n"
            "a 2025-03-03 login 6\na 2025-03-02 api 3\na 2025-02-20 macro 1\na 2025-01-06 webinar 1\n"
            "a 2025-03-01 help 8\na 2025-01-15 crm 2\na 2025-02-03 post 1\na 2025-02-01 invite 2"
        },
        {
            "key_events_unused": 1,
            "platforms_used": 1,
            "integrations_used": 2,
            "new_features_tried": 1,
            "advanced_share": 4 / 24,
            "days_since_training": 63,
            "help_visits_last_month": 2,
            "community_last_quarter": 1,
            "days_since_community": 35,
            "invites_last_quarter": 2,
        },
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_was_known_of_an_account(tmp_path, case):
    tables, expected = CASES[case]
    assert_values(values(tmp_path, tables), expected)


def test_what_happened_before_usage_was_recorded_is_not_known(tmp_path):
    tables = {"usage": "account_id day event quantity\na 2025-02-12 report 1"}
    found = values(tmp_path, tables, usage_from="2025-02-10")
    unknown = ["days_to_first_report", "milestones_reached", "milestones_overdue", "first_month_usage"]
    assert np.isnan([found[name] for name in [*unknown, "usage_against_own_quarter"]]).all()
    assert found["usage_last_month"] == 0.25


def test_a_life_that_began_before_the_record_is_known_from_there_on(tmp_path):
    tables = {"usage": "account_id day event\na 2025-02-12 login\na 2025-02-20 login"}
    expected = {
        "active_days_ever": UNKNOWN,
        # 28 days observed, and 14 more; and 7 more.
        "active_days_rate": 2 / 42,
        "own_gap_longest": 8,
        "inactivity_at_own_rate": round((35 / 95) ** 3, 6),
    }
    assert_values(values(tmp_path, tables, usage_from="2025-02-10"), expected)


def test_days_that_may_still_settle_are_not_observed(tmp_path):
    found = values(tmp_path, {"usage": "account_id day event\na 2025-03-01 login"}, settle_days=5)
    assert_values(found, {"active_days_rate": 1 / (93 + 14), "active_days_ever": 1})


def test_where_no_day_is_observed_yet_there_is_no_rate(tmp_path):
    found = values(tmp_path, {"usage": "account_id day event\na 2025-03-11 login"}, usage_from="2025-03-10")
    names = ("active_days_rate", "inactivity_at_own_rate", "active_days_ever")
    assert_values(found, dict.fromkeys(names, UNKNOWN))


@pytest.mark.parametrize(("events", "gap"), [((), 2), (("report",), 9), (("report", "login"), 2)])
def test_activity_is_what_the_company_calls_so(tmp_path, events, gap):
    usage = "account_id day event\na 2025-02-01 report\na 2025-02-08 login\na 2025-02-10 report"
    assert values(tmp_path, {"usage": usage}, activity_events=events)["own_gap_last"] == gap


def test_days_that_may_not_be_complete_are_not_seen(tmp_path):
    tables = {"usage": "account_id day event\na 2025-03-08 login\na 2025-03-06 login"}
    assert values(tmp_path, tables, settle_days=2)["days_since_active"] == 4


def test_weeks_before_the_start_are_no_decline(tmp_path):
    """Steady from the first day on, seven weeks ago."""
    days = "\n".join(f"a {day:%Y-%m-%d} login" for day in pd.date_range("2025-01-20", "2025-03-09", freq="7D"))
    tables = {
        "accounts": "account_id created_on\na 2025-01-20",
        "subscriptions": "account_id started_on\na 2025-01-20",
        "usage": f"account_id day event\n{days}",
    }
    found = values(tmp_path, tables)
    assert found["usage_against_own_quarter"] == 1
    assert found["usage_last_month"] == 1
    assert found["silence_against_own_gap"] == 1
    assert found["first_week_active_days"] == 1
    assert np.isnan([found["usage_slope"], found["usage_variation"]]).all()


def test_what_may_still_arrive_is_no_silence(tmp_path):
    usage = "\n".join(f"a {day:%Y-%m-%d} login" for day in pd.date_range("2025-01-20", "2025-03-04"))
    found = values(tmp_path, {"usage": f"account_id day event\n{usage}"}, settle_days=5)
    assert found["days_since_active"] == 6
    assert found["silence_against_own_gap"] == pytest.approx(1 / (84 / 37))


def test_users_from_before_the_record_are_not_known_to_be_few(tmp_path):
    usage = {"usage": "account_id user_id day event\na u 2025-03-04 login"}
    found = values(tmp_path, usage, usage_from="2025-03-03")
    assert np.isnan([found["active_people"], found["seats_in_use"], found["people_lost"]]).all()
    assert values(tmp_path / "young", usage)["active_people"] == 1
