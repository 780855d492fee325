"""What a CSV file says comes through as it stands there, whatever it looks like."""

from pathlib import Path

import duckdb
import pytest

from churnrisk.sources.csv_as_text import csv_as_text

FILE = "id,paid,day\n007,1.10,24-01-15\n0x1F,1e5,03/01/2024\n"
AS_GIVEN = [("007", "1.10", "24-01-15"), ("0x1F", "1e5", "03/01/2024")]


def rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    (folder / "a.csv").write_text(FILE)
    with duckdb.connect() as connection:
        return connection.execute(csv_as_text(connection, sql.replace("{a}", f"{folder}/a.csv"))).fetchall()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('{a}')",
        "SELECT * FROM read_csv_auto('{a}', header = true) AS x",
        "SELECT * FROM '{a}'",
        "FROM '{a}' AS x",
        "SELECT * FROM (SELECT * FROM '{a}')",
        "WITH x AS (SELECT * FROM read_csv(['{a}'])) SELECT * FROM x",
        "SELECT x.* FROM '{a}' AS x JOIN read_csv('{a}') AS y USING (id)",
        "SELECT * FROM read_csv('{a}') WHERE id IN (SELECT id FROM '{a}')",
        "SELECT * FROM '{a}' UNION SELECT * FROM read_csv('{a}')",
    ],
)
def test_every_value_is_the_text_that_stands_in_the_file(tmp_path, sql):
    assert sorted(rows(tmp_path, sql)) == AS_GIVEN


@pytest.mark.parametrize(
    "types",
    [
        "types = {'paid': 'DOUBLE'}",
        "columns = {'id': 'VARCHAR', 'paid': 'DOUBLE', 'day': 'VARCHAR'}",
        "all_varchar = false",
        "auto_type_candidates = ['DOUBLE', 'VARCHAR']",
    ],
)
def test_a_query_that_says_its_own_types_is_left_as_it_is(tmp_path, types):
    assert [paid for (paid,) in rows(tmp_path, f"SELECT paid FROM read_csv('{{a}}', {types})")] == [1.1, 100000.0]


@pytest.mark.parametrize("sql", ["SELECT 1", "SELECT * FROM read_parquet('x.parquet')", "SELEC 1", "SELECT * FROM x"])
def test_other_queries_are_left_as_they_are(sql):
    with duckdb.connect() as connection:
        assert csv_as_text(connection, sql) == sql


@pytest.mark.parametrize(
    "sql", ["SELECT a.id FROM '{a}'", "SELECT a.id FROM '{a}' JOIN '{b}' ON a.id = b.id", "SELECT b.id FROM '{b}'"]
)
def test_a_file_is_still_called_by_its_name(tmp_path, sql):
    (tmp_path / "b.x.csv").write_text(FILE)
    assert sorted(rows(tmp_path, sql.replace("{b}", f"{tmp_path}/b.x.csv"))) == [("007",), ("0x1F",)]
