"""Reads a query's result as the declared columns: which are there, and each value in its declared type or at fault."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from duckdb import DuckDBPyConnection

from churnrisk.contract import ATTRIBUTE, Table
from churnrisk.contract.table import SQL_TYPES
from churnrisk.errors import ContractError, did_you_mean
from churnrisk.intake.formats import YEARS, Format, in_years
from churnrisk.store.engine import file, frame

_FLOATS = ("FLOAT", "DOUBLE")
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_NUMBERS = (*_FLOATS, "DECIMAL", *_WHOLE, *(f"U{name}" for name in _WHOLE))
_IS_NOT = {
    "number": "is not a number",
    "time": "is not a date",
    "flag": "is neither yes nor no",
    "answer": "is neither yes nor no",
}

Offered = Mapping[str, str]
"""The columns that a query gives, by name, each with its DuckDB type."""

Formats = Mapping[str, Format]
"""How the texts of columns of dates and numbers are read."""


def offered_columns(connection: DuckDBPyConnection, part: Path) -> dict[str, str]:
    """The columns of a Parquet file and their types."""
    return {str(row[0]): str(row[1]) for row in connection.execute(f"DESCRIBE FROM {file(part)}").fetchall()}


def attributes(table: Table, offered: Offered) -> list[str]:
    """The company's own columns, in alphabetical order, where the table takes them.

    Names are of letters, digits and `_` only, because they are used unquoted in SQL, in params and in features.
    """
    own = (column for column in offered if column.startswith(ATTRIBUTE) and column != ATTRIBUTE)
    return sorted(column for column in own if column.isidentifier()) if table.attributes else []


def check_columns(table: Table, offered: Offered) -> None:
    """Raise ContractError for a required column that is missing or a column that the contract doesn't know."""
    query = f"queries/{table.name}.sql"
    undated = "; where the source has no such date, don't make it up, see docs/no_dates.md"
    for column in table.columns:
        if table.is_required(column) and column not in offered:
            raise ContractError(
                f"the required column '{column}' is missing; found {', '.join(offered)}",
                where=query,
                fix=f"give it: SELECT ... AS {column}{undated if table.kind(column) == 'time' else ''}",
            )
    for column in offered:
        if column not in table.columns and column not in attributes(table, offered):
            hint = did_you_mean(column.lower(), table.columns)
            raise ContractError(
                f"unknown column '{column}'{f' ({hint})' if hint else ''}",
                where=query,
                allowed=", ".join(table.columns),
                fix=f"rename it in {query}, or name it {ATTRIBUTE}... on accounts",
            )


def read_typed(
    connection: DuckDBPyConnection, part: Path, table: Table, offered: Offered, formats: Formats
) -> pd.DataFrame:
    """The rows of one raw file in the declared types, in an order that does not depend on the file's.

    `formats` say how the texts of columns of dates and numbers are read. The declared columns and the company's own are
    joined by `row`, the row's number in the file, from 0; `fault`, a sentence on the first value that is not of its
    type and sets the row aside; `emptied`, sentences on those that are merely emptied; and, for tables other than
    `accounts`, `has_account`, whether the account exists. A value at fault is empty.
    """
    own = {c: "number" if c in formats else _own_kind(offered[c]) for c in attributes(table, offered)}
    kinds = {c: table.kind(c) for c in table.columns} | own
    values = {c: _value(c, kinds[c], offered, formats) for c in kinds}
    values |= {c: _in_words(v, table.columns[c].metadata["words"]) for c, v in values.items() if c in table.columns}
    fillings = {c: column.metadata["empty" if c in offered else "default"] for c, column in table.columns.items()}
    typed = ", ".join(f'{_or_filling(v, fillings.get(c))} AS "{c}"' for c, v in values.items())
    given = [c for c in kinds if c in offered and kinds[c] in _IS_NOT]
    emptied = [c for c in given if c in table.columns and table.columns[c].metadata["emptied"]]
    faults = {c: _fault(c, kinds[c], values[c], offered, formats) for c in given}
    first = ", ".join(faults[c] for c in given if c not in emptied)
    others = ", ".join(faults[c] for c in emptied)
    # By every column, because the order of a query's rows is not fixed: the same rows then give the same bytes.
    order = ", ".join(f'"{c}"' for c in dict.fromkeys([*table.key, *_by_time(table), *kinds]))
    rows = f"""
        SELECT file_row_number AS row, coalesce({first or "NULL"}, NULL::VARCHAR) AS fault,
            concat_ws('; ', {others or "NULL"}) AS emptied, {typed}
        FROM read_parquet({file(part)}, file_row_number = true)"""
    if table.name != "accounts":
        known = "coalesce(account_id IN (SELECT account_id FROM known_accounts), false)"
        rows = f"SELECT *, {known} AS has_account FROM ({rows})"
    return frame(connection, f"SELECT * FROM ({rows}) ORDER BY {order}, row")


