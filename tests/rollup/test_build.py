from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churnrisk.errors import SourceError
from churnrisk.rollup.build import rollup
from churnrisk.store.workspace import Workspace

from ..intake.raw import conform_in, contents, write_raw

AT_A_TIME = "churnrisk.rollup.build._ROWS_AT_A_TIME"


def rolled_up(folder: Path, usage: pd.DataFrame) -> Path:
    """The folder of the rollup of some raw usage."""
    write_raw(folder / "data" / "raw", usage=usage)
    conform_in(folder)
    rollup(Workspace(folder))
    return folder / "data" / "usage"


def rolled_up_as_they_are(folder: Path, usage: pd.DataFrame) -> Path:
    """The folder of the rollup of rows in their order, as if `conform` had written them in one month."""
    (folder / "data" / "tables" / "usage").mkdir(parents=True)
    usage.to_parquet(folder / "data" / "tables" / "usage" / "2025-01.parquet", index=False, row_group_size=5000)
    rollup(Workspace(folder))
    return folder / "data" / "usage"


COLUMNS = ["account_id", "day", "event", "user_id", "quantity", "known_at"]
USAGE = pd.DataFrame(
    [
        ("a", "2025-01-02 09:00", "login", "u1", 0.1, None),
        ("a", "2025-01-02 17:00", "login", "u2", 0.2, None),
        ("a", "2025-01-02 17:00", "login", "u2", 0.3, "2025-01-02 23:59"),
        ("a", "2025-01-02 17:00", "login", "u2", 4.0, "2025-01-05 06:00"),
        ("a", "2025-01-02", "login", None, 8.0, "2024-12-31"),
        ("a", "2025-01-02", "report", None, 16.0, None),
        ("a", "2025-02-01", "report", "u1", 32.0, None),
        ("b", "2025-02-01", "report", None, 64.0, None),
    ],
    columns=COLUMNS,
)


def test_quantities_are_added_up_by_day_and_event_and_when_known(tmp_path: Path) -> None:
    usage = rolled_up(tmp_path, USAGE)
    assert list(contents(usage)) == [
        "daily/2025-01.parquet",
        "daily/2025-02.parquet",
        "users/2025-01.parquet",
        "users/2025-02.parquet",
    ]
    daily = pd.read_parquet(usage / "daily")
    assert daily.astype(str).values.tolist() == [
        ["a", "2025-01-02", "login", "2025-01-02", "8.6", "4", "0", "1"],
        ["a", "2025-01-02", "login", "2025-01-05", "4.0", "1", "0", "0"],
        ["a", "2025-01-02", "report", "2025-01-02", "16.0", "1", "0", "0"],
        ["a", "2025-02-01", "report", "2025-02-01", "32.0", "1", "0", "0"],
        ["b", "2025-02-01", "report", "2025-02-01", "64.0", "1", "0", "0"],
    ]


@pytest.mark.parametrize("name", ["the boss's", "[ab]"])
def test_any_workspace_name_will_do(tmp_path: Path, name: str) -> None:
    daily = pd.read_parquet(rolled_up(tmp_path / name, USAGE.assign(quantity=[-1] + [1] * 7)) / "daily")
    assert daily["quantity"].sum() == 7
    assert len(pd.read_parquet(tmp_path / name / "data" / "rejected" / "usage.parquet")) == 1


def test_users_are_those_who_are_known(tmp_path: Path) -> None:
    users = pd.read_parquet(rolled_up(tmp_path, USAGE) / "users")
    assert users.astype(str).values.tolist() == [
        ["a", "u1", "2025-01-02", "2025-01-02", "0.1", "1"],
        ["a", "u2", "2025-01-02", "2025-01-02", "0.5", "2"],
        ["a", "u2", "2025-01-02", "2025-01-05", "4.0", "1"],
        ["a", "u1", "2025-02-01", "2025-02-01", "32.0", "1"],
    ]


@pytest.mark.parametrize(
    ("change", "copies"),
    [
        ({}, 1),
        ({"known_at": "2025-01-02 20:00"}, 1),  # the same row, learned again
        ({"user_id": "u3"}, 0),
        ({"day": "2025-01-02 10:00"}, 0),
        ({"quantity": 2.0}, 0),
        ({"event": "report"}, 0),
        ({"user_id": None}, 0),
    ],
)
def test_copies_are_rows_that_are_equal_in_all_but_when_they_became_known(
    tmp_path: Path, change: dict[str, object], copies: int
) -> None:
    row = {"account_id": "a", "day": "2025-01-02 09:00", "event": "login", "user_id": "u1", "quantity": 1.0}
    usage = rolled_up(tmp_path, pd.DataFrame([row | {"known_at": None}, row | {"known_at": None} | change]))
    assert [pd.read_parquet(usage / "daily")[name].sum() for name in ("rows", "copies")] == [2, copies]


@pytest.mark.parametrize("usage", [USAGE, USAGE.drop(columns="user_id")], ids=["with users", "without"])
def test_both_rollups_have_their_types_even_without_rows(tmp_path: Path, usage: pd.DataFrame) -> None:
    folder = rolled_up(tmp_path, usage)
    time, words = "datetime64[us]", "str"
    assert pd.read_parquet(folder / "daily").dtypes.astype(str).to_dict() == {
        "account_id": words,
        "day": time,
        "event": words,
        "known_on": time,
        "quantity": "float64",
        "rows": "int64",
        "copies": "int64",
        "ahead": "int64",
    }
    users = pd.read_parquet(folder / "users")
    assert users.dtypes.astype(str).to_dict() == {
        "account_id": words,
        "user_id": words,
        "day": time,
        "known_on": time,
        "quantity": "float64",
        "rows": "int64",
    }
    assert len(users) == (4 if "user_id" in usage else 0)


