"""Spells: what opens one, what goes on with it, and how it ends."""

import pytest

from churnrisk.clock import Day
from churnrisk.past.tables.spells import current, is_running, spells

from ...tables import ledger

FAR = Day("2030-01-01")

CASES = {
    "one": ("started_on ended_on\n2024-01-01 2024-06-01", [("2024-01-01", "2024-06-01", False)]),
    "upgraded the same day": (
        "started_on ended_on\n2024-01-01 2024-06-01\n2024-06-01 2024-09-01",
        [("2024-01-01", "2024-09-01", False)],
    ),
    "one inside another": (
        "started_on ended_on\n2024-01-01 2024-12-01\n2024-03-01 2024-04-01",
        [("2024-01-01", "2024-12-01", False)],
    ),
    "one inside another, and one more": (
        "started_on ended_on\n2024-01-01 2024-12-01\n2024-03-01 2024-04-01\n2024-06-01 2025-01-01",
        [("2024-01-01", "2025-01-01", False)],
    ),
    "a gap of a day": (
        "started_on ended_on\n2024-01-01 2024-06-01\n2024-06-02 -",
        [("2024-01-01", "2024-06-01", False), ("2024-06-02", "2262-01-01", False)],
    ),
    "a fixed term": ("started_on planned_end_on\n2024-01-01 2024-06-01", [("2024-01-01", "2024-06-01", True)]),
    "a fixed term cut short": (
        "started_on planned_end_on ended_on\n2024-01-01 2024-06-01 2024-05-01",
        [("2024-01-01", "2024-05-01", False)],
    ),
    "a fixed term that ended on its day": (
        "started_on planned_end_on ended_on\n2024-01-01 2024-06-01 2024-06-01",
        [("2024-01-01", "2024-06-01", True)],
    ),
    "a fixed term that was gone on with": (
        "started_on planned_end_on ended_on\n2024-01-01 2024-06-01 2024-06-20",
        [("2024-01-01", "2024-06-20", False)],
    ),
    "a cut and an end as planned on one day": (
        "started_on planned_end_on ended_on\n2024-01-01 2024-06-01 -\n2024-01-01 - 2024-06-01",
        [("2024-01-01", "2024-06-01", False)],
    ),
    "the same, the other way round": (
        "started_on planned_end_on ended_on\n2024-01-01 - 2024-06-01\n2024-01-01 2024-06-01 -",
        [("2024-01-01", "2024-06-01", False)],
    ),
}


def of_one_account(text: str):
    header, *lines = text.splitlines()
    return ledger("subscriptions", "\n".join([f"account_id {header}", *(f"a {line}" for line in lines)])).before(FAR)


@pytest.mark.parametrize("case", CASES)
def test_spells_from_subscriptions(case):
    subscriptions, expected = CASES[case]
    rows = spells(of_one_account(subscriptions))
    found = [
        (str(s.date()), str(e.date()), bool(p))
        for s, e, p in zip(rows.started_on, rows.ended_on, rows.planned, strict=True)
    ]
    assert found == expected


@pytest.mark.parametrize(
    ("subscriptions", "planned", "completed"),
    [
        ("started_on planned_end_on is_trial\n2024-01-01 2024-06-01 false", True, True),
        ("started_on planned_end_on is_trial\n2024-01-01 2024-06-01 true", True, False),
        ("started_on planned_end_on is_trial\n2024-01-01 2024-06-01 false\n2024-05-01 2024-06-01 true", True, True),
        ("started_on planned_end_on is_trial\n2024-01-01 2024-06-01 false\n2024-05-01 2024-06-02 true", True, False),
        ("started_on planned_end_on ended_on\n2024-01-01 2024-06-01 2024-05-01", False, False),
        ("started_on planned_end_on ended_on\n2024-01-01 2024-06-01 2024-06-20", False, False),
        ("started_on planned_end_on\n2024-01-01 -", False, False),
    ],
    ids=["a term", "a trial", "both on a day", "a trial last", "cut short", "gone on with", "no end"],
)
def test_an_end_as_planned_is_completion_unless_it_is_a_trial_s(subscriptions, planned, completed):
    rows = spells(of_one_account(subscriptions))
    assert (bool(rows["planned"].iloc[0]), bool(rows["completed"].iloc[0])) == (planned, completed)


def test_nothing_sold_is_no_spell():
    empty = {name: values[:0] for name, values in of_one_account("started_on\n2024-01-01").items()}
    assert spells(empty).empty


def test_the_current_spell_is_the_last_that_has_started():
    rows = spells(of_one_account("started_on ended_on\n2024-01-01 2024-03-01\n2024-06-01 -"))
    starts = [
        current(rows, Day(as_of))["started_on"].astype(str).tolist()
        for as_of in ("2024-01-01", "2024-06-01", "2024-06-02")
    ]
    assert starts == [[], ["2024-01-01"], ["2024-06-01"]]


def test_a_fixed_term_that_is_over_does_not_run():
    known = of_one_account("started_on planned_end_on\n2024-01-01 2024-03-01")
    assert [bool(is_running(known, Day(day))[0]) for day in ("2024-03-01", "2024-03-02")] == [True, False]


def test_a_fixed_term_that_was_gone_on_with_runs_until_it_ended():
    known = of_one_account("started_on planned_end_on ended_on\n2024-01-01 2024-03-01 2024-03-05")
    assert [bool(is_running(known, Day(day))[0]) for day in ("2024-03-02", "2024-03-05", "2024-03-06")] == [
        True,
        True,
        False,
    ]


def test_a_subscription_runs_from_the_day_after_its_start_to_its_end():
    known = of_one_account("started_on ended_on\n2024-01-01 2024-03-01")
    assert [
        bool(is_running(known, Day(day))[0]) for day in ("2024-01-01", "2024-01-02", "2024-03-01", "2024-03-02")
    ] == [False, True, True, False]
