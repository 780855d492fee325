"""Faults at the door to the disk: the n-th open, write, sync, rename or new folder of a process fails, or ends it.

They enter where Python calls the operating system, and where pyarrow writes a whole table, and only for files of one
workspace. DuckDB, SQLite and MLflow write by themselves: their writes are interrupted by kills at random.
"""

import builtins
import errno
import io
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

MODES = ("ENOSPC", "EIO", "kill", "lost")
"""The disk is full, or broken; the process is killed; it is killed and what was never synced is lost, as in a power
cut.
"""

_OTHERS = ("mlruns", "mlflow.db")


class Faults:
    """Counts the operations of this process on the files under `root`, and lets the `at`-th go wrong."""

    def __init__(self, root: Path, at: int, mode: str) -> None:
        self.root, self.at, self.mode, self.done = root.resolve(), at, mode, 0
        self.synced = {path.stat().st_ino: _state(path.stat()) for path in self._files()}

    def install(self) -> None:
        """Put the faults in; there is no way back, because the process ends with them."""
        real_open, real_sync, real_table = io.open, os.fsync, pq.write_table

        def opened(file: Any, mode: str = "r", *rest: Any, **more: Any) -> Any:
            if not (set(mode) & set("wax+") and self._ours(file)):
                return real_open(file, mode, *rest, **more)
            self._step(str(file))
            made = real_open(file, mode, *rest, **more)
            real_write = made.write

            def write(content: Any) -> Any:
                self._step(str(file), lambda: (real_write(content[: len(content) // 2]), made.flush()))
                return real_write(content)

            made.write = write
            return made

        def sync(number: int) -> None:
            path = str(Path(f"/proc/self/fd/{number}").readlink())
            if self._ours(path):
                self._step(path)
            real_sync(number)
            found = os.fstat(number)
            self.synced[found.st_ino] = _state(found)

        def table(rows: Any, where: Any, *rest: Any, **more: Any) -> None:
            path = getattr(where, "name", where)
            real_table(rows, where, *rest, **more)
            if not isinstance(path, str | Path):  # a file of pyarrow's own, which doesn't say its name
                self._step("a table")
            elif self._ours(path):
                if hasattr(where, "flush"):
                    where.flush()
                self._step(str(path), lambda: os.truncate(path, Path(path).stat().st_size // 2))

        builtins.open = io.open = opened  # type: ignore[assignment]
        os.fsync, pq.write_table = sync, table
        for name in ("replace", "rename", "mkdir"):
            setattr(os, name, self._watched(getattr(os, name)))

    def _watched(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(path: Any, *rest: Any, **more: Any) -> Any:
            if self._ours(path):
                self._step(str(path))
            return call(path, *rest, **more)

        return watched

    def _step(self, path: str, half: Callable[[], Any] | None = None) -> None:
        self.done += 1
        if self.done != self.at:
            return
        if half is not None:
            half()
        if self.mode not in ("kill", "lost"):
            number = getattr(errno, self.mode)
            raise OSError(number, os.strerror(number), path)
        if self.mode == "lost":
            self._lose()
        os.kill(os.getpid(), signal.SIGKILL)

    def _lose(self) -> None:
        """Empty every file that is not on the disk as it is now; its name stays, which is the worst that can be."""
        for path in self._files():
            found = path.stat()
            if self.synced.get(found.st_ino) != _state(found):
                os.truncate(path, 0)

    def _files(self) -> list[Path]:
        found = (Path(top, name) for top, _, names in os.walk(self.root) for name in names)
        return [path for path in found if self._ours(path) and path.is_file()]

    def _ours(self, path: Any) -> bool:
        if isinstance(path, int):
            return False
        absolute = os.path.abspath(os.fspath(path))  # noqa: PTH100
        inside = absolute.removeprefix(f"{self.root}{os.sep}")
        return inside != absolute and not inside.startswith(_OTHERS)


def _state(found: os.stat_result) -> tuple[int, int]:
    return found.st_mtime_ns, found.st_size
