"""The past of a block: nothing in it depends on who else is there."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from churnrisk.clock import Day, Grid
from churnrisk.errors import SourceError
from churnrisk.params.sections import Milestone
from churnrisk.past.company import Company
from churnrisk.past.past import Block, Past
from churnrisk.rollup.build import rollup
from churnrisk.rollup.read import daily_of
from churnrisk.rollup.schema import DAILY, USERS
from churnrisk.store.workspace import Workspace

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
account_id created_on segment known_at
a          2024-01-01 small   2024-01-01
a          2024-01-01 large   2025-01-22
"""
ENDS = """
subscription_id account_id started_on term_months planned_end_on ended_on   end_known_at
s               a          2024-01-22 12          -              2025-06-30 2025-01-22
"""
A = {"accounts": "account_id created_on\na 2024-01-01"}
AB = {"accounts": "account_id created_on\na 2024-01-01\nb 2024-01-01"}
LOGIN = "account_id day event\na 2025-01-06 login\nb 2025-01-06 login"


def company(tmp_path: Path, tables: dict[str, str], usage: str = LOGIN, **more) -> Company:
    """A company with a month of usage."""
    given = rows("usage", usage)
    (tmp_path / "data" / "tables" / "usage").mkdir(parents=True)
    for month, part in given.groupby(given["day"].dt.strftime("%Y-%m")):
        part.to_parquet(tmp_path / "data" / "tables" / "usage" / f"{month}.parquet", index=False)
    rollup(Workspace(tmp_path))
    calendar = {"grid": Grid(AS_OF), "usage_from": Day("2024-11-04"), "settle_days": 0, "milestones": {}} | more
    filled = {name: rows(name, text) for name, text in tables.items()}
    has_users = bool(given["user_id"].notna().any())
    return Company(usage=tmp_path / "data" / "usage", tables=filled, has_users=has_users, **calendar)


def snapshots(who: str, *when: str, started: str = "2024-01-01") -> pd.DataFrame:
    """A snapshot of each account, at a date of its own; at `AS_OF` where none is given."""
    as_of = pd.to_datetime([*when] or [str(AS_OF)] * len(who)).astype("M8[us]")
    return pd.DataFrame({"account_id": list(who), "as_of": as_of, "spell_started_on": pd.Timestamp(started)})


def the_past(company: Company, asked: pd.DataFrame) -> Past:
    """The past of some snapshots, few enough to be looked at together."""
    (past,) = Block.read(company, asked).spans()
    return past


@pytest.mark.parametrize("block", ["a", "ab"])
def test_a_row_that_a_correction_gave_to_another_account_is_gone_whoever_is_in_the_block(tmp_path, block):
    past = the_past(company(tmp_path, AB | {"subscriptions": SUBSCRIPTIONS}), snapshots(block))
    sold = past.views["subscriptions"]
    assert sold.sum(sold["mrr"]).tolist() == [100.0, 905.0][: len(block)]


