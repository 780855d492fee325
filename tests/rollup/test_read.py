"""Reading some accounts of a rollup, in whatever groups of rows it lies."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from churnrisk.clock import Day
from churnrisk.rollup.read import read_daily

ROWS = pd.DataFrame(
    [
        ("a", "login", "2025-01-06", "2025-01-06", 1.0),
        ("a", "view", "2025-01-07", "2025-01-20", 2.0),
        ("b", "login", "2025-01-06", "2025-01-06", 3.0),
        ("z", "login", "1969-12-31", "1969-12-31", 4.0),
        ("é", "export", "2025-01-08", "2025-01-08", 5.5),
        ("会", "login", "2025-01-08", "2025-01-08", 6.0),
    ],
    columns=["account_id", "event", "day", "known_on", "quantity"],
).assign(day=lambda rows: pd.to_datetime(rows["day"]), known_on=lambda rows: pd.to_datetime(rows["known_on"]))
NEXT = ROWS.iloc[[0, 4]].assign(
    event=["pay", "login"], day=pd.Timestamp("2025-02-03"), known_on=pd.Timestamp("2025-02-03")
)


def read(files, accounts, settle_days=0):
    ids = np.array(sorted(accounts), object)
    found = []
    for daily in read_daily(files, ids, settle_days):
        days = daily.day.astype(str), daily.known_on.astype(str)
        events = [daily.names[code] for code in daily.code]
        found += zip(ids[daily.account_index], events, *days, daily.quantity, strict=True)
    return found


@pytest.mark.parametrize("statistics", [True, False])
@pytest.mark.parametrize("group", [1, 2, 100])
@pytest.mark.parametrize("accounts", ["ab", "b", "z", "é会", "aé", "abzé会"])
def test_the_rows_of_the_accounts_are_read_and_no_others(tmp_path, accounts, group, statistics):
    for month, rows in (("2025-01", ROWS), ("2025-02", NEXT)):
        table = pa.Table.from_pandas(rows.astype({"day": "M8[us]", "known_on": "M8[us]"}), preserve_index=False)
        pq.write_table(table, tmp_path / f"{month}.parquet", row_group_size=group, write_statistics=statistics)
    both = pd.concat([ROWS, NEXT])
    both = both[both["account_id"].isin(list(accounts))]
    days = [both[name].dt.strftime("%Y-%m-%d") for name in ("day", "known_on")]
    assert read(tmp_path, accounts) == list(
        zip(both["account_id"], both["event"], *days, both["quantity"], strict=True)
    )


@pytest.mark.parametrize(("settle_days", "known_on"), [(0, "2025-01-07"), (1, "2025-01-07"), (3, "2025-01-09")])
def test_a_row_is_seen_when_it_is_known_and_settled(tmp_path, settle_days, known_on):
    late = ROWS.iloc[:1].assign(known_on=pd.Timestamp("2025-01-07"))
    table = pa.Table.from_pandas(late.astype({"day": "M8[us]", "known_on": "M8[us]"}), preserve_index=False)
    pq.write_table(table, tmp_path / "2025-01.parquet")
    assert [row[3] for row in read(tmp_path, "a", settle_days)] == [known_on]


def test_accounts_without_usage_have_none(tmp_path):
    table = pa.Table.from_pandas(ROWS.astype({"day": "M8[us]", "known_on": "M8[us]"}), preserve_index=False)
    pq.write_table(table, tmp_path / "2025-01.parquet")
    assert read(tmp_path, ["bb", "bc"]) == []
    assert read(tmp_path, ["~"]) == []
    pq.write_table(table.slice(0, 0), tmp_path / "2025-01.parquet")
    assert read(tmp_path, "a") == []


def test_a_row_is_seen_once_it_is_known_and_its_day_has_settled(tmp_path):
    ROWS.astype({"day": "M8[us]", "known_on": "M8[us]"}).to_parquet(tmp_path / "2025-01.parquet", index=False)
    assert [known_on for _, _, _, known_on, _ in read(tmp_path, "a", settle_days=3)] == ["2025-01-09", "2025-01-20"]


FILES = {"2024-12": "2024-12-31", "2025-01": "2025-01-01", "2025-02": "2025-02-28", "any": "2020-01-01"}


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (None, ["2024-12-31", "2025-01-01", "2025-02-28", "2020-01-01"]),
        ("2024-12-31", ["2024-12-31", "2025-01-01", "2025-02-28", "2020-01-01"]),
        ("2025-01-31", ["2025-01-01", "2025-02-28", "2020-01-01"]),
        ("2025-02-01", ["2025-02-28", "2020-01-01"]),
        ("2025-03-01", ["2020-01-01"]),
    ],
)
def test_months_that_end_before_a_day_are_not_read(tmp_path, since, expected):
    """A file that is not named after a month, as those that the doctor makes, may hold any day."""
    for name, on in FILES.items():
        row = ROWS.iloc[:1].assign(day=pd.Timestamp(on), known_on=pd.Timestamp("2025-03-01"))
        row.astype({"day": "M8[us]", "known_on": "M8[us]"}).to_parquet(tmp_path / f"{name}.parquet", index=False)
    parts = read_daily(tmp_path, np.array(["a"], object), 0, since=None if since is None else Day(since))
    assert [str(on) for part in parts for on in part.day] == expected


def test_all_parts_have_all_events_in_order(tmp_path):
    for month, rows in (("2025-01", ROWS), ("2025-02", NEXT)):
        rows.astype({"day": "M8[us]", "known_on": "M8[us]"}).to_parquet(tmp_path / f"{month}.parquet", index=False)
    for daily in read_daily(tmp_path, np.array(["a", "é"], object), 0):
        assert daily.names == ("export", "login", "pay", "view")
