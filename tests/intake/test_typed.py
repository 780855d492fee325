from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from churnrisk.contract import TABLES
from churnrisk.contract.table import PANDAS_TYPES
from churnrisk.errors import ContractError
from churnrisk.intake.formats import formats
from churnrisk.intake.typed import check_columns, offered_columns, read_typed


def typed(tmp_path: Path, select: str, table: str = "subscriptions") -> pd.DataFrame:
    """The rows of a SELECT, read as a contract table."""
    part = tmp_path / "part.parquet"
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("CREATE TABLE known_accounts AS SELECT 'a' AS account_id")
        connection.execute(f"COPY ({select}) TO '{part}'")
        offered = offered_columns(connection, part)
        readers = formats(connection, [part], TABLES[table], offered)
        return read_typed(connection, part, TABLES[table], offered, readers)


NONE = None
BEYOND = "is not between 1901 and 2200: leave it empty where there is no date"
VALUES = [
    # column, given, value, fault
    ("mrr", "'12.5'", 12.5, NONE),
    ("mrr", "12::DECIMAL(9, 2)", 12.0, NONE),
    ("mrr", "'abc'", NONE, "mrr is not a number"),
    ("mrr", "'1e999'", NONE, "mrr is not a number"),
    ("mrr", "'NaN'::DOUBLE", NONE, NONE),
    ("mrr", "' '", NONE, NONE),
    ("mrr", "NULL", NONE, NONE),
    ("term_months", "DATE '2025-01-01'", NONE, "term_months is not a number"),
    ("started_on", "DATE '2025-03-10'", "2025-03-10", NONE),
    ("started_on", "'2025-03-10'", "2025-03-10", NONE),
    ("end_known_at", "'2025-03-10T01:30:00+02:00'", "2025-03-09 23:30", NONE),
    ("end_known_at", "TIMESTAMPTZ '2025-03-10 01:30:00+02:00'", "2025-03-09 23:30", NONE),
    ("end_known_at", "TIMESTAMP_NS '2025-03-10 01:30:00.123456'", "2025-03-10 01:30:00.123456", NONE),
    ("started_on", "'2025-03-10T01:30:00+02:00'", "2025-03-09", NONE),
    ("started_on", "TIMESTAMP '2025-03-10 23:30:00'", "2025-03-10", NONE),
    ("started_on", "'2025-02-30'", NONE, "started_on is not a date"),
    ("started_on", "'infinity'", NONE, "started_on is not a date"),
    ("started_on", "20250310", NONE, "started_on is not a date"),
    ("started_on", "'1970-01-01'", "1970-01-01", NONE),
    ("started_on", "TIMESTAMP '2199-12-31 23:59:59'", "2199-12-31", NONE),
    ("started_on", "'1962-03-01'", "1962-03-01", NONE),
    ("started_on", "'1900-12-31'", NONE, f"started_on {BEYOND}"),
    ("started_on", "'2200-01-01'", NONE, f"started_on {BEYOND}"),
    ("started_on", "DATE '0001-01-01'", NONE, f"started_on {BEYOND}"),
    ("started_on", "'9999-12-31'", NONE, f"started_on {BEYOND}"),
    ("started_on", "TIMESTAMP '9999-12-31 23:59:59'", NONE, f"started_on {BEYOND}"),
    ("is_trial", "'yes'", True, NONE),
    ("is_trial", "1.0", True, NONE),
    ("is_trial", "'1.0'", True, NONE),
    ("is_trial", "'0'", False, NONE),
    ("is_trial", "'2'", False, "is_trial is neither yes nor no"),
    ("is_trial", "0", False, NONE),
    ("is_trial", "true", True, NONE),
    ("is_trial", "2", False, "is_trial is neither yes nor no"),
    ("auto_renew", "'perhaps'", NONE, "auto_renew is neither yes nor no"),
    ("auto_renew", "NULL", NONE, NONE),
    ("auto_renew", "'no'", 0.0, NONE),
    ("plan", "'  '", NONE, NONE),
    ("plan", "7", "7", NONE),
]


@pytest.mark.parametrize(("column", "given", "value", "fault"), VALUES)
def test_a_value_is_of_its_type_or_at_fault(
    tmp_path: Path, column: str, given: str, value: Any, fault: str | None
) -> None:
    row = typed(tmp_path, f"SELECT {given} AS {column}").fillna({"fault": ""}).iloc[0]
    expected = pd.Timestamp(value) if column.endswith(("_on", "_at")) else value
    assert pd.isna(row[column]) if value is None else row[column] == expected
    assert row["fault"] == (fault or "")


