import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from churnrisk.contract import TABLES as CONTRACT
from churnrisk.contract.table import PANDAS_TYPES
from churnrisk.errors import ContractError

from .raw import TABLES, conform_in, contents, write_raw


def report(folder: Path) -> Any:
    return json.loads((folder / "reports" / "intake.json").read_text())


def written(folder: Path) -> dict[str, bytes]:
    """What doesn't depend on the order of the raw rows."""
    return contents(folder / "data" / "tables") | {"report": (folder / "reports" / "intake.json").read_bytes()}


def changed(table: str, **columns: Any) -> pd.DataFrame:
    return TABLES[table].assign(**columns)


def test_sound_tables_pass_in_their_declared_types(tmp_path: Path) -> None:
    write_raw(tmp_path / "data" / "raw")
    conform_in(tmp_path)
    assert list(contents(tmp_path / "data" / "tables")) == [
        "accounts.parquet",
        "subscriptions.parquet",
        "usage/2025-01.parquet",
        "usage/2025-02.parquet",
    ]
    assert contents(tmp_path / "data" / "rejected") == {}
    subscriptions = pd.read_parquet(tmp_path / "data" / "tables" / "subscriptions.parquet")
    types = {c: PANDAS_TYPES[CONTRACT["subscriptions"].kind(c)] for c in CONTRACT["subscriptions"].columns}
    assert subscriptions.dtypes.astype(str).to_dict() == types
    assert subscriptions["mrr"].tolist() == [100, 250.5]
    assert subscriptions["end_known_at"].tolist() == [pd.Timestamp("2025-02-20"), pd.NaT]
    accounts = pd.read_parquet(tmp_path / "data" / "tables" / "accounts.parquet")
    assert list(accounts) == [*CONTRACT["accounts"].columns, "attribute_size", "attribute_tier"]
    assert accounts["attribute_size"].dtype == "float64"


@pytest.mark.parametrize(
    "days",
    [
        "01/02/2025|02/03/2025|01/31/2025|soon",
        "02.01.2025|03.02.2025|31.01.2025|soon",
        "2025-01-02|02/03/2025|01/31/2025|soon",
    ],
    ids=["US", "German", "ISO and US"],
)
def test_usage_with_other_dates_is_laid_out_by_month_like_any(tmp_path: Path, days: str) -> None:
    tables = {}
    for name, given in {"iso": "2025-01-02|2025-02-03|2025-01-31|soon", "other": days}.items():
        write_raw(tmp_path / name / "data" / "raw", usage=changed("usage", day=given.split("|")))
        conform_in(tmp_path / name)
        tables[name] = contents(tmp_path / name / "data" / "tables")
    assert list(tables["iso"])[2:] == ["usage/2025-01.parquet", "usage/2025-02.parquet"]
    assert tables["other"] == tables["iso"]


def test_the_report_counts_every_table(tmp_path: Path) -> None:
    usage = changed("usage", day=["2025-01-02", "never", "2025-01-09", "2025-01-11"])
    write_raw(tmp_path / "data" / "raw", usage=usage)
    conform_in(tmp_path)
    found = report(tmp_path)
    assert found["tables"]["usage"] == {
        "read": 4,
        "kept": 3,
        "rejected": {"day is not a date": 1},
        "first": "2025-01-02",
        "last": "2025-01-11",
        "columns_not_offered": ["subscription_id", "known_at"],
        "formats": {},
        "added_up": 0,
        "bridged": 0,
        "emptied": {},
        "misspelt": {},
        "one_day": {},
    }
    assert found["not_offered"] == ["invoices", "tickets", "surveys", "touchpoints", "goals", "dispositions"]
    names = [(each["table"], each["name"], each["rows"], each["share"]) for each in found["contradictions"]]
    assert names == [("usage", "before sign-up", 1, 0.3333), ("usage", "before the first subscription", 1, 0.3333)]
    assert list(contents(tmp_path / "data" / "tables" / "usage")) == ["2025-01.parquet"]
    assert len(pd.read_parquet(tmp_path / "data" / "tables" / "usage")) == 3


def test_the_commonest_reason_comes_first(tmp_path: Path) -> None:
    write_raw(tmp_path / "data" / "raw", usage=changed("usage", account_id=["z", "z", None, "b"]))
    conform_in(tmp_path)
    rejected = report(tmp_path)["tables"]["usage"]["rejected"]
    assert list(rejected.items()) == [("account_id is not in accounts", 2), ("account_id is missing", 1)]


def test_times_are_utc_wherever_the_machine_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    created = ["2025-01-01T01:00+02:00", "2025-01-10 01:00"]
    write_raw(tmp_path / "data" / "raw", accounts=changed("accounts", created_on=created))
    conform_in(tmp_path)
    found = pd.read_parquet(tmp_path / "data" / "tables" / "accounts.parquet")["created_on"]
    assert found.astype(str).tolist() == ["2024-12-31", "2025-01-10"]


