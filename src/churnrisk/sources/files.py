"""A folder of CSV and Parquet files, read by DuckDB in this process: no server, no account, no network."""

import glob
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from duckdb import DuckDBPyConnection, StatementType

from churnrisk.errors import SourceError
from churnrisk.sources.csv_as_text import csv_as_text
from churnrisk.sources.queries import Query, read
from churnrisk.sources.shown import require_folder
from churnrisk.store.catalogue.pull import RAW, RAW_USAGE
from churnrisk.store.engine import full_disk_named
from churnrisk.store.files import rewriting
from churnrisk.store.workspace import Workspace

NO_MONTH = "unknown"
"""Partition of the usage rows whose day is not a date; intake rejects them with that reason."""

_SETTINGS: dict[str, str | int | float | list[str]] = {
    # As in `churnrisk.store.engine`: a bound that does not depend on the machine.
    "threads": 2,
    "memory_limit": "800MB",
    # A query must not download code, nor read Python variables of this process.
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
}


def pull(queries: Path, folder: Path, workspace: Workspace) -> None:
    """Run every query over the files in `folder` and write its rows to `data/raw`, all tables or none.

    `{folder}` in a query stands for the folder, inside quotes: `read_csv('{folder}/accounts.csv')`. A table is one
    file, `<table>.parquet`; usage is `usage/YYYY-MM.parquet`, by month of its day. Rows are sorted by all columns, so
    the same files give the same bytes. Usage is copied in bounded memory, however much there is.

    A query can read the files of `folder` and nothing else. Raises SourceError, naming the query's file, where the
    folder or a file is missing, or a query fails or reads another file.
    """
    wanted = read(queries)
    require_folder(folder)
    with (
        rewriting(workspace, RAW, RAW_USAGE) as draft,
        TemporaryDirectory(dir=draft.path("data/raw"), prefix=".spill-") as spill,
        duckdb.connect(config={**_SETTINGS, "temp_directory": spill}) as connection,
    ):
        connection.execute("SET TimeZone = 'UTC'")
        _confine(connection, folder, draft.path("data/raw"))
        for query in wanted:
            with _in_one_sentence(query), full_disk_named(draft.path("data/raw")):
                _bind(connection, query, folder)
                if query.table.name == "usage":
                    _write_by_month(connection, query.table.occurs, Path(spill), draft)
                else:
                    _write(connection, "pulled", RAW.at(draft, table=query.table.name))


def _confine(connection: DuckDBPyConnection, folder: Path, out: Path) -> None:
    """Let the connection reach the source's folder and the folder that it writes to, and no other file.

    Otherwise a query could read any file of the machine into a table that a whole team sees.
    """
    paths = [each.resolve().as_posix() for each in (folder, out)]
    # Both ways of writing each path, because DuckDB compares paths as a query has them, where * and [ are escaped.
    allowed = ", ".join(_literal(path) for each in paths for path in (each, glob.escape(each)))
    connection.execute(f"SET allowed_directories = [{allowed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _bind(connection: DuckDBPyConnection, query: Query, folder: Path) -> None:
    """Make the query's rows readable as the view `pulled`."""
    # Escaped, because * and [ in a folder's name are not patterns and its quotes don't end the literal.
    quoted = glob.escape(folder.resolve().as_posix()).replace("'", "''")
    statements = connection.extract_statements(query.sql.replace("{folder}", quoted))
    if [statement.type for statement in statements] != [StatementType.SELECT]:
        raise SourceError(
            f"it holds {len(statements)} statements" if len(statements) != 1 else "it is not a SELECT",
            where=query.where,
            allowed="one SELECT",
            fix="use WITH for steps in between",
        )
    connection.execute(f"CREATE OR REPLACE TEMP VIEW pulled AS {csv_as_text(connection, statements[0].query)}")


def _write_by_month(connection: DuckDBPyConnection, day: str, spill: Path, draft: Workspace) -> None:
    """Write the rows to a folder for each month first, then sort month by month, so that a sort fits into memory."""
    types = {row[0]: row[1] for row in connection.execute("DESCRIBE pulled").fetchall()}
    given = f'"{day}"' if day in types else "NULL"
    # Through TIMESTAMPTZ, because a direct cast drops a text's offset from UTC.
    given = f"TRY_CAST({given} AS TIMESTAMPTZ)" if types.get(day) == "VARCHAR" else given
    when = f"TRY_CAST({given} AS TIMESTAMP)"
    month = f"CASE WHEN isfinite({when}) THEN strftime({when}, '%Y-%m') ELSE '{NO_MONTH}' END"
    months = spill / "months"
    rows = f"SELECT *, {month} AS __month FROM pulled"
    connection.execute(f"COPY ({rows}) TO {_literal(str(months))} (FORMAT parquet, PARTITION_BY (__month))")
    RAW_USAGE.at(draft, month="").parent.mkdir()
    for part in sorted(months.glob("*")):
        rows = f"read_parquet({_literal(glob.escape(str(part)) + '/*.parquet')}, hive_partitioning = false)"
        _write(connection, rows, RAW_USAGE.at(draft, month=part.name.partition("=")[2]))


def _write(connection: DuckDBPyConnection, rows: str, path: Path) -> None:
    # By all columns, because DuckDB returns rows in any order, and DVC runs later stages again when bytes change.
    connection.execute(f"COPY (SELECT * FROM {rows} ORDER BY ALL) TO {_literal(str(path))} (FORMAT parquet)")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@contextmanager
def _in_one_sentence(query: Query) -> Iterator[None]:
    """Turn DuckDB's error on a query into one short sentence that names the query's file."""
    try:
        yield
    except duckdb.PermissionException as error:
        path = str(error).partition('"')[2].partition('"')[0]
        raise SourceError(
            f"it reads {path}, which is not in the source's folder",
            where=query.where,
            allowed="files below source.folder, as {folder}/...",
            fix="move the file there, or set source.folder in params.yaml to a folder that holds all files",
        ) from None
    except duckdb.Error as error:
        reason = " ".join(str(error).partition("\nLINE ")[0].split())
        # DuckDB lists candidates at length; the first 300 characters have the cause.
        reason = reason if len(reason) <= 300 else f"{reason[:300]} ..."
        raise SourceError(reason, where=query.where, fix="fix the query or the files that it reads") from None
