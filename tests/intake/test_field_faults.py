"""Faults of people's own exports: what becomes of each row and value, and what is said of it."""

from pathlib import Path

import pandas as pd
import pytest

from churnrisk.intake.sentences import sentences
from churnrisk.store.catalogue.conform import INTAKE, TABLE
from churnrisk.store.workspace import Workspace

from .raw import TABLES, conform_in, write_raw


def taken_in(folder: Path, **tables: pd.DataFrame) -> tuple[Workspace, list[str]]:
    """The workspace after `conform`, and what it says of its rows."""
    write_raw(folder / "data" / "raw", **tables)
    conform_in(folder)
    return Workspace(folder), sentences(INTAKE.read(Workspace(folder)))


def sold(*rows: tuple[object, ...]) -> pd.DataFrame:
    """Subscriptions: key, account, start, end, plan, seats, MRR, as texts."""
    columns = ["subscription_id", "account_id", "started_on", "ended_on", "plan", "seats", "mrr"]
    return pd.DataFrame([[None if value is None else str(value) for value in row] for row in rows], columns=columns)


BASE = ("s1", "a", "2025-01-01", None, "Team", 5, 220)
CASES = {
    # rows; MRR and seats by subscription; what is said
    "unlimited seats": (
        [BASE, ("s2", "b", "2025-01-10", None, "Team", -1, 100)],
        {"s1": (220, 5), "s2": (100, None)},
        ["1 values of subscriptions count as not known: seats must be 0 or more."],
    ),
    "no seats at all are seats": (
        [BASE, ("s2", "b", "2025-01-10", None, "Team", 0, 100)],
        {"s1": (220, 5), "s2": (100, 0)},
        [],
    ),
    "items of one subscription": (
        [BASE, ("s1", "a", "2025-01-01", None, "Add-on", None, 100)],
        {"s1": (320, 5)},
        ["1 rows of subscriptions are items or discounts of others, and were added up."],
    ),
    "a discount under the key of its subscription": (
        [("s1", "a", "2025-01-01", None, "Team", 5, 64.43), ("s1", "a", "2025-01-01", None, "Discount", None, -50)],
        {"s1": (14.43, 5)},
        ["1 rows of subscriptions are items or discounts of others, and were added up."],
    ),
    "a discount under a key of its own": (
        [
            ("s1", "a", "2025-01-01", None, "Team", 5, 64.43),
            ("s2", "a", "2025-01-01", None, "Add-on", None, 20),
            ("d1", "a", "2025-01-01", None, "Discount", None, -40),
            ("d2", "a", "2025-01-01", None, "Coupon", None, -10),
        ],
        {"s1": (14.43, 5), "s2": (20, None)},
        ["2 rows of subscriptions are items or discounts of others, and were added up."],
    ),
    "a discount of other days": (
        [BASE, ("d1", "a", "2025-02-01", "2025-03-01", "Discount", None, -40)],
        {"s1": (220, 5)},
        [
            "1 rows of subscriptions were set aside: mrr is below 0, and no subscription of the account has the same"
            " days, to take it off."
        ],
    ),
    "a discount of another account": (
        [BASE, ("d1", "b", "2025-01-01", None, "Discount", None, -40)],
        {"s1": (220, 5)},
        [
            "1 rows of subscriptions were set aside: mrr is below 0, and no subscription of the account has the same"
            " days, to take it off."
        ],
    ),
    "discounts of more than there is": (
        [BASE, ("d1", "a", "2025-01-01", None, "x", None, -221), ("s2", "b", "2025-01-10", None, "Team", 1, 1)],
        {"s2": (1, 1)},
        [
            "1 rows of subscriptions are items or discounts of others, and were added up.",
            "1 rows of subscriptions were set aside: mrr is below 0 once its discounts are taken off.",
        ],
    ),
    "the same row twice": (
        [BASE, BASE, ("s2", "b", "2025-01-10", None, "Team", 1, 1)],
        {"s1": (220, 5), "s2": (1, 1)},
        ["1 rows of subscriptions were set aside: subscription_id is there already."],
    ),
    "one key, two starts: no items": (
        [BASE, ("s1", "a", "2025-02-01", None, "Team", 5, 100)],
        {"s1": (220, 5)},
        ["1 rows of subscriptions were set aside: subscription_id is there already."],
    ),
    "a number beyond all money": (
        [BASE, ("s2", "b", "2025-01-10", None, "Team", 1, 1e308)],
        {"s1": (220, 5)},
        ["1 rows of subscriptions were set aside: mrr must be 1e+12 or less."],
    ),
    "thousands set apart": (
        [("s1", "a", "2025-01-01", None, "Team", 5, "1,234.50"), ("s2", "b", "2025-01-10", None, "Team", 1, "99.00")],
        {"s1": (1234.5, 5), "s2": (99, 1)},
        [],
    ),
}


