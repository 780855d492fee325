import os
from pathlib import Path

import pandas as pd
import pytest

from churnrisk.errors import SourceError
from churnrisk.sources.files import pull
from churnrisk.store.workspace import Workspace

QUERIES = {
    "accounts": "SELECT id AS account_id, signed_up AS created_on FROM read_csv('{folder}/customers.csv')",
    "subscriptions": "-- No prices.\nSELECT id AS subscription_id, id AS account_id, signed_up AS started_on"
    " FROM '{folder}/customers.csv';\n-- The end.",
    "usage": "SELECT * FROM '{folder}/clicks.parquet'",
}
CUSTOMERS = pd.DataFrame({"id": ["b", "a"], "signed_up": ["2025-01-01", "2025-01-02"]})
CLICKS = pd.DataFrame(
    {
        "account_id": ["b", "a", "a", "b", "a"],
        "day": ["2025-02-01", "2025-01-31", "2025-01-05", "soon", None],
        "event": ["login"] * 5,
    }
)


@pytest.fixture
def queries(tmp_path: Path) -> Path:
    return write_queries(tmp_path / "queries", QUERIES)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_files(tmp_path / "files", CUSTOMERS, CLICKS)


def write_queries(path: Path, queries: dict[str, str]) -> Path:
    path.mkdir(exist_ok=True)
    for table, sql in queries.items():
        (path / f"{table}.sql").write_text(sql, encoding="utf-8")
    return path


def write_files(path: Path, customers: pd.DataFrame, clicks: pd.DataFrame) -> Path:
    path.mkdir()
    customers.to_csv(path / "customers.csv", index=False)
    clicks.to_parquet(path / "clicks.parquet", index=False)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_every_table_is_a_file_and_usage_one_a_month(queries: Path, folder: Path, tmp_path: Path) -> None:
    pull(queries, folder, Workspace(tmp_path))
    assert list(contents(tmp_path / "data" / "raw")) == [
        "accounts.parquet",
        "subscriptions.parquet",
        "usage/2025-01.parquet",
        "usage/2025-02.parquet",
        "usage/unknown.parquet",
    ]
    accounts = pd.read_parquet(tmp_path / "data" / "raw" / "accounts.parquet")
    assert accounts["account_id"].tolist() == ["a", "b"]
    usage = tmp_path / "data" / "raw" / "usage"
    assert pd.read_parquet(usage / "2025-01.parquet").to_dict("list") == {
        "account_id": ["a", "a"],
        "day": ["2025-01-05", "2025-01-31"],
        "event": ["login", "login"],
    }
    assert pd.read_parquet(usage / "unknown.parquet")["account_id"].tolist() == ["a", "b"]


def test_the_same_rows_give_the_same_bytes_in_any_order(queries: Path, folder: Path, tmp_path: Path) -> None:
    pull(queries, folder, Workspace(tmp_path))
    first = contents(tmp_path / "data" / "raw")
    pull(queries, folder, Workspace(tmp_path))
    assert contents(tmp_path / "data" / "raw") == first
    turned = write_files(tmp_path / "turned", CUSTOMERS[::-1], CLICKS[::-1])
    pull(queries, turned, Workspace(tmp_path))
    assert contents(tmp_path / "data" / "raw") == first


def test_a_table_that_is_no_longer_asked_for_is_gone(queries: Path, folder: Path, tmp_path: Path) -> None:
    write_queries(queries, {"tickets": "SELECT 1 AS ticket_id"})
    pull(queries, folder, Workspace(tmp_path))
    (queries / "tickets.sql").unlink()
    pull(queries, folder, Workspace(tmp_path))
    assert not (tmp_path / "data" / "raw" / "tickets.parquet").exists()


@pytest.mark.parametrize("name", ["the boss's files", "a*", "a?", "[ab]", "ü"])
def test_any_folder_name_will_do_and_is_no_pattern(queries: Path, tmp_path: Path, name: str) -> None:
    for decoy in ("a", "ab"):
        write_files(tmp_path / decoy, CUSTOMERS, CLICKS)
    pull(queries, write_files(tmp_path / name, CUSTOMERS, CLICKS), Workspace(tmp_path))
    assert len(pd.read_parquet(tmp_path / "data" / "raw" / "accounts.parquet")) == 2


@pytest.mark.parametrize("name", ["the boss's", "[ab]"])
def test_any_workspace_name_will_do(queries: Path, folder: Path, tmp_path: Path, name: str) -> None:
    pull(queries, folder, Workspace(tmp_path / name))
    assert sum(len(pd.read_parquet(part)) for part in (tmp_path / name / "data" / "raw" / "usage").iterdir()) == len(
        CLICKS
    )


def test_a_day_with_an_offset_lies_in_its_utc_month(queries: Path, folder: Path, tmp_path: Path) -> None:
    write_queries(queries, {"usage": "SELECT 'a' AS account_id, 'login' AS event, '2025-02-01T01:00:00+02:00' AS day"})
    pull(queries, folder, Workspace(tmp_path))
    assert [path.name for path in (tmp_path / "data" / "raw" / "usage").iterdir()] == ["2025-01.parquet"]


