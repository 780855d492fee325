"""Features of the other tables as sentences: a few rows of history, and the values on the date."""

import pytest

from .account import UNKNOWN, assert_values, values

CASES = {
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
            "subscriptions_started_last_year": 2,
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
    "what it has bought": (
        {
            "invoices": "account_id issued_on due_on amount\n"
            "a 2024-12-10 2024-12-20 100\na 2025-01-10 2025-01-20 300\na 2025-02-10 2025-02-20 200\n"
            "a 2025-02-20 2025-02-20 -50\na 2025-02-25 2025-02-25 -"
        },
        {
            "invoiced_ever": 550,
            "invoiced_rate": 550 * 365.25 / 12 / (98 + 14),
            "invoice_mean": 200,
            "invoice_largest": 300,
            "invoice_last": 200,
        },
    ),
    "an invoice that is not known yet, and one of the date itself": (
        {
            "invoices": "account_id issued_on due_on amount known_at\n"
            "a 2024-12-10 2024-12-20 100 -\na 2025-02-10 2025-02-20 300 2025-03-10\na 2025-03-10 2025-03-20 900 -"
        },
        {"invoiced_ever": 100, "invoice_largest": 100, "invoice_last": 100},
    ),
    "bought nothing": (
        {"invoices": "account_id issued_on due_on amount\nb 2024-12-10 2024-12-20 100"},
        {"invoiced_ever": 0, "invoiced_rate": 0, "invoice_mean": UNKNOWN, "invoice_last": UNKNOWN},
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
    assert_values(values(tmp_path, tables), expected)


def test_what_was_bought_before_the_record_is_not_known(tmp_path):
    invoices = "account_id issued_on due_on amount\na 2024-12-10 2024-12-20 100\na 2025-02-20 2025-03-01 300"
    found = values(tmp_path, {"invoices": invoices}, usage_from="2025-02-10")
    expected = {"invoiced_ever": UNKNOWN, "invoiced_rate": 300 * 365.25 / 12 / (28 + 14), "invoice_last": 300}
    assert_values(found, expected)


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
