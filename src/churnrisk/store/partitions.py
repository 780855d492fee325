"""Months of usage that are carried over from one run to the next, so that what did not change is not read again.

A folder that is written anew takes a month's file from the folder that it replaces where what the file is made from is
the same. A record in the folder says of each month what it was made from and what it holds, by hash. Only a weekly run
writes such records and carries: DVC deletes the outs of a stage before it runs, so there everything is made anew.
"""

import hashlib
import os
import platform
import shutil
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import churnrisk
from churnrisk.errors import SourceError
from churnrisk.store.files import File, Record, RecordFile
from churnrisk.store.workspace import Workspace

_DIGITS = 16
_LIBRARIES = ("duckdb", "numpy", "pandas", "pandera", "pyarrow")
"""They decide on the bytes of a file beside the code of this package."""


R = TypeVar("R", bound=Record)


def digest(*parts: object) -> str:
    """16 hexadecimal digits that stand for some values; equal values have equal ones.

    >>> digest("a", 1) == digest("a", 1), digest("a", 1) == digest("a1")
    (True, False)
    """
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:_DIGITS]


def content(path: Path) -> str:
    """16 hexadecimal digits that stand for what a file holds; empty where there is none."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:_DIGITS]


@cache
def program() -> str:
    """What stands for the code of this package and for the libraries that write files.

    All of the code, because what a month is made from is not only the code of its own stage, and a week in which
    everything is made anew costs less than a month that is not as it would be made today.
    """
    code = Path(churnrisk.__file__).parent
    texts = [(path.relative_to(code).as_posix(), content(path)) for path in sorted(code.rglob("*.py"))]
    return digest(texts, [version(name) for name in _LIBRARIES], platform.python_version())


def record_before(record: RecordFile[R], workspace: Workspace, made_by: str | None = None) -> R | None:
    """The record of the months of a folder; None where it is missing or damaged, or where they were made by something
    else than `made_by`, if that is given.
    """
    try:
        found = record.read(workspace)
    except SourceError:
        # Nothing is lost with it: without a record everything is made anew.
        return None
    return found if made_by is None or getattr(found, "made_by", None) == made_by else None


def carry(files: Iterable[File], workspace: Workspace, draft: Workspace, month: str) -> bool:
    """Take the files of a month over into the draft of their folder, without reading them; False, and nothing is taken,
    where one is missing.
    """
    pairs = [(each.at(workspace, month=month), each.at(draft, month=month)) for each in files]
    # Before the first is taken: who then made the month anew would write into the file that both folders share.
    if not all(there.is_file() for there, _ in pairs):
        return False
    for there, here in pairs:
        here.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(there, here)
        except OSError:
            # Some file systems have no links, such as those of memory cards and of some networks.
            shutil.copyfile(there, here)
    return True
