"""DuckDB as intake and the rollup use it."""

import errno
import glob
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pandas as pd
from duckdb import DuckDBPyConnection


@contextmanager
def connect(folder: Path) -> Iterator[DuckDBPyConnection]:
    """An in-memory DuckDB in UTC that spills into `folder` when its memory is full, and cleans up after itself.

    800 MB and two threads, whatever the machine has: with its default, four fifths of the memory, DuckDB would crowd
    out the data frames of the same process, and the same run would use more memory on a larger machine.
    """
    with (
        full_disk_named(folder),
        TemporaryDirectory(dir=folder, prefix=".spill-") as spill,
        duckdb.connect(config={"threads": 2, "memory_limit": "800MB", "temp_directory": spill}) as connection,
    ):
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


@contextmanager
def full_disk_named(folder: Path) -> Iterator[None]:
    """Raise OSError where DuckDB can't write to a folder for want of room; it has an error of its own for that."""
    try:
        yield
    except duckdb.IOException as error:
        for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            if os.strerror(number) in str(error):
                raise OSError(number, os.strerror(number), str(folder)) from error
        raise


def frame(connection: DuckDBPyConnection, sql: str) -> pd.DataFrame:
    """The rows of a query, with texts as pandas' own `str` and times to the microsecond.

    Through Arrow, because DuckDB's own conversion makes a Python object of every text.
    """
    rows: pd.DataFrame = connection.sql(sql).to_arrow_table().to_pandas()
    return rows


def target(path: Path) -> str:
    """A path to write to as SQL text.

    >>> target(Path("the boss's data"))
    "'the boss''s data'"
    """
    return "'" + str(path).replace("'", "''") + "'"


def file(path: Path) -> str:
    """A path to read from as SQL text: just that file, whatever its name.

    >>> file(Path("[2025] a.parquet"))
    "'[[]2025] a.parquet'"
    """
    return target(Path(glob.escape(str(path))))
