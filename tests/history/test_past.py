"""The past of a block: nothing in it depends on who else is there."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import Day, Grid
from churnrisk.errors import SourceError
from churnrisk.history.past import Block, Company, Past
from churnrisk.intake.rollup import rollup
from churnrisk.params.sections import Milestone

from ..tables import rows

AS_OF = Day("2025-02-03")
SUBSCRIPTIONS = """
subscription_id account_id started_on mrr known_at
s1              a          2024-01-01 100 2024-01-01
s2              a          2024-01-01 900 2024-01-01
s2              b          2024-01-01 900 2025-01-15
s3              b          2024-01-01 5   2024-01-01
"""

SEGMENTS = """
a 2024-01-01 small 2024-01-01
a 2024-01-01 large 2025-01-22
"""


def roll_up(tmp_path: Path, usage: pd.DataFrame) -> None:
    """The rollup of a month of usage, in the folder `usage`."""
    (tmp_path / "tables" / "usage").mkdir(parents=True)
    usage.to_parquet(tmp_path / "tables" / "usage" / "2025-01.parquet", index=False)
    rollup(tmp_path / "tables", tmp_path / "usage")


def the_past(company: Company, snapshots: pd.DataFrame) -> Past:
    """That of the one date of the snapshots."""
    block = Block(company, snapshots)
    (past,) = block.spans()
    return past


@pytest.mark.parametrize("block", [["a"], ["a", "b"]])
def test_a_row_that_a_correction_gave_to_another_account_is_gone_whoever_is_in_the_block(tmp_path, block):
    usage = rows("usage", "account_id day event\na 2025-01-06 login\nb 2025-01-06 login")
    roll_up(tmp_path, usage)
    tables = {
        "accounts": rows("accounts", "account_id created_on\na 2024-01-01\nb 2024-01-01"),
        "subscriptions": rows("subscriptions", SUBSCRIPTIONS),
    }
    company = Company(tmp_path / "usage", tables, Grid(AS_OF), Day("2024-11-04"), 0, {}, has_people=False)
    snapshots = pd.DataFrame({"account_id": block, "as_of": AS_OF.astype("M8[us]")})
    sold = the_past(company, snapshots.assign(spell_started_on=pd.Timestamp("2024-01-01"))).views["subscriptions"]
    assert sold.sum(sold["mrr"]).tolist() == [100.0, 905.0][: len(block)]


@pytest.mark.parametrize("together", [1, 3, 1000])
def test_an_account_is_seen_on_its_own_dates_however_many_are_looked_at_together(tmp_path, monkeypatch, together):
    monkeypatch.setattr("churnrisk.history.past._SNAPSHOTS_AT_A_TIME", together)
    usage = rows("usage", "account_id user_id day event\na u 2025-01-06 login\nb v 2025-01-21 login")
    roll_up(tmp_path, usage)
    tables = {
        "accounts": rows("accounts", "account_id created_on\na 2024-01-01\nb 2024-01-01"),
        "subscriptions": rows("subscriptions", SUBSCRIPTIONS),
    }
    company = Company(tmp_path / "usage", tables, Grid(AS_OF), Day("2025-01-06"), 0, {}, has_people=True)
    who, when = "ababb", ["2025-01-13", "2025-01-20", "2025-01-20", "2025-01-27", "2025-02-03"]
    snapshots = pd.DataFrame({"account_id": list(who), "as_of": pd.to_datetime(when).astype("M8[us]")})
    block = Block(company, snapshots.assign(spell_started_on=pd.Timestamp("2025-01-06")))
    found = [
        (account, str(as_of), total, people, sold)
        for past in block.spans()
        for account, as_of, total, people, sold in zip(
            past.account_id,
            past.as_of,
            past.views["usage"].total(weeks=4),
            past.views["people"].active(weeks=1),
            past.views["subscriptions"].count(),
            strict=True,
        )
    ]
    assert found == [
        ("a", "2025-01-13", 1, 1, 2),
        ("a", "2025-01-20", 1, 0, 1),
        ("b", "2025-01-20", 0, 0, 2),
        ("b", "2025-01-27", 1, 1, 2),
        ("b", "2025-02-03", 1, 0, 2),
    ]


def test_each_date_of_a_span_sees_what_was_known_and_ran_on_it(tmp_path):
    roll_up(tmp_path, rows("usage", "account_id day event\na 2025-01-06 login"))
    sold = "started_on term_months planned_end_on ended_on end_known_at\ns a 2024-01-22 12 - 2025-06-30 2025-01-22"
    tables = {
        "accounts": rows("accounts", "account_id created_on segment known_at\n" + SEGMENTS),
        "subscriptions": rows("subscriptions", f"subscription_id account_id {sold}"),
    }
    company = Company(tmp_path / "usage", tables, Grid(AS_OF), Day("2024-11-04"), 0, {}, has_people=False)
    dates = pd.to_datetime(["2025-01-20", "2025-01-27"]).astype("M8[us]")
    snapshots = pd.DataFrame({"account_id": "a", "as_of": dates, "spell_started_on": pd.Timestamp("2025-01-01")})
    accounts, sold = (the_past(company, snapshots).views[name] for name in ("accounts", "subscriptions"))
    assert (list(accounts["segment"]), accounts["tenure"].tolist()) == (["small", "large"], [19, 26])
    assert sold["renews_on"].astype(str).tolist() == ["2025-01-22", "2026-01-22"]
    assert (
        np.isnat(sold["ended_on"]).tolist()
        == np.isnat(sold.where(np.ones(2, bool))["ended_on"]).tolist()
        == [True, False]
    )
    assert sold.where(np.array([False, True])).age("end_known_at").tolist() == [5]


def together(tmp_path: Path, subscriptions: str, **more) -> list[int]:
    """How many of four dates of two accounts are looked at together."""
    roll_up(tmp_path, rows("usage", "account_id day event\na 2025-01-06 login"))
    tables = {
        "accounts": rows("accounts", "account_id created_on\na 2024-01-01\nb 2024-01-01"),
        "subscriptions": rows("subscriptions", f"subscription_id account_id started_on\n{subscriptions}"),
    }
    company = Company(tmp_path / "usage", tables, Grid(AS_OF), Day("2024-11-04"), 0, {}, has_people=False, **more)
    dates = pd.date_range("2025-01-13", periods=4, freq="7D").astype("M8[us]")
    snapshots = pd.DataFrame({"account_id": ["a", "b"] * 4, "as_of": np.repeat(dates, 2)})
    spans = Block(company, snapshots.assign(spell_started_on=pd.Timestamp("2024-01-01"))).spans()
    return [len(np.unique(past.as_of)) for past in spans]


@pytest.mark.parametrize(("sold", "expected"), [(1, [4]), (2, [2, 2]), (4, [1, 1, 1, 1])])
def test_of_accounts_that_know_many_rows_fewer_dates_are_looked_at_together(tmp_path, monkeypatch, sold, expected):
    monkeypatch.setattr("churnrisk.history.past._SNAPSHOTS_AT_A_TIME", 8)
    monkeypatch.setattr("churnrisk.history.past._ROWS_A_SNAPSHOT", 1)
    many = [f"{account}{number} {account} 2024-01-01" for account in "ab" for number in range(sold)]
    assert together(tmp_path, "\n".join(many)) == expected


def test_dates_on_which_something_else_was_new_are_looked_at_apart(tmp_path):
    assert together(tmp_path, "s a 2024-01-01", released={"fax": Day("2025-01-20")}) == [2, 2]


def test_an_account_that_was_not_known_on_the_date_of_a_snapshot_is_told(tmp_path):
    usage = rows("usage", "account_id day event\na 2025-01-06 login\nb 2025-01-06 login")
    roll_up(tmp_path, usage)
    tables = {
        "accounts": rows("accounts", "account_id created_on known_at\na 2024-01-01 2024-01-01\nb 2024-01-01 2025-03-01")
    }
    company = Company(tmp_path / "usage", tables, Grid(AS_OF), Day("2024-11-04"), 0, {}, has_people=False)
    snapshots = pd.DataFrame({"account_id": ["a", "b"], "as_of": AS_OF.astype("M8[us]")})
    with pytest.raises(SourceError, match="account b has a snapshot on 2025-02-03 and was not known then"):
        the_past(company, snapshots.assign(spell_started_on=pd.Timestamp("2024-01-01")))


@pytest.mark.parametrize(("people", "waiting"), [(1, [None]), (2, [None]), (3, [33.0])])
def test_a_milestone_may_ask_for_several_people(tmp_path, people, waiting):
    usage = rows("usage", "account_id user_id day event\na u 2025-01-06 login\na v 2025-01-20 report")
    roll_up(tmp_path, usage)
    tables = {"accounts": rows("accounts", "account_id created_on\na 2025-01-01")}
    told = {"team": Milestone(event="login", people=people)}
    company = Company(tmp_path / "usage", tables, Grid(AS_OF), Day("2024-11-04"), 0, told, has_people=True)
    snapshots = pd.DataFrame({"account_id": ["a"], "as_of": AS_OF.astype("M8[us]")})
    past = the_past(company, snapshots.assign(spell_started_on=pd.Timestamp("2025-01-01")))
    found = past.views["milestones"].days_waiting("team")
    assert [None if each != each else each for each in found] == waiting


@pytest.mark.parametrize("on", ["2025-02-02", "2025-02-10"])
def test_where_no_week_is_over_yet_nothing_was_done(tmp_path, on):
    usage = rows("usage", f"account_id user_id day event\na u {on} login")
    roll_up(tmp_path, usage)
    tables = {"accounts": rows("accounts", "account_id created_on\na 2025-01-01")}
    company = Company(tmp_path / "usage", tables, Grid(AS_OF), AS_OF, 0, {}, has_people=True)
    snapshots = pd.DataFrame({"account_id": ["a"], "as_of": AS_OF.astype("M8[us]")})
    views = the_past(company, snapshots.assign(spell_started_on=pd.Timestamp("2025-02-03"))).views
    assert (views["usage"].total(weeks=1).tolist(), views["people"].active(weeks=1).tolist()) == ([0], [0])
    assert np.isnan(views["usage"].days_since()).all()


def test_the_dates_of_a_view_cannot_be_changed(tmp_path):
    roll_up(tmp_path, rows("usage", "account_id day event\na 2025-01-06 login"))
    tables = {"accounts": rows("accounts", "account_id created_on\na 2025-01-01")}
    company = Company(tmp_path / "usage", tables, Grid(AS_OF), Day("2025-01-06"), 0, {}, has_people=False)
    snapshots = pd.DataFrame({"account_id": ["a"], "as_of": AS_OF.astype("M8[us]")})
    past = the_past(company, snapshots.assign(spell_started_on=pd.Timestamp("2025-02-03")))
    with pytest.raises(ValueError, match="read-only"):
        past.views["milestones"].as_of[:] = Day("2030-01-01")


@pytest.mark.parametrize(("last", "weeks"), [("2025-02-03", 0), ("2025-03-03", 0), ("2025-03-17", 2)])
def test_dates_before_the_record_see_no_weeks(tmp_path, last, weeks):
    company = Company(tmp_path, {}, Grid(Day("2025-03-03")), Day("2025-03-03"), 0, {}, has_people=False)
    axis = company.axis(Day(last))
    assert axis.stop - axis.first == weeks
