"""A folder of CSV and Parquet files, read by DuckDB in this process: no server, no account, no network."""

import glob
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer

import duckdb
from duckdb import DuckDBPyConnection, StatementType

from churnrisk.errors import SourceError
from churnrisk.sources.csv_as_text import csv_as_text
from churnrisk.sources.months import literal, write_by_month, write_sorted
from churnrisk.sources.parse_tree import calls
from churnrisk.sources.queries import Query, read
from churnrisk.sources.shown import require_folder
from churnrisk.sources.text_order import text_order
from churnrisk.sources.usage import Drafted, Overlap, Times, write_usage
from churnrisk.store.catalogue.pull import PULLED, RAW, RAW_USAGE
from churnrisk.store.engine import full_disk_named
from churnrisk.store.files import rewriting
from churnrisk.store.partitions import digest
from churnrisk.store.workspace import Workspace

_SETTINGS: dict[str, str | int | float | list[str]] = {
    # As in `churnrisk.store.engine`: a bound that does not depend on the machine.
    "threads": 2,
    "memory_limit": "800MB",
    # A query must not download code, nor read Python variables of this process.
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
}


def pull(
    queries: Path, folder: Path, workspace: Workspace, minutes: float = 60, overlap: Overlap | None = None
) -> None:
    """Run every query over the files in `folder` and write its rows to `data/raw`, all tables or none.

    With an `overlap` only those months of usage are read that may have changed since the last pull (see
    `churnrisk.sources.usage`).

    `{folder}` in a query stands for the folder, inside quotes: `read_csv('{folder}/accounts.csv')`. A table is one
    file, `<table>.parquet`; usage is `usage/YYYY-MM.parquet`, by month of its day. Rows are sorted by all columns, so
    the same files give the same bytes. Usage is copied in bounded memory, however much there is.

    A query can read the files of `folder` and nothing else. Raises SourceError, naming the query's file, where the
    folder or a file is missing, or a query fails, reads another file, or has not ended after `minutes`.
    """
    wanted = read(queries)
    require_folder(folder)
    with (
        rewriting(workspace, RAW, RAW_USAGE, PULLED) as draft,
        TemporaryDirectory(dir=draft.path("data/raw"), prefix=".spill-") as spill,
        duckdb.connect(config={**_SETTINGS, "temp_directory": spill}) as connection,
    ):
        connection.execute("SET TimeZone = 'UTC'")
        _confine(connection, folder, draft.path("data/raw"))
        for query in wanted:
            with (
                _in_one_sentence(query),
                _stopped_after(minutes, connection, query),
                full_disk_named(draft.path("data/raw")),
            ):
                _bind(connection, query, folder)
                if query.table.name == "usage":
                    months = RAW_USAGE.at(draft, month="").parent
                    months.mkdir()
                    times = Times(_time(connection, query.table.occurs), _time(connection, "known_at"))
                    if overlap is None:
                        write_by_month(connection, "pulled", times.day, Path(spill), months)
                    else:
                        of = digest(query.sql, _place(folder, workspace))
                        write_usage(connection, times, Drafted(workspace, draft, Path(spill)), of, overlap)
                else:
                    write_sorted(connection, "pulled", RAW.at(draft, table=query.table.name))


def _place(folder: Path, workspace: Workspace) -> str:
    """The folder as the workspace sees it, so that a workspace may be moved with the files in it."""
    there, root = folder.resolve(), workspace.root.resolve()
    return (there.relative_to(root) if there.is_relative_to(root) else there).as_posix()


@contextmanager
def _stopped_after(minutes: float, connection: DuckDBPyConnection, query: Query) -> Iterator[None]:
    """Stop what runs on the connection after so many minutes: a recursive query may never end by itself."""
    timer = Timer(minutes * 60, connection.interrupt)
    timer.start()
    try:
        yield
    except duckdb.InterruptException:
        raise SourceError(
            f"it has not ended after {minutes:g} minutes",
            where=query.where,
            allowed="source.query_minutes in params.yaml",
            fix="see that a recursive query ends and every JOIN has its ON, or allow more minutes",
        ) from None
    finally:
        timer.cancel()


def _confine(connection: DuckDBPyConnection, folder: Path, out: Path) -> None:
    """Let the connection reach the source's folder and the folder that it writes to, and no other file.

    Otherwise a query could read any file of the machine into a table that a whole team sees.
    """
    paths = [each.resolve().as_posix() for each in (folder, out)]
    # Both ways of writing each path, because DuckDB compares paths as a query has them, where * and [ are escaped.
    allowed = ", ".join(literal(path) for each in paths for path in (each, glob.escape(each)))
    connection.execute(f"SET allowed_directories = [{allowed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _bind(connection: DuckDBPyConnection, query: Query, folder: Path) -> None:
    """Make the query's rows readable as the view `pulled`."""
    # Escaped, because * and [ in a folder's name are not patterns and its quotes don't end the literal.
    quoted = glob.escape(folder.resolve().as_posix()).replace("'", "''")
    sql = _one_select(connection, query, query.sql.replace("{folder}", quoted))
    as_text = csv_as_text(connection, sql)
    # Before its order is looked at, so that a query that can't run at all is refused in DuckDB's own words.
    connection.execute(f"CREATE OR REPLACE TEMP VIEW pulled AS {as_text}")
    _refuse_text_order(connection, query, sql)


def _one_select(connection: DuckDBPyConnection, query: Query, sql: str) -> str:
    statements = connection.extract_statements(sql)
    types = [statement.type for statement in statements]
    if types == [StatementType.MULTI]:
        # DuckDB makes several statements of it, the first of which reads the columns' names from the rows.
        raise SourceError(
            "a PIVOT takes its columns from the rows",
            where=query.where,
            allowed="one SELECT, whose columns are the same every week",
            fix="name them: PIVOT ... ON kind IN ('one', 'other')",
        )
    if types != [StatementType.SELECT]:
        raise SourceError(
            f"it holds {len(statements)} statements" if len(statements) != 1 else "it is not a SELECT",
            where=query.where,
            allowed="one SELECT",
            fix="use WITH for steps in between",
        )
    for name in calls(connection, statements[0].query, ("query", "query_table")):
        # It would read a CSV file with types that DuckDB guesses.
        raise SourceError(
            f"{name}() hides which file is read", where=query.where, fix="name the file: FROM '{folder}/...'"
        )
    return statements[0].query


def _refuse_text_order(connection: DuckDBPyConnection, query: Query, sql: str) -> None:
    """Raise SourceError where the query puts texts of a CSV file in order without saying so."""
    found = text_order(connection, sql)
    if found is not None:
        number, time, text = (found.cast(f"::{kind}") for kind in ("DOUBLE", "TIMESTAMP", "VARCHAR"))
        raise SourceError(
            f"{found.expression} goes by the alphabet, where '9' comes after '100': CSV files are read as text",
            where=query.where,
            fix=f"cast it: {number} or {time}, or {text} where the alphabet is meant",
        )


def _time(connection: DuckDBPyConnection, day: str) -> str:
    """The column of the day as a time, where it is one or a text in ISO 8601."""
    types = {row[0]: row[1] for row in connection.execute("DESCRIBE pulled").fetchall()}
    given = f'"{day}"' if day in types else "NULL"
    # Through TIMESTAMPTZ, because a direct cast drops a text's offset from UTC.
    given = f"TRY_CAST({given} AS TIMESTAMPTZ)" if types.get(day) == "VARCHAR" else given
    return f"TRY_CAST({given} AS TIMESTAMP)"


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
