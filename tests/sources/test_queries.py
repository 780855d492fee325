from pathlib import Path

import pytest

from churnrisk.errors import SourceError
from churnrisk.sources.queries import read

REQUIRED = ("usage", "accounts", "subscriptions")


def write(folder: Path, *tables: str) -> Path:
    folder.mkdir()
    for table in tables:
        (folder / f"{table}.sql").write_text(f"SELECT '{table}'", encoding="utf-8")
    return folder


def test_queries_come_in_the_order_of_the_contract(tmp_path: Path) -> None:
    queries = read(write(tmp_path / "queries", "tickets", *REQUIRED))
    assert [query.table.name for query in queries] == ["accounts", "subscriptions", "usage", "tickets"]
    assert queries[0].sql == "SELECT 'accounts'"
    assert queries[0].where == "queries/accounts.sql"


@pytest.mark.parametrize(
    ("tables", "phrases"),
    [
        (("accounts", "usage"), ["subscriptions.sql is missing", "SELECT", "started_on", "docs/no_dates.md"]),
        ((), ["accounts.sql, subscriptions.sql, usage.sql is missing"]),
        ((*REQUIRED, "tickts"), ["queries/tickts.sql", "no contract table 'tickts'", "did you mean 'tickets'?"]),
        ((*REQUIRED, "zzz"), ["queries/zzz.sql", "name the file after its table"]),
    ],
)
def test_a_wrong_folder_is_refused(tmp_path: Path, tables: tuple[str, ...], phrases: list[str]) -> None:
    folder = write(tmp_path / "queries", *tables)
    with pytest.raises(SourceError) as error:
        read(folder)
    assert all(phrase in str(error.value) for phrase in phrases)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"folder of queries is not there.*accounts\.sql"):
        read(tmp_path / "queries")
