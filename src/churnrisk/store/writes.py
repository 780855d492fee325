"""Writes files and folders whole or not at all, and reads them back."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from churnrisk.errors import SourceError, fix_of


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path to write to that becomes `path` only when the block ends well.

    It is beside `path`, because renaming is atomic only within a file system.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    try:
        with file_named(path):
            yield partial
            partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def file_named(path: Path) -> Iterator[None]:
    """Give an error of the operating system the path that is written to.

    Only the opening of a file names it by itself. Where a disk is full, it is the writing that fails.
    """
    try:
        yield
    except OSError as error:
        if error.filename is None or Path(error.filename).name == f".{path.name}.partial":
            error.filename = str(path)
        raise


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """An empty folder to fill that replaces `path` only when the block ends well.

    A run that is killed while the two change places leaves the old one beside; the next run puts it back. Where `path`
    is a link, the folder that it leads to is replaced, and the link stays.
    """
    path = path.resolve() if path.is_symlink() else path
    path.parent.mkdir(parents=True, exist_ok=True)
    partial, old = path.with_name(f".{path.name}.partial"), path.with_name(f".{path.name}.old")
    if old.exists() and not path.exists():
        old.replace(path)
    for rest in (partial, old):
        shutil.rmtree(rest, ignore_errors=True)
    partial.mkdir()
    try:
        yield partial
        if path.exists():
            path.replace(old)
        partial.replace(path)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        # Nobody knows the draft, which is gone a moment later.
        if error.filename is not None:
            error.filename = str(error.filename).replace(str(partial), str(path))
        raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def write_text(text: str, path: Path) -> None:
    """One text file, in UTF-8."""
    with whole_file(path) as partial:
        partial.write_text(text, encoding="utf-8")


def write_bytes(content: bytes, path: Path) -> None:
    """One file of any kind."""
    with whole_file(path) as partial:
        partial.write_bytes(content)


def write_json(value: Any, path: Path) -> None:
    """One JSON file, keys in the order given."""
    write_text(json_text(value), path)


def json_text(value: Any) -> str:
    """A value as JSON that people can read; raises ValueError where a number is NaN, which many programs refuse."""
    return json.dumps(value, indent=2, allow_nan=False) + "\n"


def write_table(rows: pd.DataFrame, path: Path) -> None:
    """One Parquet file, without the frame's index."""
    with whole_file(path) as partial:
        rows.to_parquet(partial, index=False, write_page_checksum=True)


def read_json(path: Path) -> Any:
    """The content of a JSON file; raises SourceError where the file is missing or not JSON."""
    require(path)
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise broken(path, error) from error


def read_table(path: Path, columns: list[str] | None = None, **how: Any) -> pd.DataFrame:
    """The rows of a Parquet file, or of a folder of them; raises SourceError where it is missing or damaged."""
    require(path)
    try:
        return pd.read_parquet(path, columns=columns, page_checksum_verification=True, **how)
    # A wrong checksum is an OSError, an altered footer may be a name that is not Unicode, or is no column's.
    except (pa.ArrowException, OSError, UnicodeError, KeyError) as error:
        raise broken(path, error) from error


def require(path: Path) -> None:
    """Raise SourceError where a file or folder that an earlier stage writes does not exist."""
    if not path.exists():
        fix = "run the stages before, with `dvc repro`"
        raise SourceError(f"{path.name} is not there", where=str(path.parent), fix=fix)


def broken(path: Path, error: Exception) -> SourceError:
    """The error for a file that is not as its stage wrote it."""
    reason = next(iter(str(error).splitlines()), type(error).__name__)
    # Where the operating system gives a number, the disk or a permission is at fault and not what the file holds.
    fix = fix_of(error) if isinstance(error, OSError) and error.errno else "delete it, and run `dvc repro`"
    return SourceError(f"{path.name} can't be read ({reason})", where=str(path.parent), fix=fix)
