"""Features as sentences: a few rows of history, a date, and the values that are expected on it."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import Day, Grid
from churnrisk.contract import TABLES
from churnrisk.features.catalogue import catalogue
from churnrisk.features.compute import compute_all
from churnrisk.history.past import Company, Step, pasts
from churnrisk.intake.rollup import rollup

from ..tables import rows

AS_OF = Day("2025-03-10")
START = {"accounts": "account_id created_on\na 2024-12-02", "subscriptions": "account_id started_on\na 2024-12-02"}
STEPS = {"first_report": Step("report", 1, 14), "three_reports": Step("report", 3, 60)}
TOLD = {
    "milestone": tuple(STEPS),
    "key_event": ("report",),
    "key_events": ("report", "login"),
    "advanced_events": ("api", "macro"),
    "education_events": ("webinar",),
    "help_events": ("help",),
    "integration_events": ("crm", "api"),
    "platform_events": ("login", "mobile"),
    "invite_events": ("invite",),
    "community_events": ("post",),
    "new_events": ("macro",),
    "plan_order": ("basic", "team"),
    "cadence_days": 7,
    "onboarding_days": 90,
    "renewal_window_days": 60,
}
RELEASED = {"macro": Day("2025-01-01"), "crm": Day("2024-01-01"), "fax": Day("2024-01-01"), "voice": Day("2025-03-10")}
COLUMNS = {f"{table}.{column}" for table in TABLES for column in TABLES[table].columns}
UNKNOWN = None


def values(
    tmp_path, tables: dict[str, str], feed_starts: str = "2024-11-04", settle_days: int = 0
) -> dict[str, object]:
    """Every feature of account `a` on the date."""
    given = {name: rows(name, text) for name, text in (START | tables).items()}
    usage = given.pop("usage", rows("usage", "account_id day event\na 2024-12-03 login"))
    (tmp_path / "tables" / "usage").mkdir(parents=True)
    for month, part in usage.groupby(usage["day"].dt.strftime("%Y-%m")):
        part.to_parquet(tmp_path / "tables" / "usage" / f"{month}.parquet", index=False)
    rollup(tmp_path / "tables", tmp_path / "usage")
    company = Company(
        tmp_path / "usage",
        given,
        Grid(AS_OF),
        Day(feed_starts),
        settle_days,
        STEPS,
        bool(usage["user_id"].notna().any()),
        RELEASED,
    )
    start = given["subscriptions"]["started_on"].max()
    snapshots = given["accounts"][["account_id"]].assign(as_of=AS_OF.astype("M8[us]"), spell_started_on=start)
    (past,) = pasts(company, snapshots)
    on, _ = catalogue({*past.views(), *COLUMNS}, {}, TOLD)
    return compute_all([each for each in on if not each.base], [past], TOLD).iloc[0].to_dict()


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
    "people": (
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
    "support": (
        {
            "tickets": "account_id opened_at closed_at severity kind satisfaction\n"
            "a 2025-02-08 2025-02-10 1 complaint 2\na 2025-02-28 2025-03-10 3 question 5\na 2024-06-01 - 4 question -"
        },
        {
            "open_tickets": 2,
            "oldest_open_ticket": 282,
            "tickets_last_quarter": 2,
            "urgent_tickets_last_quarter": 1,
            "complaints_last_half_year": 1,
            "support_satisfaction": 2,
        },
    ),
    "what it pays": (
        {
            "subscriptions": "account_id started_on ended_on plan seats mrr term_months auto_renew\n"
            "a 2024-01-15 2024-12-02 basic 3 50 12 true\na 2024-12-02 - team 10 100 6 true\n"
            "a 2025-01-10 - addon 2 20 1 false"
        },
        {
            "mrr": 120,
            "plan": "team",
            "seats": 12,
            "term_months": 6,
            "days_to_renewal": 0,
            "auto_renews": 1,
            "mrr_against_half_year_ago": 2.4,
            "subscription_changes": 2,
        },
    ),
    "prices not known": ({}, {"mrr": UNKNOWN, "seats": UNKNOWN, "plan": UNKNOWN, "mrr_against_half_year_ago": UNKNOWN}),
    "invoices": (
        {
            "invoices": "account_id issued_on due_on paid_on\n"
            "a 2025-01-01 2025-01-15 2025-01-25\na 2025-02-01 2025-02-28 2025-03-10\na 2025-03-01 2025-03-31 -"
        },
        {"overdue_invoices": 1, "days_late": 10},
    ),
    "surveys": (
        {
            "surveys": "account_id sent_on answered_on score\n"
            "a 2024-12-20 2024-12-22 9\na 2025-01-20 2025-01-25 6\na 2025-02-20 2025-03-12 1"
        },
        {"survey_score": 6, "survey_score_change": -1.5, "days_since_survey_answer": 44, "surveys_unanswered": 1},
    ),
    "contacts": (
        {
            "touchpoints": "account_id happened_at kind answered\n"
            "a 2025-02-01 call true\na 2025-02-20 email true\na 2025-03-01 call false\na 2025-03-05 email false"
        },
        {"days_since_conversation": 37, "contacts_last_month": 3, "contacts_unanswered": 2},
    ),
    "a meeting in the calendar has not happened": (
        {"touchpoints": "account_id happened_at kind answered known_at\na 2025-03-20 qbr true 2025-03-01"},
        {"days_since_conversation": UNKNOWN, "contacts_last_month": 0},
    ),
    "an add-on without a price is not the main subscription": (
        {"subscriptions": "account_id started_on plan mrr\na 2024-12-02 team 10\na 2025-01-02 free -"},
        {"plan": "team", "mrr": 10},
    ),
    "of two that pay the same, the one that began last is the main one": (
        {
            "subscriptions": "account_id started_on mrr plan known_at\n"
            "a 2024-12-02 50 basic 2025-01-20\na 2025-01-15 50 team 2025-01-15"
        },
        {"plan": "team", "mrr": 100},
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
    "service": (
        {
            "tickets": "account_id opened_at answered_at closed_at reopened_at promised_hours\n"
            "a 2025-02-01T00:00 2025-02-01T06:00 2025-02-03 2025-02-20 4\n"
            "a 2025-02-10T00:00 2025-02-10T02:00 2025-02-11 2025-03-11 4\n"
            "a 2025-03-09T18:00 - - - 2\n"
            "a 2024-06-01T00:00 2024-06-09T00:00 2024-06-10 2024-06-20 1"
        },
        {
            "first_answer_hours": 4,
            "answers_later_than_promised": 2 / 3,
            "days_to_close": 1.5,
            "reopened_last_quarter": 1,
            "unheard_decline": UNKNOWN,
        },
    ),
    "unhappy, and silent about it": (
        {
            "usage": "account_id day event quantity\na 2024-12-10 login 24\na 2025-02-20 login 2",
            "tickets": "account_id opened_at\na 2024-12-05",
        },
        {"unheard_decline": 0.5 / 2.4},
    ),
    "terms": (
        {
            "subscriptions": "account_id started_on ended_on plan seats mrr term_months notice_days discount_ends_on\n"
            "a 2023-06-01 2024-06-01 basic 2 20 12 - -\na 2024-06-01 - team 4 60 6 30 2025-04-09"
        },
        {
            "renewals": 1,
            "days_to_renewal": 83,
            "days_to_notice_deadline": 53,
            "days_to_end_of_discount": 30,
            "seat_price_against_year_ago": 1.5,
            "plan_rank": 2,
            "tenure": 282,
            "days_to_anniversary": 83,
        },
    ),
    "the notice deadline has passed, and the discount is over": (
        {
            "subscriptions": "account_id started_on plan term_months notice_days discount_ends_on\n"
            "a 2024-03-20 gold 12 30 2025-01-01"
        },
        {
            "days_to_notice_deadline": UNKNOWN,
            "days_to_end_of_discount": UNKNOWN,
            "plan_rank": UNKNOWN,
            "lifecycle_stage": "lapsing",
        },
    ),
    "payments": (
        {
            "subscriptions": "account_id started_on mrr\na 2024-12-02 50",
            "invoices": "account_id issued_on due_on paid_on failed_on amount\n"
            "a 2024-03-01 2024-03-31 2024-04-02 - 50\na 2024-10-01 2024-10-31 2024-11-06 - 50\n"
            "a 2025-01-01 2025-01-31 - 2025-01-31 75\na 2025-02-01 2025-02-14 2025-02-18 - 50",
        },
        {
            "overdue_invoices": 1,
            "oldest_overdue_invoice": 38,
            "failed_payments": 1,
            "days_late": (6 + 38 + 4) / 3,
            "days_late_against_own_habit": (38 + 4) / 2 - (2 + 6) / 2,
        },
    ),
    "nothing was asked of them, and nothing was due": (
        {
            "surveys": "account_id sent_on answered_on\nb 2025-01-20 2025-01-25",
            "goals": "account_id set_on due_on\na 2024-12-02 2025-04-01",
        },
        {"surveys_unanswered": UNKNOWN, "goals_missed_in_a_row": UNKNOWN, "goals_missed": 0},
    ),
    "renewed on calendar dates": (
        {"subscriptions": "account_id started_on mrr term_months\na 2025-01-10 9 1\na 2024-12-02 1 0"},
        {"renewals": 2},
    ),
    "a term of nothing never renews": (
        {"subscriptions": "account_id started_on term_months\na 2024-12-02 0"},
        {"renewals": UNKNOWN},
    ),
    "opened again": (
        {"tickets": "account_id opened_at closed_at reopened_at\na 2025-02-01 2025-02-03 2025-02-08"},
        {"open_tickets": 1, "oldest_open_ticket": 37},
    ),
    "neglected": (
        {
            "touchpoints": "account_id happened_at kind answered\n"
            "a 2024-12-30 qbr true\na 2025-02-20 email true\na 2025-03-05 email false\na 2025-03-06 qbr false"
        },
        {"days_since_review": 70, "contacts_last_fortnight": 2, "emails_last_month": 2},
    ),
    "goals": (
        {
            "goals": "account_id set_on due_on reached_on result result_known_at weight\n"
            "a 2024-12-02 2025-01-10 2025-01-08 0.8 2025-01-22 0.2\n"
            "a 2024-12-02 2025-02-10 2025-02-14 0.4 2025-03-10 0.3\n"
            "a 2024-12-02 2025-03-01 - - - 0.2\n"
            "a 2024-12-02 2025-03-20 - - - 0.3"
        },
        {
            "goals_due": 3,
            "goals_reached_share": 2 / 3,
            "goals_missed": 1,
            "goals_missed_in_a_row": 1,
            "days_since_missed_goal": 9,
            "goal_lateness": 1,
            "last_goal_lateness": 4,
            "days_since_goal": 24,
            "goal_result": 0.8,
            "last_goal_result": 0.8,
            "goal_weight_earned": 0.4,
            "goals_due_next_month": 1,
            "days_to_next_goal": 10,
            "goal_weight_due": 0.7,
        },
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_was_known_of_an_account(tmp_path, case):
    tables, expected = CASES[case]
    found = values(tmp_path, tables)
    for name, value in expected.items():
        if value is UNKNOWN:
            assert found[name] != found[name], name
        elif isinstance(value, str):
            assert found[name] == value, name
        else:
            assert found[name] == pytest.approx(value, rel=1e-6), name


def test_what_happened_before_usage_was_recorded_is_not_known(tmp_path):
    tables = {"usage": "account_id day event quantity\na 2025-02-12 report 1"}
    found = values(tmp_path, tables, feed_starts="2025-02-10")
    unknown = ["days_to_first_report", "milestones_reached", "milestones_overdue", "first_month_usage"]
    assert np.isnan([found[name] for name in [*unknown, "usage_against_own_quarter"]]).all()
    assert found["usage_last_month"] == 0.25


def test_days_that_may_not_be_complete_are_not_seen(tmp_path):
    tables = {"usage": "account_id day event\na 2025-03-08 login\na 2025-03-06 login"}
    assert values(tmp_path, tables, settle_days=2)["days_since_active"] == 4


STAGES = {  # usage, subscription: what stage that is
    "trial": ("a 2025-03-05 login", "a 2025-02-24 true -"),
    "lapsing": ("a 2025-02-05 login", "a 2024-02-24 false -"),
    "renewal window": ("a 2025-03-05 login", "a 2024-04-10 false 12"),
    "onboarding": ("a 2025-03-05 login", "a 2025-01-20 false 12"),
    "adopted": ("a 2025-03-05 login", "a 2024-10-20 false 12"),
    "established": ("a 2025-03-05 login", "a 2023-10-20 false 12"),
}


@pytest.mark.parametrize("stage", STAGES)
def test_each_stage_of_life(tmp_path, stage):
    usage, subscription = STAGES[stage]
    tables = {
        "usage": f"account_id day event\n{usage}",
        "subscriptions": f"account_id started_on is_trial term_months\n{subscription}",
    }
    assert values(tmp_path, tables)["lifecycle_stage"] == stage


def test_a_monthly_contract_is_not_always_about_to_renew(tmp_path):
    tables = {
        "usage": "account_id day event\na 2025-03-05 login",
        "subscriptions": "account_id started_on term_months\na 2024-06-20 1",
    }
    assert values(tmp_path, tables)["lifecycle_stage"] == "adopted"


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


def test_people_from_before_the_record_are_not_known_to_be_few(tmp_path):
    usage = {"usage": "account_id user_id day event\na u 2025-03-04 login"}
    found = values(tmp_path, usage, feed_starts="2025-03-03")
    assert np.isnan([found["active_people"], found["seats_in_use"], found["people_lost"]]).all()
    assert values(tmp_path / "young", usage)["active_people"] == 1
