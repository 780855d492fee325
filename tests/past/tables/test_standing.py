"""What an account has at a date: features (many dates) and cohort, labels and list (one date) get the same answer."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import Day, Grid
from churnrisk.features import commercial
from churnrisk.past.company import Company
from churnrisk.past.past import Block
from churnrisk.past.tables.records import Records
from churnrisk.past.tables.standing import Standing

from ...tables import ledger, rows
from ..views import daily

AS_OF = Day("2025-09-01")
NONE = None
NO_USAGE = daily([], 0, 0, [])

CASES = {
    "one that runs": ("started_on plan mrr term_months\n2024-06-15 basic 50 12", (50, "basic", "2026-06-15")),
    "the one that pays most": ("started_on plan mrr\n2024-01-01 team 90\n2024-06-01 basic 50", (140, "team", NONE)),
    # Entered in August, begun in January: the one that began last is the main one all the same.
    "of two that pay the same, the one that began last": (
        "started_on known_at plan mrr\n2025-06-01 2025-06-01 june 50\n2025-01-01 2025-08-01 january 50",
        (100, "june", NONE),
    ),
    "of two that began on one day and pay the same, the one that became known last": (
        "started_on known_at plan mrr\n2025-01-01 2025-08-01 second 50\n2025-01-01 2025-06-01 first 50",
        (100, "second", NONE),
    ),
    "a price that is known before one that is not": (
        "started_on plan mrr\n2024-01-01 basic 50\n2025-06-01 team -",
        (50, "basic", NONE),
    ),
    "no price": ("started_on plan mrr\n2024-01-01 basic -", (NONE, "basic", NONE)),
    "the next of two renewals": (
        "started_on mrr term_months\n2024-06-15 50 12\n2024-10-10 50 1",
        (100, NONE, "2025-09-10"),
    ),
    "a renewal on the date": ("started_on mrr term_months\n2024-09-01 50 12", (50, NONE, "2025-09-01")),
    "what has ended doesn't count": (
        "started_on ended_on plan mrr\n2024-01-01 2025-08-31 team 90\n2024-06-01 - basic 50",
        (50, "basic", NONE),
    ),
    "nor what begins on the date": (
        "started_on known_at plan mrr\n2025-09-01 2025-08-01 team 90\n2024-06-01 - basic 50",
        (50, "basic", NONE),
    ),
}


def sold(text: str) -> str:
    header, *lines = text.splitlines()
    return "\n".join([f"account_id {header}", *(f"a {line}" for line in lines)])


def at_many_dates(text: str) -> Records:
    """As features get them, of a snapshot on the date and of one a week before."""
    tables = {
        "accounts": rows("accounts", "account_id created_on\na 2024-01-01"),
        "subscriptions": rows("subscriptions", text),
    }
    company = Company(
        usage=None, tables=tables, grid=Grid(AS_OF), usage_from=AS_OF, settle_days=0, milestones={}, has_users=False
    )
    dates = pd.to_datetime([str(AS_OF - 7), str(AS_OF)])
    asked = pd.DataFrame({"account_id": "a", "as_of": dates, "spell_started_on": pd.Timestamp("2024-01-01")})
    (past,) = Block.of(company, asked, lambda by, since: [NO_USAGE]).spans()
    return past.views["subscriptions"]


def none_if_missing(value):
    return None if pd.isna(value) else value


@pytest.mark.parametrize("case", CASES)
def test_the_list_and_the_features_say_the_same(case):
    text, (mrr, plan, renews_on) = CASES[case]
    known = ledger("subscriptions", sold(text)).before(AS_OF)
    (contract,) = Standing.of(known, AS_OF).contracts().itertuples(index=False)
    assert [none_if_missing(each) for each in (contract.mrr, contract.plan)] == [mrr, plan]
    assert (None if pd.isna(contract.renews_on) else str(contract.renews_on.date())) == renews_on

    records = at_many_dates(sold(text))
    assert none_if_missing(commercial.mrr.compute(records)[1]) == mrr
    assert none_if_missing(commercial.plan.compute(records)[1]) == plan
    days = none_if_missing(commercial.days_to_renewal.compute(records)[1])
    assert (None if days is None else str(AS_OF + int(days))) == renews_on


@pytest.mark.parametrize(
    ("text", "paused"),
    [
        ("started_on is_paused\n2024-01-01 true", ["a"]),
        ("started_on is_paused\n2024-01-01 true\n2024-01-01 false", []),
        ("started_on ended_on is_paused\n2024-01-01 2025-01-01 true", []),
        ("started_on is_paused\n2024-01-01 false", []),
    ],
)
def test_an_account_is_paused_while_all_that_runs_is_a_pause(text, paused):
    known = ledger("subscriptions", sold(text)).before(AS_OF)
    assert Standing.of(known, AS_OF).paused().tolist() == paused


def test_accounts_with_nothing_running_have_no_contract():
    text = "account_id started_on ended_on\nb 2024-01-01 2025-01-01\na 2024-01-01 -\nc 2025-10-01 -"
    here = Standing.of(ledger("subscriptions", text).before(Day("2025-10-02")), AS_OF)
    assert here.contracts()["account_id"].tolist() == ["a"]
    assert here.mrr().index.tolist() == ["a"]


def test_without_subscriptions_nobody_has_anything():
    nothing = Standing.of(
        ledger("subscriptions", "account_id started_on\na 2024-01-01").before(Day("2023-01-01")), AS_OF
    )
    assert nothing.contracts().empty
    assert nothing.mrr().empty
    assert nothing.paused().tolist() == []


@pytest.mark.parametrize(("notice_days", "expected"), [("30", 14.0), ("44", 0.0), ("45", np.nan), ("-", np.nan)])
def test_the_deadline_for_notice_lies_before_the_next_renewal(notice_days, expected):
    records = at_many_dates(sold(f"started_on term_months notice_days\n2024-10-15 12 {notice_days}"))
    np.testing.assert_equal(commercial.days_to_notice_deadline.compute(records)[1], expected)


BOUND = {
    "until the next renewal": ("started_on term_months\n2025-01-15 12", "2026-01-15"),
    "a term of a month binds nobody": ("started_on term_months\n2025-01-15 1", NONE),
    "no term": ("started_on\n2025-01-15", NONE),
    "a deadline that has passed does not bind": ("started_on term_months notice_days\n2024-09-20 12 30", "2025-09-20"),
    "a fixed term": ("started_on planned_end_on auto_renew\n2025-01-15 2025-12-01 false", "2025-12-01"),
    "the main subscription, not its add-on": (
        "started_on term_months mrr\n2024-10-01 12 100\n2025-06-01 12 10",
        "2025-10-01",
    ),
}


@pytest.mark.parametrize("case", BOUND)
def test_the_first_date_on_which_an_account_can_leave(case):
    text, can_leave_on = BOUND[case]
    known = ledger("subscriptions", sold(text)).before(AS_OF)
    (contract,) = Standing.of(known, AS_OF).contracts().itertuples(index=False)
    assert (None if pd.isna(contract.can_leave_on) else str(contract.can_leave_on.date())) == can_leave_on
