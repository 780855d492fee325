"""Rows of usage as one file a month, so that nobody has to hold more than a month of them."""

import glob
from pathlib import Path

from duckdb import DuckDBPyConnection

NO_MONTH = "unknown"
"""Partition of the rows whose day is not a date; intake rejects them with that reason."""


def write_by_month(connection: DuckDBPyConnection, rows: str, time: str, spill: Path, folder: Path) -> list[Path]:
    """Write `rows`, a table as SQL, to one file for each month of `time`, an expression; returns the files in order.

    The files are `folder`/YYYY-MM.parquet. Rows are written to a folder for each month in `spill` first and then sorted
    month by month, so that a sort fits into memory.
    """
    months = spill / "months"
    marked = f"SELECT *, {month_of(time)} AS __month FROM {rows}"
    connection.execute(f"COPY ({marked}) TO {literal(str(months))} (FORMAT parquet, PARTITION_BY (__month))")
    files = []
    for part in sorted(months.glob("*")):
        unsorted = f"read_parquet({literal(glob.escape(str(part)) + '/*.parquet')}, hive_partitioning = false)"
        files.append(folder / f"{part.name.partition('=')[2]}.parquet")
        write_sorted(connection, unsorted, files[-1])
    return files


def month_of(time: str) -> str:
    """The month of a time, both as SQL: YYYY-MM, or `NO_MONTH`."""
    return f"CASE WHEN isfinite({time}) THEN strftime({time}, '%Y-%m') ELSE '{NO_MONTH}' END"


def write_sorted(connection: DuckDBPyConnection, rows: str, path: Path) -> None:
    """Write rows to a Parquet file, sorted.

    By all columns, because DuckDB returns rows in any order, and DVC runs later stages again when bytes change.
    """
    connection.execute(f"COPY (SELECT * FROM {rows} ORDER BY ALL) TO {literal(str(path))} (FORMAT parquet)")


def literal(text: str) -> str:
    """A text as SQL."""
    return "'" + text.replace("'", "''") + "'"
