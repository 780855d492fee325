"""Where things lie in a workspace, and writes that are whole or not there at all."""

import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from churnrisk.clock import Day
from churnrisk.errors import LockedError, SourceError


@dataclass(frozen=True)
class Workspace:
    """A folder with `params.yaml`, `dvc.yaml`, `queries/` and what the stages write.

    >>> Workspace(Path("here")).scores(Day("2025-01-06")).as_posix()
    'here/data/scores/as_of=2025-01-06'
    """

    root: Path

    @property
    def params(self) -> Path:
        return self.root / "params.yaml"

    @property
    def queries(self) -> Path:
        return self.root / "queries"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def raw(self) -> Path:
        return self.data / "raw"

    @property
    def tables(self) -> Path:
        return self.data / "tables"

    @property
    def rejected(self) -> Path:
        return self.data / "rejected"

    @property
    def usage(self) -> Path:
        return self.data / "usage"

    @property
    def snapshots(self) -> Path:
        return self.data / "snapshots"

    @property
    def labels(self) -> Path:
        return self.data / "labels"

    @property
    def features(self) -> Path:
        return self.data / "features"

    @property
    def all_scores(self) -> Path:
        return self.data / "scores"

    def scores(self, as_of: Day) -> Path:
        return self.all_scores / f"as_of={as_of}"

    @property
    def history(self) -> Path:
        return self.data / "history"

    @property
    def models(self) -> Path:
        return self.root / "models"

    @property
    def reports(self) -> Path:
        return self.root / "reports"

    @property
    def risk_lists(self) -> Path:
        return self.reports / "risk_list"


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path to write to that becomes `path` only when the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """An empty folder to fill that takes the place of `path` only when the block ends well.

    A run that is killed while the two change places leaves the old one beside; the next run puts it back.
    """
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
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def locked(workspace: Workspace) -> Iterator[None]:
    """Keep every other run out of the workspace; raise LockedError where one is under way."""
    with workspace.params.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError(
                "another run is under way",
                where=str(workspace.root.resolve()),
                fix="wait until it ends, then try again",
            ) from None
        yield


def write_table(rows: pd.DataFrame, path: Path, **how: Any) -> None:
    """One Parquet file, without the frame's index."""
    with whole_file(path) as partial:
        rows.to_parquet(partial, index=False, **how)


def read_table(path: Path, columns: list[str] | None = None, **how: Any) -> pd.DataFrame:
    """A Parquet file, or a folder of them, that an earlier stage wrote."""
    require(path)
    try:
        return pd.read_parquet(path, columns=columns, **how)
    except pa.ArrowInvalid as error:
        raise _broken(path, error) from error


def write_json(value: Any, path: Path) -> None:
    """One JSON file, keys in the order given."""
    write_text(json.dumps(value, indent=2, allow_nan=False) + "\n", path)


def read_json(path: Path) -> Any:
    """A JSON file that an earlier stage wrote."""
    require(path)
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise _broken(path, error) from error


def require(path: Path) -> None:
    """Raise SourceError where an earlier stage has not written it."""
    if not path.exists():
        fix = "run the stages before, with `dvc repro`"
        raise SourceError(f"{path.name} is not there", where=str(path.parent), fix=fix)


def _broken(path: Path, error: Exception) -> SourceError:
    found = f"{path.name} can't be read ({str(error).splitlines()[0]})"
    return SourceError(found, where=str(path.parent), fix="delete it, and run `dvc repro`")


def write_text(text: str, path: Path) -> None:
    """One text file."""
    with whole_file(path) as partial:
        partial.write_text(text, encoding="utf-8")