def test_equal_rows_of_usage_stay(tmp_path: Path) -> None:
    write_raw(tmp_path / "data" / "raw")
    conform_in(tmp_path)
    assert len(pd.read_parquet(tmp_path / "data" / "tables" / "usage" / "2025-01.parquet")) == 3


TICKETS = pd.DataFrame(
    {
        "ticket_id": ["1", "2", "3", "3", "4"],
        "account_id": ["a", "z", "a", "a", "a"],
        "opened_at": ["2025-01-05"] * 4 + ["2024-12-01"],
        "severity": ["high", "1", "2", "2", "3"],
    }
)


def test_rejected_rows_are_as_given_with_the_reason(tmp_path: Path) -> None:
    write_raw(tmp_path / "data" / "raw", tickets=TICKETS)
    conform_in(tmp_path)
    rejected = pd.read_parquet(tmp_path / "data" / "rejected" / "tickets.parquet")
    assert list(rejected) == ["ticket_id", "account_id", "opened_at", "severity", "reason"]
    assert rejected.values.tolist() == [
        ["2", "z", "2025-01-05", "1", "account_id is not in accounts"],
        ["3", "a", "2025-01-05", "2", "ticket_id is there already"],
    ]
    assert pd.read_parquet(tmp_path / "data" / "tables" / "tickets.parquet")["ticket_id"].tolist() == ["1", "3", "4"]
    assert report(tmp_path)["tables"]["tickets"]["emptied"] == {"severity is not a number": 1}
    assert report(tmp_path)["contradictions"] == [
        {
            "table": "tickets",
            "name": "before sign-up",
            "what": "opened_at is before the account's created_on",
            "rows": 1,
            "share": 0.3333,
            "example": {"ticket_id": "4", "account_id": "a", "opened_at": "2024-12-01", "signed_up_on": "2025-01-01"},
        }
    ]


def test_a_row_may_be_corrected_and_an_account_be_sound_by_any_of_its_versions(tmp_path: Path) -> None:
    versions = pd.DataFrame(
        {
            "account_id": ["a", "a", "b", "b"],
            "created_on": ["2025-01-01", "2025-01-20", "one day", "2025-01-10"],
            "segment": ["small", "large", "small", "small"],
            "known_at": [None, "2025-02-01", None, "2025-02-01"],
        }
    )
    write_raw(tmp_path / "data" / "raw", accounts=versions)
    conform_in(tmp_path)
    kept = pd.read_parquet(tmp_path / "data" / "tables" / "accounts.parquet")
    assert kept[["account_id", "segment"]].values.tolist() == [["a", "small"], ["a", "large"], ["b", "small"]]
    assert kept["known_at"].astype(str).tolist() == ["2025-01-01", "2025-02-01", "2025-02-01"]
    assert report(tmp_path)["tables"]["usage"]["kept"] == 4
    assert report(tmp_path)["contradictions"] == []


def test_a_date_that_cannot_be_is_rejected(tmp_path: Path) -> None:
    days = ["2025-01-02", "0001-01-01", "9999-12-31", "2025-01-11"]
    write_raw(tmp_path / "data" / "raw", usage=changed("usage", day=days))
    conform_in(tmp_path)
    counts = report(tmp_path)["tables"]["usage"]
    assert counts["rejected"] == {"day is not between 1901 and 2200: leave it empty where there is no date": 2}
    assert (counts["first"], counts["last"]) == ("2025-01-02", "2025-01-11")
    assert list(contents(tmp_path / "data" / "tables" / "usage")) == ["2025-01.parquet"]


def test_a_rejected_account_takes_its_rows_with_it(tmp_path: Path) -> None:
    write_raw(tmp_path / "data" / "raw", accounts=changed("accounts", created_on=["2025-01-01", "one day"]))
    conform_in(tmp_path)
    rejected = {name: counts["rejected"] for name, counts in report(tmp_path)["tables"].items()}
    assert rejected == {
        "accounts": {"created_on is not a date": 1},
        "subscriptions": {"account_id is not in accounts": 1},
        "usage": {"account_id is not in accounts": 2},
    }


def test_an_optional_table_may_be_empty(tmp_path: Path) -> None:
    write_raw(tmp_path / "data" / "raw", tickets=TICKETS[:0])
    conform_in(tmp_path)
    assert len(pd.read_parquet(tmp_path / "data" / "tables" / "tickets.parquet")) == 0
    assert report(tmp_path)["tables"]["tickets"]["last"] is None
    assert "tickets" not in report(tmp_path)["not_offered"]


