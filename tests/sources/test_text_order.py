"""A query that puts uncast texts of a CSV file in order is found out, and no other is."""

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from churnrisk.errors import SourceError
from churnrisk.sources.csv_as_text import csv_as_text
from churnrisk.sources.files import pull
from churnrisk.sources.text_order import text_order
from churnrisk.store.workspace import Workspace

BY_THE_ALPHABET = {
    # query: the expression that goes by the alphabet, and the same with a cast
    "SELECT max(mrr) FROM '{a}'": ("max(mrr)", "max(mrr::T)"),
    "SELECT max(x.mrr) FROM read_csv('{a}') AS x JOIN '{p}' AS p USING (id)": ("max(mrr)", "max(mrr::T)"),
    "SELECT max(a.mrr) OVER (PARTITION BY a.id) FROM '{a}'": ("max(mrr)", "max(mrr::T)"),
    "SELECT arg_max(name, mrr) FROM '{a}'": ("arg_max(name, mrr)", "arg_max(name, mrr::T)"),
    "SELECT min_by('{}', mrr) FROM '{a}'": ("min_by('{}', mrr)", "min_by('{}', mrr::T)"),
    "SELECT arg_min(name, (day::DATE, id)) FROM '{a}'": (
        "arg_min(name, row(day::DATE, id))",
        "arg_min(name, row(day::DATE, id::T))",
    ),
    "SELECT quantile_disc(mrr, 0.5) FROM '{a}'": ("quantile_disc(mrr, ...)", "quantile_disc(mrr::T, ...)"),
    "SELECT greatest(mrr, day) FROM '{a}'": ("greatest(mrr, day)", "greatest(mrr::T, day::T)"),
    "SELECT list_sort(list(mrr)) FROM '{a}'": ("list_sort(list(mrr))", "list_sort(list(mrr))"),
    "SELECT id FROM '{a}' WHERE mrr < day": ("mrr < day", "mrr::T < day::T"),
    "SELECT id FROM '{a}' WHERE day >= '2024-01-01'": ("day >= '2024-01-01'", "day::T >= '2024-01-01'::T"),
    "SELECT id FROM '{a}' WHERE mrr BETWEEN '1' AND '3'": ("mrr >= '1'", "mrr::T >= '1'::T"),
    "SELECT CASE WHEN mrr > name THEN 1 END FROM '{a}'": ("mrr > name", "mrr::T > name::T"),
    "SELECT 1 FROM '{a}' a JOIN '{a}' b ON a.id = b.id AND a.mrr <= b.day": ("mrr <= day", "mrr::T <= day::T"),
    "SELECT 1 FROM '{a}' a ASOF JOIN '{p}' p ON a.id = p.id AND a.day >= p.id": ("day >= id", "day::T >= id"),
    "SELECT first(name ORDER BY day) FROM '{a}'": ("ORDER BY day", "ORDER BY day::T"),
    "SELECT row_number() OVER (PARTITION BY id ORDER BY day) FROM '{a}'": ("ORDER BY day", "ORDER BY day::T"),
    "SELECT * FROM '{a}' ORDER BY day LIMIT 1": ("ORDER BY day", "ORDER BY day::T"),
    "SELECT DISTINCT ON (id) * FROM '{a}' ORDER BY day": ("ORDER BY day", "ORDER BY day::T"),
    "SELECT first(id) FROM (SELECT id FROM '{a}' ORDER BY id)": ("ORDER BY id", "ORDER BY id::T"),
    "WITH x AS (SELECT trim(mrr) AS m FROM '{a}') SELECT max(m) FROM x": ("max(m)", "max(m::T)"),
    "SELECT max(q) FROM (SELECT mrr AS q FROM '{a}' UNION ALL SELECT 'x')": ("max(q)", "max(q::T)"),
    "SELECT (SELECT max(b.mrr) FROM '{a}' b WHERE b.id = a.id) FROM '{a}'": ("max(mrr)", "max(mrr::T)"),
    "SELECT max(i) FROM '{a}', unnest([mrr]) AS u(i)": ("max(i)", "max(i::T)"),
    "SELECT max(q) FROM (UNPIVOT '{a}' ON mrr, day INTO NAME n VALUE q)": ("max(q)", "max(q::T)"),
    "FROM (PIVOT '{a}' ON name IN ('x') USING max(mrr) GROUP BY id)": ("max(mrr)", "max(mrr::T)"),
    "SELECT max(COLUMNS(*)) FROM '{a}'": ("max(id)", "max(id::T)"),
}
OTHERWISE = [
    # cast, here or in a step before
    "SELECT max(mrr::DOUBLE), min(TRY_CAST(day AS DATE)), median(mrr::INT) FROM '{a}'",
    "SELECT arg_max(name, mrr::DOUBLE), max(replace(mrr, ',', '')::DOUBLE) FROM '{a}'",
    "SELECT max(strptime(day, '%Y-%m-%d')) FROM '{a}'",
    "WITH x AS (SELECT id, mrr::DOUBLE AS mrr FROM '{a}'), y AS (FROM x) SELECT id, max(mrr) FROM y GROUP BY id",
    "SELECT max(m) - min(m) FROM (SELECT day::DATE AS m FROM '{a}')",
    "SELECT row_number() OVER (PARTITION BY name ORDER BY day::DATE, mrr::INT) FROM '{a}'",
    "SELECT id FROM '{a}' WHERE day::DATE >= '2024-01-01' AND mrr::INT BETWEEN 1 AND 3",
    "SELECT max(strftime(day::DATE, '%Y-%m')) FROM '{a}'",
    "SELECT max(i) FROM '{a}', unnest([mrr::INT]) AS u(i)",
    # the alphabet is asked for
    "SELECT max(name::VARCHAR), min(id::TEXT) FROM '{a}'",
    "SELECT id::VARCHAR AS k FROM '{a}' GROUP BY id::VARCHAR ORDER BY k LIMIT 1",
    "SELECT max(name COLLATE NOCASE) FROM '{a}'",
    "SELECT x.id FROM '{a}' AS x JOIN '{a}' AS y ON x.id COLLATE NOCASE = y.id",
    # of another source, or with types of its own
    "SELECT max(n), max(p.id) FROM '{a}' JOIN '{p}' AS p ON a.id = p.id",
    "SELECT max(p.id) FROM '{p}' JOIN '{a}' ON a.id = p.id",
    "SELECT max(q) FROM read_csv('{a}', types = {'mrr': 'DOUBLE'}) AS t(id, q)",
    "SELECT max(i) FROM '{a}', range(3) AS r(i)",
    # no order at all
    "SELECT * FROM '{a}' ORDER BY day",
    "SELECT id FROM '{a}' ORDER BY day",
    "SELECT mode(mrr), count(DISTINCT mrr), any_value(name), list(id), string_agg(name, ',') FROM '{a}'",
    "SELECT id FROM '{a}' WHERE mrr = day OR mrr <> name OR mrr IN ('1', '2') OR mrr IN (SELECT day FROM '{a}')",
    "SELECT * FROM '{a}' a JOIN '{a}' b USING (id) WHERE a.name LIKE 'x%' LIMIT 3",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.csv").write_text("id,mrr,day,name\na,9,2024-01-01,x\nb,100,2024-01-02,y\n")
    pd.DataFrame({"id": ["a"], "n": [1]}).to_parquet(tmp_path / "p.parquet")
    return tmp_path


def in_folder(folder: Path, sql: str) -> str:
    return sql.replace("{a}", f"{folder}/a.csv").replace("{p}", f"{folder}/p.parquet")


@pytest.mark.parametrize(("sql", "says"), BY_THE_ALPHABET.items(), ids=BY_THE_ALPHABET)
def test_an_order_by_the_alphabet_is_found(folder, sql, says):
    with duckdb.connect() as connection:
        found = text_order(connection, in_folder(folder, sql))
    assert found is not None
    assert (found.expression, found.cast("::T")) == says


@pytest.mark.parametrize("sql", OTHERWISE)
def test_any_other_order_is_not(folder, sql):
    with duckdb.connect() as connection:
        connection.execute(csv_as_text(connection, in_folder(folder, sql)))
        assert text_order(connection, in_folder(folder, sql)) is None


def test_a_refused_query_is_named_with_the_expression_and_its_casts(folder, tmp_path):
    (folder / "queries").mkdir()
    queries = {
        "accounts": "SELECT id AS account_id, day AS created_on FROM '{folder}/a.csv'",
        "subscriptions": "SELECT id AS subscription_id, id AS account_id, max(day) AS started_on"
        " FROM '{folder}/a.csv' GROUP BY id",
        "usage": "SELECT id AS account_id, day, name AS event FROM '{folder}/a.csv'",
    }
    for table, sql in queries.items():
        (folder / "queries" / f"{table}.sql").write_text(sql)
    with pytest.raises(SourceError) as error:
        pull(folder / "queries", folder, Workspace(tmp_path / "out"))
    assert str(error.value) == (
        "queries/subscriptions.sql: max(day) goes by the alphabet, where '9' comes after '100': CSV files are read as"
        " text. Fix: cast it: max(day::DOUBLE) or max(day::TIMESTAMP), or max(day::VARCHAR) where the alphabet is"
        " meant."
    )