def test_nothing_is_fetched_and_the_clock_is_utc(queries: Path, folder: Path, tmp_path: Path) -> None:
    settings = ["TimeZone", "autoinstall_known_extensions", "autoload_known_extensions"]
    asked = ", ".join(f"current_setting('{name}') AS {name}" for name in settings)
    write_queries(queries, {"accounts": f"SELECT {asked}"})
    pull(queries, folder, Workspace(tmp_path))
    assert pd.read_parquet(tmp_path / "data" / "raw" / "accounts.parquet").iloc[0].tolist() == ["UTC", False, False]


@pytest.mark.parametrize(
    ("usage", "rows"),
    [("SELECT 1 AS other", 1), ("SELECT * FROM '{folder}/clicks.parquet' WHERE false", 0)],
    ids=["without the column of the day", "without rows"],
)
def test_usage_is_taken_as_it_is(queries: Path, folder: Path, tmp_path: Path, usage: str, rows: int) -> None:
    write_queries(queries, {"usage": usage})
    pull(queries, folder, Workspace(tmp_path))
    files = list((tmp_path / "data" / "raw" / "usage").iterdir())
    assert sum(len(pd.read_parquet(file)) for file in files) == rows


@pytest.mark.parametrize(
    "reads",
    ["read_text('{outside}')", "'{folder}/../secret.csv'", "read_csv('{folder}/link.csv')", "glob('{outside}')"],
    ids=["by its path", "by way of the folder above", "by a link", "by its name alone"],
)
def test_a_query_reads_no_file_outside_its_folder(queries: Path, folder: Path, tmp_path: Path, reads: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("token\nhunter2\n")
    (folder / "link.csv").symlink_to(secret)
    write_queries(queries, {"accounts": f"SELECT * FROM {reads.replace('{outside}', str(secret))}"})
    says = r"queries/accounts.sql: it reads .*(secret|link)\.csv, which is not in the source's folder\. .* Fix: move"
    with pytest.raises(SourceError, match=says):
        pull(queries, folder, Workspace(tmp_path))
    assert not (tmp_path / "data" / "raw").exists()


BAD_QUERIES = {
    "a misspelt column": ("SELECT acount FROM '{folder}/clicks.parquet'", ["Referenced column", "acount"]),
    "a misspelt word": ("SELEC 1", ["syntax error"]),
    "a missing file": ("SELECT * FROM '{folder}/missing.csv'", ["No files found", "missing.csv"]),
    "an unreadable value": ("SELECT event::INT AS day FROM '{folder}/clicks.parquet'", ["Could not convert", "login"]),
    "two statements": ("SELECT 1; SELECT 2", ["2 statements", "one SELECT"]),
    "none": ("-- to be written", ["0 statements", "one SELECT"]),
    "no SELECT": ("DROP TABLE accounts", ["not a SELECT"]),
    "a table of ours": ("SELECT * FROM statements", ["Table with name statements does not exist"]),
    "a pivot over what comes": ("PIVOT '{folder}/customers.csv' ON id", ["columns from the rows", "name them: PIVOT"]),
    "a table by its name": ("FROM query_table('{folder}/customers.csv')", ["query_table() hides", "name the file"]),
    "a query in a query": ("FROM query('SELECT 1')", ["query() hides", "name the file"]),
    "an order by the alphabet": ("SELECT max(id) FROM '{folder}/customers.csv'", ["max(id) goes by the alphabet"]),
    "a long message": (f"SELECT {'x' * 900}", [" ..."]),
}


@pytest.mark.parametrize(("sql", "phrases"), BAD_QUERIES.values(), ids=BAD_QUERIES.keys())
def test_a_bad_query_is_named_and_leaves_what_was_there(
    queries: Path, folder: Path, tmp_path: Path, sql: str, phrases: list[str]
) -> None:
    pull(queries, folder, Workspace(tmp_path / "out"))
    before = contents(tmp_path / "out")
    write_queries(queries, {"usage": sql})
    with pytest.raises(SourceError) as error:
        pull(queries, folder, Workspace(tmp_path / "out"))
    message = str(error.value)
    assert message.startswith("queries/usage.sql: ")
    assert all(phrase in message for phrase in phrases)
    assert len(message) < 500
    assert "LINE" not in message
    assert contents(tmp_path / "out") == before
    assert error.value.exit_code == 3


ENDLESS = "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t) SELECT n AS account_id FROM t"


def test_a_query_that_never_ends_is_stopped(queries: Path, folder: Path, tmp_path: Path) -> None:
    write_queries(queries, {"subscriptions": ENDLESS})
    with pytest.raises(
        SourceError, match=r"^queries/subscriptions.sql: it has not ended after 0.02 minutes\. Allowed:"
    ):
        pull(queries, folder, Workspace(tmp_path / "out"), minutes=0.02)
    assert not (tmp_path / "out" / "data" / "raw").exists()


def test_a_pipe_is_not_waited_for(queries: Path, folder: Path, tmp_path: Path) -> None:
    os.mkfifo(folder / "more.csv")
    with pytest.raises(SourceError, match=r"more\.csv is not a file but a pipe, socket or device\. Fix: remove it"):
        pull(queries, folder, Workspace(tmp_path))
    (folder / "more.csv").unlink()
    (queries / "usage.sql").unlink()
    os.mkfifo(queries / "usage.sql")
    with pytest.raises(SourceError, match=r"queries/usage\.sql: it is not a file"):
        pull(queries, folder, Workspace(tmp_path))


def test_a_missing_folder_is_refused(queries: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"source's folder is not there.*source\.folder"):
        pull(queries, tmp_path / "missing", Workspace(tmp_path))
    assert not (tmp_path / "data" / "raw").exists()
