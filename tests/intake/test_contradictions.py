"""Each kind of contradiction as small tables: the row that is reported, and rows beside it that agree."""

from pathlib import Path

import pandas as pd
import pytest

from churnrisk.contract import TABLES
from churnrisk.intake.contradictions import contradictions
from churnrisk.intake.contradictions.kinds import KINDS
from churnrisk.store.engine import connect

from ..tables import rows

# `a` has churned and `b` runs, on 2025-03-31, the last day of usage. Nothing here contradicts anything.
ACCOUNTS = """
    account_id  created_on
    a           2025-01-01
    b           2025-01-10
"""
SUBSCRIPTIONS = """
    subscription_id  account_id  started_on  ended_on
    a1               a           2025-01-05  2025-02-20
    b1               b           2025-01-10  2025-02-01
    b2               b           2025-02-01  -
"""
USAGE = """
    account_id  day         event  subscription_id
    a           2025-01-05  login  a1
    b           2025-03-31  login  b2
"""


def findings_in(folder: Path, **tables: str) -> list[tuple[str, str, int, dict[str, str]]]:
    """Name and rows of every contradiction, and its example."""
    for name, text in ({"accounts": ACCOUNTS, "subscriptions": SUBSCRIPTIONS, "usage": USAGE} | tables).items():
        path = folder / name / "2025.parquet" if name == "usage" else folder / f"{name}.parquet"
        path.parent.mkdir(exist_ok=True)
        rows(name, text).to_parquet(path)
    names = {"accounts", "subscriptions", "usage", *tables}
    with connect(folder) as connection:
        findings = contradictions(connection, folder, names)
    return [(each.table, each.name, each.rows, each.example) for each in findings]


def test_tables_that_agree(tmp_path: Path) -> None:
    assert findings_in(tmp_path) == []


STATED = "account_id created_on stated_churned stated_churned_on\n"
TICKETS = "ticket_id account_id opened_at known_at\n"
TERMS = "subscription_id account_id started_on ended_on planned_end_on is_trial mrr\n"
OWN = "account_id day event subscription_id known_at\n"
ONE = {
    # table, name -> the table's rows, of which one contradicts; its example
    ("accounts", "said to have left, and runs"): (
        STATED + "a 2025-01-01 yes -\n b 2025-01-10 yes -",
        {"account_id": "b", "stated_churned": "yes"},
    ),
    ("accounts", "said to stay, and has left"): (
        STATED + "a 2025-01-01 no -\n b 2025-01-10 no -",
        {"account_id": "a", "stated_churned": "no", "last_ended_on": "2025-02-20"},
    ),
    ("accounts", "said to have left, and not when"): (
        STATED + "a 2025-01-01 yes -\n b 2025-01-10 no 2025-02-01",
        {"account_id": "a", "stated_churned": "yes"},
    ),
    ("accounts", "left on a day on which nothing ended"): (
        STATED + "a 2025-01-01 yes 2025-02-21\n b 2025-01-10 no -",
        {"account_id": "a", "stated_churned_on": "2025-02-21", "last_ended_on": "2025-02-20"},
    ),
    ("usage", "before the first subscription"): (
        OWN + "a 2025-01-04 login - -\n b 2025-03-31 login - -",
        {"account_id": "a", "day": "2025-01-04", "first_started_on": "2025-01-05"},
    ),
    ("usage", "after the last subscription"): (
        OWN + "a 2025-02-20 login - -\n a 2025-02-19 login - -\n b 2025-03-31 login - -",
        {"account_id": "a", "day": "2025-02-20", "last_ended_on": "2025-02-20"},
    ),
    ("usage", "of an unknown subscription"): (
        OWN + "b 2025-03-31 login x -\n b 2025-03-31 login - -",
        {"account_id": "b", "subscription_id": "x", "day": "2025-03-31"},
    ),
    ("usage", "of another account's subscription"): (
        OWN + "b 2025-01-31 login a1 -\n b 2025-03-31 login b2 -",
        {"account_id": "b", "subscription_id": "a1", "day": "2025-01-31", "holder": "a"},
    ),
    ("usage", "before its own subscription"): (
        OWN + "b 2025-01-31 login b2 -\n b 2025-03-31 login b2 -",
        {"account_id": "b", "subscription_id": "b2", "day": "2025-01-31", "term_started_on": "2025-02-01"},
    ),
    ("usage", "after its own subscription"): (
        OWN + "b 2025-02-01 login b1 -\n b 2025-01-31 login b1 -\n b 2025-03-31 login - -",
        {"account_id": "b", "subscription_id": "b1", "day": "2025-02-01", "term_ended_on": "2025-02-01"},
    ),
    ("usage", "known before it happened"): (
        OWN + "b 2025-03-31T12:00 login - 2025-03-30\n b 2025-03-31T12:00 login - 2025-03-31",
        {"account_id": "b", "day": "2025-03-31", "known_at": "2025-03-30"},
    ),
    ("subscriptions", "before sign-up"): (
        TERMS + "a1 a 2024-12-31 2025-02-20 - false 5\n b2 b 2025-01-10 - - false 5",
        {"subscription_id": "a1", "account_id": "a", "started_on": "2024-12-31", "signed_up_on": "2025-01-01"},
    ),
    ("subscriptions", "longer than its term"): (
        TERMS + "a1 a 2025-01-05 2025-02-20 2025-02-19 false 5\n b1 b 2025-01-10 2025-02-19 2025-02-19 false 5\n"
        "b2 b 2025-02-19 - - false 5",
        {"subscription_id": "a1", "account_id": "a", "planned_end_on": "2025-02-19", "ended_on": "2025-02-20"},
    ),
    ("subscriptions", "renews, and its end is over"): (
        # of one that does not renew, of one that ended since, and of one whose term is not over
        "subscription_id account_id started_on ended_on planned_end_on auto_renew\n"
        "a1 a 2025-01-05 - 2025-02-20 false\n a2 a 2025-01-05 2025-03-01 2025-03-01 true\n"
        "b1 b 2025-01-10 - 2025-03-31 true\n b2 b 2025-01-10 - 2025-04-01 true",
        {"subscription_id": "b1", "account_id": "b", "planned_end_on": "2025-03-31", "auto_renew": "1.0"},
    ),
    ("subscriptions", "trial with a price"): (
        TERMS + "a1 a 2025-01-05 2025-02-20 - true 5\n b2 b 2025-01-10 - - true 0",
        {"subscription_id": "a1", "account_id": "a", "mrr": "5.0"},
    ),
    ("tickets", "before sign-up"): (
        TICKETS + "1 a 2025-01-01 -\n 2 b 2025-01-01 -",
        {"ticket_id": "2", "account_id": "b", "opened_at": "2025-01-01", "signed_up_on": "2025-01-10"},
    ),
    ("tickets", "known before it happened"): (
        TICKETS + "1 a 2025-01-05 2025-01-04\n 2 b 2025-01-15 -",
        {"ticket_id": "1", "account_id": "a", "opened_at": "2025-01-05", "known_at": "2025-01-04"},
    ),
}