@pytest.mark.parametrize(("rows", "kept", "said"), CASES.values(), ids=CASES)
def test_rows_of_subscriptions_are_kept_or_it_is_said(tmp_path, rows, kept, said):
    workspace, found = taken_in(tmp_path, subscriptions=sold(*rows))
    table = TABLE["subscriptions"].read(workspace).set_index("subscription_id")[["mrr", "seats"]]
    assert {key: tuple(None if v != v else round(v, 2) for v in row) for key, row in table.T.items()} == kept
    assert found == said


def test_the_plan_of_items_is_that_of_the_dearest(tmp_path):
    rows = sold(("s1", "a", "2025-01-01", None, "Add-on", 1, 20), ("s1", "a", "2025-01-01", None, "Pro", 9, 80))
    workspace, _ = taken_in(tmp_path, subscriptions=rows)
    assert TABLE["subscriptions"].read(workspace)[["plan", "seats", "mrr"]].values.tolist() == [["Pro", 10.0, 100.0]]


@pytest.mark.parametrize(("kind", "said"), [("complaints", True), ("complaint", False), ("complex question", False)])
def test_a_word_that_is_nearly_one_that_counts_is_named(tmp_path, kind, said):
    tickets = pd.DataFrame({"ticket_id": ["1"], "account_id": ["a"], "opened_at": ["2025-01-05"], "kind": [kind]})
    _, found = taken_in(tmp_path, tickets=tickets)
    expected = ["1 rows of tickets have the kind 'complaints' (did you mean 'complaint'?)."]
    assert found == (expected if said else [])


def test_customers_since_1962_are_kept(tmp_path):
    accounts = TABLES["accounts"].assign(created_on=["1962-03-01", "2025-01-10"])
    subscriptions = TABLES["subscriptions"].assign(started_on=["1962-03-01", "2025-01-10"])
    workspace, found = taken_in(tmp_path, accounts=accounts, subscriptions=subscriptions)
    assert TABLE["subscriptions"].read(workspace)["started_on"].min() == pd.Timestamp("1962-03-01")
    assert found == []


OTHER_SPELLING = "account_id is in accounts only with other capitals, spaces or leading zeros"


@pytest.mark.parametrize(
    ("accounts", "given", "said"),
    [
        (["AB1", "AB2"], ["ab1", "AB2"], [f"1 rows of usage were set aside: {OTHER_SPELLING}."]),
        (["AB1", "AB2"], [" AB1", "AB2"], [f"1 rows of usage were set aside: {OTHER_SPELLING}."]),
        (["0042", "0043"], ["42", "0043"], [f"1 rows of usage were set aside: {OTHER_SPELLING}."]),
        (["AB1", "AB2"], ["AB3", "AB2"], ["1 rows of usage were set aside: account_id is not in accounts."]),
        # Ids that differ in nothing but their capitals, and are all there.
        (["AB1", "ab1"], ["AB1", "ab1"], []),
    ],
    ids=["capitals", "spaces", "leading zeros", "nobody knows it", "two accounts"],
)
def test_accounts_in_another_spelling_are_told_from_those_that_nobody_knows(tmp_path, accounts, given, said):
    of_accounts = TABLES["accounts"].assign(account_id=accounts)
    subscriptions = TABLES["subscriptions"].assign(account_id=accounts)
    usage = TABLES["usage"].iloc[[0, 2]].assign(account_id=given)
    _, found = taken_in(tmp_path, accounts=of_accounts, subscriptions=subscriptions, usage=usage)
    assert found == said
