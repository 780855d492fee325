"""Gaps between subscriptions that are paperwork: what is bridged, from when that is known, and what stays a gap."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.contract import TABLES
from churnrisk.errors import ParamsError
from churnrisk.intake.gaps import bridged
from churnrisk.intake.sentences import sentences
from churnrisk.labels.meanings import Logo
from churnrisk.past.tables.ledger import Ledger
from churnrisk.store.catalogue.conform import INTAKE
from churnrisk.store.workspace import Workspace

from .. import company
from ..stories import outcomes
from ..tables import rows
from .raw import conform_in, write_raw

HEADER = "subscription_id account_id started_on ended_on end_known_at known_at planned_end_on\n"


def sold(text: str) -> pd.DataFrame:
    """Rows with any number of the columns of `HEADER`."""
    given = [(line.split() + ["-"] * 5)[:7] for line in text.strip().splitlines()]
    return rows("subscriptions", HEADER + "\n".join(map(" ".join, given)))


def shown(table: pd.DataFrame) -> list[tuple[str, ...]]:
    """Key, end, planned end, when the version was known; days only."""
    columns = table[["subscription_id", "ended_on", "planned_end_on", "known_at"]].astype(str).fillna("-")
    return [tuple(each) for each in columns.to_numpy()]


CASES = {
    # most days; rows; key, end, planned end and known_at of each afterwards; gaps
    "a renewal after an inclusive end": (
        1,
        "s1 a 2025-01-01 2025-05-31\ns2 a 2025-06-01",
        [("s1", "2025-05-31", "-", "2025-01-01"), ("s1", "2025-06-01", "-", "2025-06-01")],
        1,
    ),
    "known together": (
        1,
        "s1 a 2025-01-01 2025-05-31 - 2025-07-01\ns2 a 2025-06-01 - - 2025-07-01",
        [("s1", "2025-06-01", "-", "2025-07-01")],
        1,
    ),
    "no days are allowed": (
        0,
        "s1 a 2025-01-01 2025-05-31\ns2 a 2025-06-01",
        [("s1", "2025-05-31", "-", "2025-01-01")],
        0,
    ),
    "a gap of two days": (
        1,
        "s1 a 2025-01-01 2025-05-31\ns2 a 2025-06-02",
        [("s1", "2025-05-31", "-", "2025-01-01")],
        0,
    ),
    "no gap": (1, "s1 a 2025-01-01 2025-06-01\ns2 a 2025-06-01", [("s1", "2025-06-01", "-", "2025-01-01")], 0),
    "another account": (1, "s1 a 2025-01-01 2025-05-31\ns2 b 2025-06-01", [("s1", "2025-05-31", "-", "2025-01-01")], 0),
    "one inside another, whose end is no gap": (
        1,
        "s1 a 2025-01-01 2025-05-31\ns2 a 2025-02-01 -\ns3 a 2025-06-01",
        [("s1", "2025-05-31", "-", "2025-01-01")],
        0,
    ),
    "a fixed term": (
        1,
        "s1 a 2025-01-01 - - - 2025-05-31\ns2 a 2025-06-01",
        [("s1", "-", "2025-05-31", "2025-01-01"), ("s1", "-", "2025-06-01", "2025-06-01")],
        1,
    ),
    "a fixed term that was closed as planned": (
        1,
        "s1 a 2025-01-01 2025-05-31 - - 2025-05-31\ns2 a 2025-06-01 - - 2025-01-01",
        [("s1", "2025-06-01", "2025-06-01", "2025-01-01")],
        1,
    ),
    "a version that was replaced before the renewal": (
        1,
        "s1 a 2025-01-01 2025-05-31\ns1 a 2025-01-01 2025-05-31 - 2025-05-01\ns2 a 2025-06-01",
        [
            ("s1", "2025-05-31", "-", "2025-01-01"),
            ("s1", "2025-05-31", "-", "2025-05-01"),
            ("s1", "2025-06-01", "-", "2025-06-01"),
        ],
        1,
    ),
}


@pytest.mark.parametrize(("most", "text", "expected", "many"), CASES.values(), ids=CASES)
def test_an_end_is_moved_to_the_start_after_a_short_gap(most, text, expected, many):
    table, gaps = bridged(sold(text), most)
    assert [each for each in shown(table) if each[0] == "s1"] == expected
    assert (gaps, list(table)) == (many, list(TABLES["subscriptions"].columns))


INCLUSIVE = {
    # what is sold, with the first day without it; the same with the last day with it
    "renews every month": (
        "s1 a 2024-01-01 2024-12-01\ns2 a 2024-12-01 2025-01-06\ns3 a 2025-01-06 2025-02-10\ns4 a 2025-02-10",
        "s1 a 2024-01-01 2024-11-30\ns2 a 2024-12-01 2025-01-05\ns3 a 2025-01-06 2025-02-09\ns4 a 2025-02-10",
    ),
    "renews, and leaves": (
        "s1 a 2024-01-01 2025-01-06\ns2 a 2025-01-06 2025-02-12",
        "s1 a 2024-01-01 2025-01-05\ns2 a 2025-01-06 2025-02-11",
    ),
    "signed its renewal in December": (
        "s1 a 2024-01-01 2025-01-06 2024-12-10\ns2 a 2025-01-06 - - 2024-12-10",
        "s1 a 2024-01-01 2025-01-05 2024-12-10\ns2 a 2025-01-06 - - 2024-12-10",
    ),
    "leaves, and returns after a month": (
        "s1 a 2024-01-01 2025-01-08\ns2 a 2025-02-05",
        "s1 a 2024-01-01 2025-01-07\ns2 a 2025-02-05",
    ),
}
MONDAYS = np.arange("2024-12-02", "2025-04-07", 7, "M8[D]").astype(str)


@pytest.mark.parametrize(("right", "inclusive"), INCLUSIVE.values(), ids=INCLUSIVE)
def test_inclusive_ends_make_the_same_of_every_date_once_they_are_bridged(right, inclusive):
    dates = "\n".join(f"{each} - -" for each in MONDAYS)
    tables = bridged(sold(right), 0)[0], bridged(sold(inclusive), 1)[0]
    made = [
        outcomes(each, dates, Logo(each))[0] for each in (Ledger(table, TABLES["subscriptions"]) for table in tables)
    ]
    assert made[0] == made[1]
    assert "watched" in {rule for _, rule, _ in made[0]}


def test_without_it_each_renewal_is_a_churn():
    _, inclusive = INCLUSIVE["renews every month"]
    as_it_is = Ledger(sold(inclusive), TABLES["subscriptions"])
    found, _ = outcomes(as_it_is, "2024-12-16 - -", Logo(as_it_is))
    assert found == [("2024-12-16", "watched", "leaves")]


def test_what_was_bridged_is_said(tmp_path):
    ends, starts = ["2025-01-31", None], ["2025-01-01", "2025-02-01"]
    table = pd.DataFrame({"subscription_id": ["s1", "s2"], "account_id": "a", "started_on": starts, "ended_on": ends})
    write_raw(tmp_path / "data" / "raw", subscriptions=table)
    conform_in(tmp_path, bridge_days=1)
    report = INTAKE.read(Workspace(tmp_path))
    assert sentences(report) == ["1 gaps between subscriptions of an account were bridged."]
    assert (report.tables["subscriptions"].read, report.tables["subscriptions"].kept) == (2, 2)


def test_a_gap_must_be_over_before_labels_are_mature(tmp_path):
    workspace = company.make(tmp_path, {"intake": {"bridge_days": 8}})
    with pytest.raises(ParamsError, match=r"churn\.reporting_lag_days must be 8 or more, as intake\.bridge_days is"):
        company.load(workspace)