@pytest.mark.parametrize(("kind", "text", "example"), [(k, *v) for k, v in ONE.items()], ids=lambda v: str(v)[:60])
def test_a_contradiction_is_named_and_counted(
    tmp_path: Path, kind: tuple[str, str], text: str, example: dict[str, str]
) -> None:
    table, name = kind
    assert findings_in(tmp_path, **{table: text}) == [(table, name, 1, example)]


def test_usage_before_sign_up_is_before_the_first_subscription_too(tmp_path: Path) -> None:
    usage = "account_id day event\n b 2025-01-09T23:00 login\n b 2025-01-10T01:00 login\n b 2025-03-31 login"
    about = {"account_id": "b", "day": "2025-01-09"}
    assert findings_in(tmp_path, usage=usage) == [
        ("usage", "before sign-up", 1, about | {"signed_up_on": "2025-01-10"}),
        ("usage", "before the first subscription", 1, about | {"first_started_on": "2025-01-10"}),
    ]


def test_a_subscription_that_goes_on_on_the_day_of_leaving(tmp_path: Path) -> None:
    stated = STATED + "a 2025-01-01 yes 2025-02-20\n b 2025-01-10 no 2025-02-01"
    both = SUBSCRIPTIONS + "b3 b 2025-01-31 -"
    name = "left, and a subscription went on"
    assert findings_in(tmp_path, accounts=stated) == []
    assert [each[:3] for each in findings_in(tmp_path, accounts=stated, subscriptions=both)] == [("accounts", name, 1)]


def test_usage_of_an_account_that_never_bought(tmp_path: Path) -> None:
    without = "subscription_id account_id started_on\n b2 b 2025-01-10"
    usage = "account_id day event\n a 2025-01-05 login\n b 2025-03-31 login"
    example = {"account_id": "a", "day": "2025-01-05"}
    expected = [("usage", "without a subscription", 1, example)]
    assert findings_in(tmp_path, subscriptions=without, usage=usage) == expected