EMPTY = {
    "usage, a quantity that is not offered is one a row": ("usage", "quantity", "", 1.0),
    "usage, an empty quantity is nothing done": ("usage", "quantity", ", NULL AS quantity", 0.0),
    "usage, a quantity": ("usage", "quantity", ", 3 AS quantity", 3.0),
    "touchpoints, answered is not offered": ("touchpoints", "answered", "", 1.0),
    "touchpoints, answered is empty": ("touchpoints", "answered", ", NULL AS answered", None),
    "touchpoints, not answered": ("touchpoints", "answered", ", 'no' AS answered", 0.0),
    "subscriptions, auto_renew is empty": ("subscriptions", "auto_renew", ", '' AS auto_renew", None),
    "subscriptions, is_trial is empty": ("subscriptions", "is_trial", ", NULL AS is_trial", False),
}


@pytest.mark.parametrize(("table", "column", "given", "value"), EMPTY.values(), ids=EMPTY)
def test_what_is_left_empty_is_no_default(tmp_path: Path, table: str, column: str, given: str, value: Any) -> None:
    [found] = typed(tmp_path, f"SELECT 'a' AS account_id{given}", table)[column].tolist()
    assert (found is None or found != found) if value is None else found == value


@pytest.mark.parametrize(
    ("table", "kind", "word"),
    [
        ("tickets", "Complaint", "complaint"),
        ("tickets", " COMPLAINT ", "complaint"),
        ("tickets", "Question", "Question"),
        ("touchpoints", "QBR", "qbr"),
        ("touchpoints", "Email", "email"),
    ],
)
def test_words_that_mean_something_are_known_in_any_capitals(tmp_path: Path, table: str, kind: str, word: str) -> None:
    assert typed(tmp_path, f"SELECT 'a' AS account_id, '{kind}' AS kind", table)["kind"].tolist() == [word]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("where", ["true", "false"])
def test_every_declared_column_is_there_in_its_type(tmp_path: Path, table: str, where: str) -> None:
    rows = typed(tmp_path, f"SELECT 'a' AS account_id WHERE {where}", table)
    types = {c: PANDAS_TYPES[TABLES[table].kind(c)] for c in TABLES[table].columns}
    assert rows[list(types)].dtypes.astype(str).to_dict() == types


def test_a_row_without_an_account_has_none(tmp_path: Path) -> None:
    assert typed(tmp_path, "SELECT CAST(NULL AS VARCHAR) AS account_id", "usage")["has_account"].tolist() == [False]


def test_own_columns_are_numbers_or_words(tmp_path: Path) -> None:
    values = {
        "n": "1",
        "yes": "true",
        "nan": "'NaN'::FLOAT",
        "day": "DATE '2025-01-01'",
        "text": "'007'",
        "blank": "''",
    }
    own = ", ".join(f"{value} AS attribute_{name}" for name, value in values.items())
    rows = typed(tmp_path, f"SELECT 'a' AS account_id, {own}", "accounts").iloc[0]
    assert rows[["attribute_n", "attribute_yes"]].tolist() == [1.0, 1.0]
    assert rows[["attribute_day", "attribute_text"]].tolist() == ["2025-01-01", "007"]
    assert rows[["attribute_nan", "attribute_blank"]].isna().all()


def test_rows_are_sorted_and_know_their_number_and_their_account(tmp_path: Path) -> None:
    rows = typed(tmp_path, "SELECT * FROM (VALUES ('b', 2), ('a', 2), ('a', 1)) AS t (account_id, quantity)", "usage")
    assert rows[["account_id", "quantity", "row"]].values.tolist() == [["a", 1.0, 2], ["a", 2.0, 1], ["b", 2.0, 0]]
    assert rows["has_account"].tolist() == [True, True, False]


WRONG_COLUMNS = [
    ("accounts", ["name"], ["required column 'account_id' is missing; found name", "SELECT ... AS account_id."]),
    ("accounts", ["account_id"], ["'created_on' is missing", "where the source has no such date", "docs/no_dates.md"]),
    ("accounts", ["account_id", "created_on", "Segmnt"], ["unknown column 'Segmnt'", "did you mean 'segment'?"]),
    ("accounts", ["account_id", "created_on", "size"], ["unknown column 'size'", "name it attribute_... on accounts"]),
    ("accounts", ["account_id", "created_on", "attribute_"], ["unknown column 'attribute_'"]),
    ("accounts", ["account_id", "created_on", "attribute_it's"], ["unknown column 'attribute_it's'"]),
    ("usage", ["account_id", "day", "event", "attribute_x"], ["unknown column 'attribute_x'", "quantity"]),
]


@pytest.mark.parametrize(("table", "columns", "phrases"), WRONG_COLUMNS)
def test_wrong_columns_are_refused(table: str, columns: list[str], phrases: list[str]) -> None:
    with pytest.raises(ContractError) as error:
        check_columns(TABLES[table], dict.fromkeys(columns, "VARCHAR"))
    assert all(phrase in str(error.value) for phrase in [f"queries/{table}.sql", *phrases])


def test_own_columns_are_welcome_on_accounts() -> None:
    check_columns(TABLES["accounts"], dict.fromkeys(["account_id", "created_on", "attribute_x"], "VARCHAR"))
