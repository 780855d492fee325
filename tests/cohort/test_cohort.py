"""Whom to watch: each rule as a small table of subscriptions and the rule that is expected on one date."""

import numpy as np
import pytest

from churnrisk.clock import Day, LabelWindow
from churnrisk.cohort import rules
from churnrisk.cohort.cohort import cohort
from churnrisk.cohort.rules import AT_RISK, RULES, Candidates, Watch
from churnrisk.rules import Rule, Rules

from ..tables import ledger

AS_OF = Day("2025-03-10")
WINDOW = LabelWindow(lead_days=14, horizon_days=90)

CASES = {
    "runs": ("started_on\n2024-01-01", AT_RISK),
    "begins on the date": ("started_on\n2025-03-10", "not started"),
    "is signed, and begins later": ("started_on known_at\n2025-04-01 2025-02-01", "not started"),
    "has ended": ("started_on ended_on\n2024-01-01 2025-03-01", "churned"),
    "ends on the date, not known before": ("started_on ended_on\n2024-01-01 2025-03-10", AT_RISK),
    "ended, but nobody knew yet": ("started_on ended_on end_known_at\n2024-01-01 2025-03-01 2025-03-20", AT_RISK),
    "gave notice": ("started_on ended_on end_known_at\n2024-01-01 2025-06-30 2025-03-05", "in notice"),
    "will give notice": ("started_on ended_on end_known_at\n2024-01-01 2025-06-30 2025-03-10", AT_RISK),
    "moves to another plan the same day": (
        "started_on ended_on end_known_at known_at\n"
        "2024-01-01 2025-04-01 2025-03-01 -\n"
        "2025-04-01 -          -          2025-03-01",
        AT_RISK,
    ),
    "keeps one of two": ("started_on ended_on\n2024-01-01 2025-01-01\n2024-06-01 -", AT_RISK),
    "a term ends inside the window": ("started_on planned_end_on\n2024-09-01 2025-06-01", "ends as planned"),
    "a term ends with the window": ("started_on planned_end_on\n2024-09-01 2025-06-22", AT_RISK),
    "a term has ended": ("started_on planned_end_on\n2024-09-01 2025-02-01", "completed"),
    "a term was cut short": ("started_on planned_end_on ended_on\n2024-09-01 2025-06-22 2025-02-01", "churned"),
    "is on trial": ("started_on is_trial\n2025-01-01 true", "in trial"),
    "has converted": ("started_on ended_on is_trial\n2025-01-01 2025-02-01 true\n2025-02-01 - false", AT_RISK),
    "has just begun": ("started_on\n2025-02-20", "too young"),
    "came back": ("started_on ended_on\n2023-01-01 2024-01-01\n2024-07-01 -", AT_RISK),
    "is paused": ("started_on ended_on is_paused\n2024-01-01 2025-03-01 false\n2025-03-01 - true", "paused"),
    "is paused, and the day of its return is known": (
        "started_on ended_on end_known_at is_paused\n"
        "2024-01-01 2025-03-01 2025-02-20 false\n2025-03-01 2025-06-01 2025-02-20 true",
        "paused",
    ),
    "is paused for a term": (
        "started_on ended_on planned_end_on is_paused\n2024-01-01 2025-03-01 - false\n2025-03-01 - 2025-06-01 true",
        "paused",
    ),
    "is paused, and its return is entered": (
        "started_on ended_on end_known_at known_at is_paused\n2024-01-01 2025-03-01 - - false\n"
        "2025-03-01 2025-06-01 2025-02-20 2025-02-20 true\n2025-06-01 - - 2025-02-20 false",
        "paused",
    ),
    "will be paused": (
        "started_on ended_on end_known_at known_at is_paused\n"
        "2024-01-01 2025-04-01 2025-02-20 - false\n2025-04-01 2025-06-01 2025-02-20 2025-02-20 true",
        AT_RISK,
    ),
    "did not come back from a pause": (
        "started_on ended_on end_known_at is_paused\n"
        "2024-01-01 2025-02-01 2025-01-20 false\n2025-02-01 2025-03-01 2025-01-20 true",
        "churned",
    ),
    "gave notice in a pause": (
        "started_on ended_on end_known_at is_paused end_reason\n"
        "2024-01-01 2025-03-01 2025-02-20 false -\n2025-03-01 2025-06-30 2025-03-05 true price",
        "in notice",
    ),
    "a term is over, and it renews by itself": (
        "started_on planned_end_on auto_renew\n2024-02-01 2025-02-01 true",
        AT_RISK,
    ),
    "a term is over, and it does not renew": (
        "started_on planned_end_on auto_renew\n2024-02-01 2025-02-01 false",
        "completed",
    ),
    "renewed, and has ended since": (
        "started_on planned_end_on ended_on auto_renew\n2024-02-01 2025-02-01 2025-03-01 true",
        "churned",
    ),
    "was paused": ("started_on ended_on is_paused\n2024-01-01 2025-01-01 true\n2025-01-01 - false", AT_RISK),
    "pauses one of two": ("started_on is_paused\n2024-01-01 true\n2024-01-01 false", AT_RISK),
    "came back just now": ("started_on ended_on\n2023-01-01 2024-01-01\n2025-03-01 -", "too young"),
}