SUBSCRIPTIONS_OF_A = {
    # subscriptions of `a` beside the one of `b` that runs; the word on `a`; what contradicts it
    "an end as planned is no leaving": ("a1 a 2025-01-05 - 2025-02-20 false 5", "no", []),
    "nor when an earlier one was cut short": (
        "a0 a 2025-01-05 2025-01-10 - false 5\n a1 a 2025-01-05 - 2025-02-20 false 5",
        "no",
        [],
    ),
    "an end on the planned day is one as planned": ("a1 a 2025-01-05 2025-02-20 2025-02-20 false 5", "no", []),
    "an end after the planned one is leaving": (
        "a1 a 2025-01-05 2025-03-20 2025-02-20 false 5",
        "no",
        ["said to stay, and has left", "longer than its term"],
    ),
    "and not before it": (
        "a1 a 2025-01-05 2025-04-20 2025-02-20 false 5",
        "yes",
        ["said to have left, and runs", "longer than its term"],
    ),
    "an end to come agrees with no": ("a1 a 2025-01-05 2025-04-20 - false 5", "no", []),
    "a start to come agrees with yes": (
        "a1 a 2025-01-05 2025-02-20 - false 5\n a2 a 2025-04-01 - - false 5",
        "yes",
        [],
    ),
    "one to run on does not": ("a1 a 2025-01-05 2025-04-20 - false 5", "yes", ["said to have left, and runs"]),
}


@pytest.mark.parametrize(("text", "word", "names"), SUBSCRIPTIONS_OF_A.values(), ids=SUBSCRIPTIONS_OF_A)
def test_a_word_is_held_against_the_last_day_of_usage(tmp_path: Path, text: str, word: str, names: list[str]) -> None:
    stated = STATED + f"a 2025-01-01 {word} -\n b 2025-01-10 no -"
    terms = TERMS + f"{text}\n b2 b 2025-01-10 - - false 5"
    usage = "account_id day event\n b 2025-03-31 login"
    assert [each[1] for each in findings_in(tmp_path, accounts=stated, subscriptions=terms, usage=usage)] == names


def test_nothing_runs_where_there_is_no_subscription(tmp_path: Path) -> None:
    stated = STATED + "a 2025-01-01 no -\n b 2025-01-10 no -\n c 2025-01-01 yes -"
    assert findings_in(tmp_path, accounts=stated.replace("a 2025-01-01 no", "a 2025-01-01 yes")) == []


def test_a_fixed_term_ends_as_planned(tmp_path: Path) -> None:
    terms = TERMS + "a1 a 2025-01-05 - 2025-02-20 false 5\n b2 b 2025-01-10 - - false 5"
    usage = "account_id day event\n a 2025-02-20 login\n a 2025-02-19 login\n b 2025-03-31 login"
    findings = findings_in(tmp_path, subscriptions=terms, usage=usage)
    assert [each[:3] for each in findings] == [("usage", "after the last subscription", 1)]


def test_the_example_is_the_first_in_order(tmp_path: Path) -> None:
    tickets = TICKETS + "3 b 2025-01-02 -\n 1 b 2025-01-04 -\n 2 b 2025-01-03 -"
    ((_, _, count, example),) = findings_in(tmp_path, tickets=tickets)
    assert (count, example["ticket_id"]) == (3, "1")


CORRECTED = {
    "the last version counts": ("t a 2024-12-01 -\n t a 2025-01-05 2025-01-06", 0),
    "also where it is the wrong one": ("t a 2025-01-05 -\n t a 2024-12-01 2025-01-06", 1),
    "and once": ("t a 2024-12-01 -\n t a 2024-12-02 2025-01-06", 1),
}


@pytest.mark.parametrize(("text", "count"), CORRECTED.values(), ids=CORRECTED)
def test_of_a_corrected_row(tmp_path: Path, text: str, count: int) -> None:
    findings = findings_in(tmp_path, tickets=TICKETS + text)
    assert sum(each[2] for each in findings) == count


def test_an_account_signed_up_when_its_first_version_says(tmp_path: Path) -> None:
    versions = "account_id created_on known_at\n a 2025-01-01 -\n a 2025-01-20 2025-02-01\n b 2025-01-10 -"
    assert findings_in(tmp_path, accounts=versions) == []


def test_the_share_is_of_the_rows_of_the_table(tmp_path: Path) -> None:
    (tmp_path / "usage").mkdir()
    for name, text in {"accounts": ACCOUNTS, "subscriptions": SUBSCRIPTIONS}.items():
        rows(name, text).to_parquet(tmp_path / f"{name}.parquet")
    usage = pd.concat([rows("usage", USAGE), rows("usage", "account_id day event\n a 2025-01-04 login")])
    usage.iloc[:1].to_parquet(tmp_path / "usage" / "1.parquet")
    usage.iloc[1:].to_parquet(tmp_path / "usage" / "2.parquet")
    with connect(tmp_path) as connection:
        findings = contradictions(connection, tmp_path, ["accounts", "subscriptions", "usage"])
    assert [(each.rows, each.share) for each in findings] == [(1, 0.3333)]


def test_every_kind_is_tried_here() -> None:
    tried = {name for _, name in ONE} | {"left, and a subscription went on", "without a subscription"}
    assert {kind.name for kind in KINDS} == tried
    assert len({(kind.table, kind.name) for kind in KINDS}) == len(KINDS)
    assert all(kind.table in TABLES for kind in KINDS)