def _by_time(table: Table) -> list[str]:
    return [] if table.key else ["account_id", table.occurs, "event", "user_id"]


def _own_kind(sql_type: str) -> str:
    return "number" if sql_type.startswith((*_NUMBERS, "BOOLEAN")) else "text"


def _given(column: str, sql_type: str) -> str:
    """The value as given; blank text and NaN mean that there is none."""
    if sql_type == "VARCHAR":
        return f'CASE WHEN trim("{column}") <> \'\' THEN "{column}" END'
    return f'CASE WHEN NOT isnan("{column}") THEN "{column}" END' if sql_type in _FLOATS else f'"{column}"'


def _value(column: str, kind: str, offered: Offered, formats: Formats) -> str:
    """The value in its declared type; empty where it can't be."""
    if column not in offered:
        return f"CAST(NULL AS {SQL_TYPES[kind]})"
    given, numeric = _given(column, offered[column]), offered[column].startswith(_NUMBERS)
    if kind == "text":
        return f"CAST({given} AS VARCHAR)"
    if kind in ("flag", "answer"):
        number = given if numeric else f"TRY_CAST({given} AS DOUBLE)"
        # A text too may be a number: a flag that was once missing somewhere is often exported as 1.0 and 0.0.
        words = "NULL" if numeric else f"TRY_CAST({given} AS BOOLEAN)"
        flag = f"CASE {number} WHEN 1 THEN true WHEN 0 THEN false ELSE {words} END"
        return f"CAST({flag} AS {SQL_TYPES[kind]})"
    if kind == "time":
        value = _time(column, offered, formats)
        # Where only the date counts, a time of day would open a gap between one that ends and one that starts that day.
        return in_years(f"date_trunc('day', {value})" if column.endswith("_on") else value)
    value = formats[column].read(given) if column in formats else f"TRY_CAST({given} AS {SQL_TYPES[kind]})"
    return f"CASE WHEN isfinite({value}) THEN {value} END"


def _time(column: str, offered: Offered, formats: Formats) -> str:
    """The value as a time, whatever its year."""
    given = _given(column, offered[column])
    return formats[column].read(given) if column in formats else f"TRY_CAST({given} AS TIMESTAMP)"


def _fault(column: str, kind: str, value: str, offered: Offered, formats: Formats) -> str:
    """SQL for the sentence on a value that is given and can't be read; NULL where nothing is wrong."""
    fault = f"'{column} {_IS_NOT[kind]}'"
    if kind == "time":
        beyond = f"'{column} is not between {YEARS[0]} and {YEARS[1]}: leave it empty where there is no date'"
        fault = f"CASE WHEN isfinite({_time(column, offered, formats)}) THEN {beyond} ELSE {fault} END"
    return f"CASE WHEN {_given(column, offered[column])} IS NOT NULL AND {value} IS NULL THEN {fault} END"


def _in_words(value: str, words: Sequence[str]) -> str:
    """A text that is one of some words in other capitals, as that word; every other text as it is."""
    if not words:
        return value
    cases = " ".join(f"WHEN '{word.casefold()}' THEN '{word}'" for word in words)
    return f"CASE lower(trim({value})) {cases} ELSE {value} END"


def _or_filling(value: str, filling: object) -> str:
    return value if filling is None else f"coalesce({value}, {filling})"