def found(subscriptions: str, accounts: str = "account_id created_on\na 2023-01-01", trials: bool = False) -> str:
    header, *lines = subscriptions.splitlines()
    text = "\n".join([f"account_id {header}", *(f"a {line}" for line in lines)])
    rows = cohort(
        ledger("accounts", accounts),
        ledger("subscriptions", text),
        AS_OF,
        WINDOW,
        Watch(min_age_days=28, trials=trials),
    )
    return str(rows["rule"].iloc[0])


@pytest.mark.parametrize("case", CASES)
def test_who_is_watched_and_who_is_left_out(case):
    subscriptions, rule = CASES[case]
    assert found(subscriptions) == rule


def test_our_own_accounts_are_left_out():
    assert found("started_on\n2024-01-01", "account_id created_on is_internal\na 2023-01-01 true") == "internal"


def test_trials_are_watched_when_asked_for():
    assert found("started_on is_trial\n2025-01-01 true", trials=True) == AT_RISK


def test_a_spell_starts_anew_after_a_gap():
    text = "account_id started_on ended_on\na 2023-01-01 2024-01-01\na 2024-07-01 -"
    accounts = ledger("accounts", "account_id created_on\na 2023-01-01")
    rows = cohort(accounts, ledger("subscriptions", text), AS_OF, WINDOW, Watch(min_age_days=0, trials=False))
    assert str(rows["spell_started_on"].iloc[0].date()) == "2024-07-01"


def test_every_account_that_is_left_out_is_left_out_by_a_rule_of_the_list():
    """And every rule of subscriptions has a case above; the others are held by the stories through time."""
    by_case = {rule for _, rule in CASES.values()} - {AT_RISK}
    others = {"internal", "no price", "inactive already", "too little activity"}
    assert by_case | others == set(RULES.words)


def test_a_rule_that_is_added_is_asked_and_not_dropped(monkeypatch):
    whim = Rule("on a whim", "nobody is watched this week", lambda each: np.ones(len(each.accounts), bool))
    monkeypatch.setattr(rules, "RULES", Rules([*RULES, whim]))
    assert found("started_on\n2024-01-01") == "on a whim"
    assert found("started_on ended_on\n2024-01-01 2025-03-01") == "churned"


@pytest.mark.parametrize(("price", "rule"), [("10", "in notice"), ("-", AT_RISK)])
def test_a_fall_is_not_known_where_a_price_is_not(price, rule):
    text = (
        "account_id started_on ended_on end_known_at mrr\n"
        f"a 2024-01-01 2025-09-30 2025-03-01 90\na 2024-01-01 - - {price}"
    )
    accounts, sold = ledger("accounts", "account_id created_on\na 2023-01-01"), ledger("subscriptions", text)
    watch = Watch(min_age_days=28, trials=False, contraction_share=0.5)
    assert cohort(accounts, sold, AS_OF, WINDOW, watch)["rule"].tolist() == [rule]


@pytest.mark.parametrize(("reason", "rule"), [("-", "paused"), ("price", "in notice")])
def test_the_known_return_from_a_pause_is_no_fall_of_revenue(reason, rule):
    text = (
        "account_id started_on ended_on end_known_at is_paused mrr end_reason\n"
        "a 2024-01-01 2025-03-01 2025-02-20 false 90 -\n"
        f"a 2025-03-01 2025-06-01 2025-02-20 true 90 {reason}"
    )
    accounts, sold = ledger("accounts", "account_id created_on\na 2023-01-01"), ledger("subscriptions", text)
    watch = Watch(min_age_days=28, trials=False, contraction_share=0.5)
    assert cohort(accounts, sold, AS_OF, WINDOW, watch)["rule"].tolist() == [rule]


def test_rules_of_revenue_are_those_of_each_account():
    text = "account_id started_on ended_on end_known_at mrr\nb 2024-01-01 2025-09-30 2025-03-01 90\na 2024-01-01 - - 50"
    accounts = ledger("accounts", "account_id created_on\nb 2023-01-01\nc 2023-01-01\na 2023-01-01")
    watch = Watch(min_age_days=28, trials=False, contraction_share=0.5)
    rows = cohort(accounts, ledger("subscriptions", text), AS_OF, WINDOW, watch)
    assert dict(zip(rows["account_id"], rows["rule"], strict=True)) == {
        "a": AT_RISK,
        "b": "in notice",
        "c": "not started",
    }


def test_rules_that_do_not_apply_to_a_business_hold_for_nobody():
    known = ledger("accounts", "account_id created_on\na 2023-01-01").before(AS_OF)
    sold = ledger("subscriptions", "account_id started_on\na 2024-01-01").before(AS_OF)
    here = Candidates.of(known, sold, AS_OF, WINDOW, Watch(min_age_days=28, trials=False))
    assert not any(rule(here).any() for rule in RULES)
