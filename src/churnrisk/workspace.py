"""Where things lie in a workspace, and writes that are whole or not there at all."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from churnrisk.clock import Day
from churnrisk.errors import SourceError


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
    """An empty folder to fill that takes the place of `path` only when the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    try:
        yield partial
        shutil.rmtree(path, ignore_errors=True)
        partial.replace(path)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def write_table(rows: pd.DataFrame, path: Path) -> None:
    """One Parquet file, without the frame's index."""
    with whole_file(path) as partial:
        rows.to_parquet(partial, index=False)


def read_table(path: Path, columns: list[str] | None = None, **how: Any) -> pd.DataFrame:
    """A Parquet file, or a folder of them, that an earlier stage wrote."""
    if not path.exists():
        raise SourceError(
            f"{path.name} is not there", where=str(path.parent), mend="run the stages before, with `dvc repro`"
        )
    return pd.read_parquet(path, columns=columns, **how)


def write_json(value: Any, path: Path) -> None:
    """One JSON file, keys in the order given."""
    write_text(json.dumps(value, indent=2, allow_nan=False) + "\n", path)


def read_json(path: Path) -> Any:
    """A JSON file that an earlier stage wrote."""
    if not path.exists():
        raise SourceError(
            f"{path.name} is not there", where=str(path.parent), mend="run the stages before, with `dvc repro`"
        )
    return json.loads(path.read_text(encoding="utf-8"))


def write_text(text: str, path: Path) -> None:
    """One text file."""
    with whole_file(path) as partial:
        partial.write_text(text, encoding="utf-8")
