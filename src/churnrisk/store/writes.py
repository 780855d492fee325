"""Writes files and folders whole or not at all, and reads them back.

A rename makes the new appear at once. Before it, the content is brought to the disk, and after it the folder that holds
the name: otherwise a power cut can keep the name and lose the content.
"""

import errno
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from churnrisk.errors import SourceError, fix_of
from churnrisk.store.exchange import exchange


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
            _sync(partial)
            partial.replace(path)
            _sync(path.parent)
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
def whole_folder(path: Path, *, keep: bool = False) -> Iterator[Path]:
    """An empty folder to fill that replaces `path` only when the block ends well.

    Both change places in one step, so a reader always finds one of them. Where the file system can't do that, a run
    that is killed between two steps leaves the old one beside, and the next run puts it back. Where `path` is a link,
    the folder that it leads to is replaced, and the link stays. With `keep`, the old folder stays beside until the next
    time, for readers that are in it.
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
        _sync_all(partial)
        _replace_folder(path, partial, old)
        _sync(path.parent)
        if not keep:
            shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        # Nobody knows the draft, which is gone a moment later.
        if error.filename is not None:
            error.filename = str(error.filename).replace(str(partial), str(path))
        raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def clear_draft(path: Path) -> None:
    """Remove the draft that a killed run has left beside a folder which is whole already, so that nothing replaces it.

    It is the folder that was there before, where the kill came between changing places and putting it aside.
    """
    shutil.rmtree(path.with_name(f".{path.name}.partial"), ignore_errors=True)


def _replace_folder(path: Path, partial: Path, old: Path) -> None:
    """Put `partial` in the place of `path`, and what was there, where there was anything, in that of `old`."""
    if not path.exists():
        partial.replace(path)
    elif exchange(partial, path):
        partial.replace(old)
    else:
        path.replace(old)
        partial.replace(path)


def _sync_all(folder: Path) -> None:
    """Bring every file of a folder to the disk, and the folders with their names; DuckDB's files among them."""
    for top, _, files in os.walk(folder, topdown=False):
        for name in files:
            _sync(Path(top, name))
        _sync(Path(top))


def _sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    except OSError as error:
        # Some network drives know no such thing for a folder.
        if not (path.is_dir() and error.errno in (errno.EINVAL, errno.ENOTSUP)):
            raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        os.close(number)


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
    if isinstance(error, OSError) and error.errno:
        fix = fix_of(error)
    elif _ARCHIVE.search(path.as_posix()):
        fix = "bring it back from a backup of data/history, because it can't be made again"
    else:
        fix = "delete it, and run `dvc repro`"
    return SourceError(f"{path.name} can't be read ({reason})", where=str(path.parent), fix=fix)


_ARCHIVE = re.compile("(^|/)data/history/")
