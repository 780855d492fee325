"""Damaged files: whatever goes wrong in a run, a file that is not as it was written is the first thing to look for."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from churnrisk.errors import ChurnriskError
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import broken


@contextmanager
def damage_named(workspace: Workspace) -> Iterator[None]:
    """Turn an error that comes of a damaged table into one that names its file; every other error passes.

    Files are looked through only after something went wrong, because each reader would otherwise need a guard of its
    own, and a guard that reads everything first takes as long as the stage. A damaged file shows itself in many ways:
    not only DuckDB and pyarrow fail, but also whoever computes with what they let through.
    """
    try:
        yield
    except ChurnriskError:
        raise
    except Exception as error:
        for path in _tables(workspace):
            found = fault(path)
            if found is not None:
                raise broken(path, found) from error
        raise


def _tables(workspace: Workspace) -> list[Path]:
    """The Parquet files that stages have written, in order; none of a draft."""
    found = [path for top in (workspace.data, workspace.reports) for path in top.rglob("*.parquet")]
    return sorted(path for path in found if not any(part.startswith(".") for part in path.parts))


def fault(path: Path) -> Exception | None:
    """Why a file can't be read to its end; None where it can."""
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            for rows in file.iter_batches():
                rows.validate(full=True)
    # KeyError and ValueError: an altered footer may name columns that are not there.
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        return error
    return None