@pytest.mark.parametrize("together", [1, 3, 1000])
def test_an_account_is_seen_on_its_own_dates_however_many_are_looked_at_together(tmp_path, monkeypatch, together):
    monkeypatch.setattr("churnrisk.past.past._SNAPSHOTS_AT_A_TIME", together)
    usage = "account_id user_id day event\na u 2025-01-06 login\nb v 2025-01-21 login"
    tables = AB | {"subscriptions": SUBSCRIPTIONS}
    its = company(tmp_path, tables, usage, usage_from=Day("2025-01-06"))
    when = "2025-01-13", "2025-01-20", "2025-01-20", "2025-01-27", "2025-02-03"
    found = [
        (account, str(as_of), total, users, sold)
        for past in Block.read(its, snapshots("ababb", *when, started="2025-01-06")).spans()
        for account, as_of, total, users, sold in zip(
            past.account_id,
            past.as_of,
            past.views["usage"].total(weeks=4),
            past.views["users"].active(weeks=1),
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
    its = company(tmp_path, {"accounts": SEGMENTS, "subscriptions": ENDS})
    past = the_past(its, snapshots("aa", "2025-01-20", "2025-01-27", started="2025-01-01"))
    accounts, sold = past.views["accounts"], past.views["subscriptions"]
    assert (list(accounts["segment"]), accounts["tenure"].tolist()) == (["small", "large"], [19, 26])
    assert sold["renews_on"].astype(str).tolist() == ["2025-01-22", "2026-01-22"]
    assert np.isnat(sold["ended_on"]).tolist() == [True, False]
    assert sold.where(np.array([False, True])).age("end_known_at").tolist() == [5]


def together(tmp_path: Path, subscriptions: list[str], **more) -> list[int]:
    """How many of four dates of two accounts are looked at together."""
    sold = "\n".join(["subscription_id account_id started_on", *subscriptions])
    dates = np.repeat(pd.date_range("2025-01-13", periods=4, freq="7D").strftime("%Y-%m-%d"), 2)
    block = Block.read(company(tmp_path, AB | {"subscriptions": sold}, **more), snapshots("ab" * 4, *dates))
    return [len(np.unique(past.as_of)) for past in block.spans()]


@pytest.mark.parametrize(("sold", "expected"), [(1, [4]), (2, [2, 2]), (4, [1, 1, 1, 1])])
def test_of_accounts_that_know_many_rows_fewer_dates_are_looked_at_together(tmp_path, monkeypatch, sold, expected):
    monkeypatch.setattr("churnrisk.past.past._SNAPSHOTS_AT_A_TIME", 8)
    monkeypatch.setattr("churnrisk.past.past._ROWS_A_SNAPSHOT", 1)
    many = [f"{account}{number} {account} 2024-01-01" for account in "ab" for number in range(sold)]
    assert together(tmp_path, many) == expected


def test_dates_on_which_something_else_was_new_are_looked_at_apart(tmp_path):
    assert together(tmp_path, ["s a 2024-01-01"], released={"fax": Day("2025-01-20")}) == [2, 2]


def test_an_account_that_was_not_known_on_the_date_of_a_snapshot_is_named(tmp_path):
    known = {"accounts": "account_id created_on known_at\na 2024-01-01 2024-01-01\nb 2024-01-01 2025-03-01"}
    with pytest.raises(SourceError, match="account b has a snapshot on 2025-02-03 and was not known then"):
        the_past(company(tmp_path, known), snapshots("ab"))


@pytest.mark.parametrize(("users", "waiting"), [(1, [None]), (2, [None]), (3, [33.0])])
def test_a_milestone_may_ask_for_several_users(tmp_path, users, waiting):
    usage = "account_id user_id day event\na u 2025-01-06 login\na v 2025-01-20 report"
    its = company(tmp_path, A, usage, milestones={"team": Milestone(event="login", users=users)})
    past = the_past(its, snapshots("a", started="2025-01-01"))
    found = past.views["milestones"].days_waiting("team")
    assert [None if each != each else each for each in found] == waiting


@pytest.mark.parametrize("on", ["2025-02-02", "2025-02-10"])
def test_where_no_week_is_over_yet_nothing_was_done(tmp_path, on):
    its = company(tmp_path, A, f"account_id user_id day event\na u {on} login", usage_from=AS_OF)
    views = the_past(its, snapshots("a", started="2025-02-03")).views
    assert (views["usage"].total(weeks=1).tolist(), views["users"].active(weeks=1).tolist()) == ([0], [0])
    assert np.isnan(views["usage"].days_since()).all()


def test_a_block_is_the_same_whether_it_is_read_or_made_of_what_is_in_memory(tmp_path):
    """An engine that holds the rows of a rollup needs no files: whatever parts they come in, the views are the same."""
    usage = "account_id user_id day event\na u 2025-01-06 login\na v 2025-01-20 report\nb w 2025-01-21 login"
    its, asked = company(tmp_path, AB | {"subscriptions": SUBSCRIPTIONS}, usage), snapshots("ab")
    ids = np.array(["a", "b"], object)
    parts = {
        by: daily_of(reversed(pd_batches(its.usage / folder, by)), ids, settle_days=0, by=by)
        for folder, by in ((DAILY, "event"), (USERS, "user_id"))
    }
    (made,) = Block.of(replace(its, usage=tmp_path / "nowhere"), asked, lambda by, since: parts[by]).spans()
    read = the_past(its, asked)
    for look in (
        lambda views: views["usage"].total(weeks=4),
        lambda views: views["usage"].days_since(),
        lambda views: views["users"].active(weeks=4),
        lambda views: views["users"].heaviest_share(weeks=4),
        lambda views: views["subscriptions"].count(),
    ):
        np.testing.assert_array_equal(look(made.views), look(read.views))


def pd_batches(folder: Path, by: str) -> list[pa.RecordBatch]:
    """The rows of a folder of the rollup, a batch each."""
    table = pa.Table.from_pandas(pd.read_parquet(folder), preserve_index=False)
    for name in ("account_id", by):
        column = table.column_names.index(name)
        table = table.set_column(column, name, table[name].cast(pa.string()).dictionary_encode())
    return table.combine_chunks().to_batches(max_chunksize=1)


def test_the_dates_of_a_view_cannot_be_changed(tmp_path):
    past = the_past(company(tmp_path, A), snapshots("a"))
    with pytest.raises(ValueError, match="read-only"):
        past.views["milestones"].as_of[:] = Day("2030-01-01")


@pytest.mark.parametrize(("last", "weeks"), [("2025-02-03", 0), ("2025-03-03", 0), ("2025-03-17", 2)])
def test_dates_before_the_record_see_no_weeks(tmp_path, last, weeks):
    begins = {"grid": Grid(Day("2025-03-03")), "usage_from": Day("2025-03-03")}
    axis = company(tmp_path, {}, **begins).axis(Day(last))
    assert axis.stop - axis.first == weeks