def test_rerun_gives_the_same_bytes_whatever_the_order_of_the_raw_rows(tmp_path: Path) -> None:
    row = {"account_id": "a", "day": "2025-01-02", "event": "login"}
    tenths = pd.DataFrame([row | {"quantity": tenth / 10} for tenth in range(5000)])
    first = contents(rolled_up(tmp_path / "one", tenths))
    rollup(Workspace(tmp_path / "one"))
    assert contents(tmp_path / "one" / "data" / "usage") == first
    assert contents(rolled_up(tmp_path / "two", tenths.sample(frac=1, random_state=7))) == first


def test_quantities_are_added_up_in_the_order_of_the_rows(tmp_path: Path) -> None:
    quantities = np.random.default_rng(7).random(200_000)
    mixed = ["b", "a"] * 100_000
    rows = pd.DataFrame({"account_id": mixed, "user_id": "u", "event": "login", "quantity": quantities})
    rows["day"] = rows["known_at"] = pd.Timestamp("2025-01-02")
    daily = pd.read_parquet(rolled_up_as_they_are(tmp_path, rows) / "daily")
    assert daily["quantity"].tolist() == [np.add.accumulate(quantities[first::2])[-1] for first in (1, 0)]


MOMENTS = ["1969-12-31 23:00", "2025-01-02", "2025-01-02 09:00", "2025-01-02 09:00:00.000001", "2025-01-31 23:59"]
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "account_id": st.sampled_from(["Z", "a", "b", "é"]),
            "user_id": st.sampled_from(["u2", "u10", None]),
            "event": st.sampled_from(["login", "report"]),
            "day": st.sampled_from(MOMENTS),
            "known_at": st.sampled_from([*MOMENTS, "2025-03-01"]),
            "quantity": st.sampled_from([0.0, 0.25, 1.0, 2.0]),
        }
    ),
    min_size=1,
    max_size=40,
)


def added_up(rows: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """The daily rollup as pandas has it, whatever its key."""
    rows = rows[rows["quantity"] > 0]
    rows = rows.assign(moment=rows["day"], day=rows["day"].dt.floor("D"), ahead=rows["known_at"].dt.floor("D"))
    rows = rows.assign(known_on=rows[["day", "ahead"]].max(axis=1), ahead=rows["ahead"] < rows["day"])
    rows = rows.assign(copies=rows.duplicated([*dict.fromkeys([*key, "user_id", "moment", "quantity"])]), rows=1)
    return rows.groupby(key, as_index=False)[["quantity", "rows", "copies", "ahead"]].sum()


@given(ROWS, st.sampled_from([1, 3, 100]))
@settings(max_examples=50, deadline=None)
def test_rollups_are_what_pandas_makes_of_the_rows(rows: list[dict[str, object]], part: int) -> None:
    usage = pd.DataFrame(rows).astype({"user_id": "str", "day": "M8[us]", "known_at": "M8[us]"})
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(AT_A_TIME, part)
        found = rolled_up_as_they_are(Path(folder), usage)
        daily, users = (pd.read_parquet(found / name) for name in ("daily", "users"))
    expected = added_up(usage, ["account_id", "day", "event", "known_on"])
    pd.testing.assert_frame_equal(daily, expected, check_dtype=False)
    expected = added_up(usage, ["account_id", "user_id", "day", "known_on"]).drop(columns=["copies", "ahead"])
    pd.testing.assert_frame_equal(users, expected, check_dtype=False)


def test_where_nobody_is_known_there_is_nothing_to_read(tmp_path: Path) -> None:
    for file in (rolled_up(tmp_path, USAGE.drop(columns="user_id")) / "users").iterdir():
        assert pq.read_metadata(file).num_row_groups == 0


def test_a_reader_of_some_accounts_skips_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AT_A_TIME, 2)
    rows = pd.DataFrame({"account_id": list("edcba"), "user_id": list("vwxyz"), "event": "login", "quantity": 1.0})
    rows["day"] = rows["known_at"] = pd.Timestamp("2025-01-02")
    for path in rolled_up_as_they_are(tmp_path, rows).rglob("*.parquet"):
        file = pq.read_metadata(path)
        accounts = [file.row_group(number).column(0) for number in range(file.num_row_groups)]
        assert [(each.statistics.min, each.statistics.max) for each in accounts] == [("a", "b"), ("c", "d"), ("e", "e")]
        assert all(each.has_dictionary_page for each in accounts)


def test_a_month_that_is_gone_from_the_tables_is_gone_from_the_rollup(tmp_path: Path) -> None:
    usage = rolled_up(tmp_path, USAGE)
    (tmp_path / "data" / "tables" / "usage" / "2025-02.parquet").unlink()
    rollup(Workspace(tmp_path))
    assert list(contents(usage)) == ["daily/2025-01.parquet", "users/2025-01.parquet"]


def test_without_tables_there_is_nothing_to_add_up(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="usage is not there"):
        rollup(Workspace(tmp_path))
    assert not (tmp_path / "data" / "usage").exists()


def test_a_quantity_of_nothing_is_no_usage(tmp_path: Path) -> None:
    usage = rolled_up(tmp_path, USAGE.assign(quantity=0.0))
    assert [len(pd.read_parquet(usage / name)) for name in ("daily", "users")] == [0, 0]