FAULTY = {
    "subscriptions": pd.DataFrame(
        {
            "subscription_id": ["1", "2", "3", None, "4"],
            "account_id": ["a", "a", "b", "a", None],
            "started_on": ["2025-01-10", "2025-01-10", None, "2025-01-10", "2025-01-10"],
            "ended_on": ["2025-01-09", None, None, None, None],
            "mrr": [1, 2, 3, 4, -5],
            "seats": [1, -1, 3, 4, 5],
        }
    ),
    "touchpoints": pd.DataFrame(
        {"touchpoint_id": ["1", "2"], "account_id": "a", "happened_at": "2025-01-10", "kind": ["fax", "call"]}
    ),
    "tickets": TICKETS,
}


def test_what_is_kept_keeps_the_schema(tmp_path: Path) -> None:
    subscriptions = pd.concat([TABLES["subscriptions"], FAULTY["subscriptions"]])
    write_raw(tmp_path / "data" / "raw", **FAULTY | {"subscriptions": subscriptions.astype({"mrr": str})})
    conform_in(tmp_path)
    kept = {"subscriptions": 3, "touchpoints": 1, "tickets": 3, "usage": 4}
    for name, count in kept.items():
        rows = pd.read_parquet(tmp_path / "data" / "tables" / (name if name == "usage" else f"{name}.parquet"))
        assert len(CONTRACT[name].schema.validate(rows, lazy=True)) == count


def test_the_order_of_the_raw_rows_is_of_no_consequence(tmp_path: Path) -> None:
    duplicates = TICKETS.assign(ticket_id="1", severity=["4", "1", "2", None, "3"])
    write_raw(tmp_path / "data" / "raw", tickets=duplicates)
    conform_in(tmp_path)
    first = written(tmp_path)
    conform_in(tmp_path)
    assert written(tmp_path) == first
    turned = {name: rows[::-1] for name, rows in (TABLES | {"tickets": duplicates}).items()}
    write_raw(tmp_path / "turned" / "data" / "raw", **turned)
    conform_in(tmp_path / "turned")
    assert written(tmp_path / "turned") == first


NO_ROWS = TABLES["usage"][:0]
STOPS: dict[str, tuple[dict[str, pd.DataFrame | None], list[str]]] = {
    "a missing table": ({"subscriptions": None}, ["required table is missing", "queries/subscriptions.sql"]),
    "a missing column": (
        {"usage": TABLES["usage"].drop(columns="event")},
        ["queries/usage.sql", "required column 'event' is missing; found account_id, day, user_id, quantity"],
    ),
    "an unknown column": ({"accounts": changed("accounts", segmet="x")}, ["did you mean 'segment'?"]),
    "no rows": ({"usage": NO_ROWS}, ["usage: there are no rows"]),
    "no rows in a file": ({"accounts": TABLES["accounts"][:0]}, ["accounts: there are no rows"]),
    "no sound row": ({"subscriptions": changed("subscriptions", started_on="x")}, ["subscriptions: there are no rows"]),
}


@pytest.mark.parametrize(("tables", "phrases"), STOPS.values(), ids=STOPS.keys())
def test_a_broken_table_stops_the_run_and_leaves_what_was_there(
    tmp_path: Path, tables: dict[str, pd.DataFrame | None], phrases: list[str]
) -> None:
    write_raw(tmp_path / "data" / "raw")
    conform_in(tmp_path)
    shutil.rmtree(tmp_path / "data" / "raw")
    before = contents(tmp_path)
    raw = contents(write_raw(tmp_path / "data" / "raw", **tables))
    with pytest.raises(ContractError) as error:
        conform_in(tmp_path)
    assert all(phrase in str(error.value) for phrase in phrases)
    assert contents(tmp_path) == before | {f"data/raw/{name}": rows for name, rows in raw.items()}


@pytest.mark.parametrize(("share", "stops"), [(0.5, False), (0.49, True)])
def test_too_many_rejected_rows_stop_the_run(tmp_path: Path, share: float, stops: bool) -> None:
    usage = changed("usage", event=["login", None, "report", None], account_id=["a", "a", "z", "b"])
    write_raw(tmp_path / "data" / "raw", usage=usage[["account_id", "day", "event"]].iloc[[0, 1, 2, 0]])
    if not stops:
        return conform_in(tmp_path, share)
    with pytest.raises(ContractError) as error:
        conform_in(tmp_path, share)
    assert "usage: 2 of 4 rows (50.0%) are rejected, 1 of them because" in str(error.value)
    assert "account_id is not in accounts (such as account_id = 'z')" in str(error.value)
    written = {path.relative_to(tmp_path).parts[1] for path in tmp_path.rglob("*.parquet")}
    assert written == {"raw"}
    return None
