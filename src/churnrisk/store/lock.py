"""The one lock of a workspace, which keeps two runs apart.

It is the operating system's lock on a file, which ends with the process that holds it: a run that was killed leaves
nothing to clear away, and the next one takes over. The file says who holds the lock; it stays where it is, because
another run may be about to open it.
"""

import datetime as dt
import errno
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from churnrisk.errors import LockedError
from churnrisk.store.workspace import Workspace

LOCK = ".churnrisk.lock"
"""Not on params.yaml, which an editor replaces by another file: the next run would lock that one."""


@contextmanager
def locked(workspace: Workspace, verb: str = "") -> Iterator[None]:
    """Keep every other run out of the workspace; raises LockedError, which says who holds it and since when, where one
    is under way.

    Where nothing can be written there is no lock to be had, and no need for one: whoever reads waits for nobody.
    """
    where = str(workspace.root.resolve())
    with _opened(workspace.root / LOCK) as held:
        if held is not None:
            _hold(held, f"another run is under way{_holder(held)}", where)
            if held.writable():
                _sign(held, verb)
        yield


@contextmanager
def alone(file: Path, found: str, where: str) -> Iterator[None]:
    """Hold a file that is there, so that nobody else can; raise LockedError, which says what was `found`, where
    somebody does.
    """
    with file.open() as held:
        _hold(held, found, where)
        yield


@contextmanager
def _opened(file: Path) -> Iterator[IO[str] | None]:
    try:
        held: IO[str] | None = file.open("a+", encoding="utf-8")
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise
        held = file.open(encoding="utf-8") if file.exists() and os.access(file, os.R_OK) else None
    if held is None:
        yield None
        return
    with held:
        yield held


def _hold(held: IO[str], found: str, where: str) -> None:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise LockedError(found, where=where, fix="wait until it ends, then try again") from None


def _sign(held: IO[str], verb: str) -> None:
    held.truncate(0)
    json.dump({"verb": verb, "process": os.getpid(), "host": socket.gethostname()}, held)
    held.flush()


def _holder(held: IO[str]) -> str:
    """Who holds the lock, and since when: it signed the file when it took it."""
    try:
        held.seek(0)
        by = json.load(held)
        who = f"`churnrisk {by['verb']}`" if by["verb"] else "a run"
        since = dt.datetime.fromtimestamp(os.fstat(held.fileno()).st_mtime, dt.UTC)
        return f": {who}, process {by['process']} on {by['host']}, since {since:%Y-%m-%d %H:%M:%S} UTC"
    # It may be between taking the lock and signing, and what a killed one has written may be cut off.
    except (ValueError, KeyError, TypeError):
        return ""
