"""Declarations of files, and how files are written and read through them."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.types as pt
from pydantic import BaseModel, ConfigDict, ValidationError

from churnrisk.errors import SourceError
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import (
    broken,
    read_json,
    read_table,
    require,
    whole_folder,
    write_json,
    write_table,
    write_text,
)

Kind = Literal["text", "number", "whole", "time", "flag", "text or number"]

_IS: dict[str, Any] = {
    "text": lambda kind: pt.is_string(kind) or pt.is_large_string(kind),
    "number": pt.is_floating,
    "whole": pt.is_integer,
    "time": pt.is_timestamp,
    "flag": pt.is_boolean,
}


@dataclass(frozen=True)
class Column:
    """One column of a file: the kind of its values, what they mean, and whether they may be empty.

    Files of earlier versions `may_lack` it, where files are kept for ever, as in the archive. A column declared with a
    part in `<...>`, such as `shap_<feature>`, stands for any number of columns.
    """

    kind: Kind
    meaning: str
    may_be_empty: bool = False
    may_lack: bool = False

    def allows(self, arrow_type: Any) -> bool:
        """Can a column of this kind have this type in a Parquet file?

        >>> Column("number", "a probability").allows(pa.float64()), Column("number", "a count").allows(pa.string())
        (True, False)
        """
        # A column without a single value has no type of its own.
        nothing = self.may_be_empty and pt.is_null(arrow_type)
        return nothing or any(_IS[kind](arrow_type) for kind in self.kind.split(" or "))


@dataclass(frozen=True, kw_only=True)
class File:
    """A declared file: its path in a workspace, the stage that writes it, and what it holds.

    `path` may have parts in braces, such as `{as_of}`; then there is one file for each value. `stage` is empty where
    several commands write the file.
    """

    path: str
    stage: str
    says: str

    def at(self, workspace: Workspace, **parts: Any) -> Path:
        """Its path in a workspace; `parts` fill the braces."""
        return workspace.path(self.path.format(**parts))

    def all_at(self, workspace: Workspace) -> list[Path]:
        """All such files that exist, in order of name."""
        fixed, braces, rest = self.path.partition("{")
        folder = workspace.path(fixed.rpartition("/")[0])
        pattern = re.sub(r"\{[^}]*\}", "*", f"{fixed.rpartition('/')[2]}{braces}{rest}")
        return sorted(folder.glob(pattern))

    def require(self, workspace: Workspace, **parts: Any) -> Path:
        """Its path in a workspace; raises SourceError where the file does not exist."""
        path = self.at(workspace, **parts)
        require(path)
        return path


@dataclass(frozen=True, kw_only=True)
class TextFile(File):
    """A text file for people or other programs; the room that writes it decides on its format."""

    def write(self, text: str, workspace: Workspace, **parts: Any) -> None:
        """Write it as a whole."""
        write_text(text, self.at(workspace, **parts))

    def read(self, workspace: Workspace, **parts: Any) -> str:
        """Its text; raises SourceError where the file does not exist."""
        return self.require(workspace, **parts).read_text(encoding="utf-8")


class Record(BaseModel):
    """The content of a JSON file: typed fields, no others, in the order in which they are written."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


R = TypeVar("R", bound=Record)


@dataclass(frozen=True, kw_only=True)
class RecordFile(File, Generic[R]):
    """A JSON file that holds one typed record."""

    record: type[R]

    def write(self, record: R, workspace: Workspace, **parts: Any) -> None:
        """Write it as a whole, keys in the order of the record's fields."""
        write_json(record.model_dump(mode="json", by_alias=True), self.at(workspace, **parts))

    def read(self, workspace: Workspace, **parts: Any) -> R:
        """The record; raises SourceError where the file is missing, damaged, or holds something else."""
        return self.read_at(self.at(workspace, **parts))

    def read_at(self, path: Path) -> R:
        """The same, of one of the files that `all_at` lists."""
        read_json(path)  # it says best where a text is not JSON
        try:
            # Strict, so that "3" and true are no numbers: what a stage does not write like that was altered.
            return self.record.model_validate_json(path.read_bytes(), strict=True)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise broken(path, ValueError(f"{where}: {first['msg']}".removeprefix(": "))) from error


@dataclass(frozen=True, kw_only=True)
class TableFile(File):
    """A Parquet file: `says` gives its grain, `key` the columns that identify a row, or none where rows may repeat."""

    key: tuple[str, ...]
    columns: Mapping[str, Column]

    def write(self, rows: pd.DataFrame, workspace: Workspace, **parts: Any) -> None:
        """Write rows as a whole, without their index.

        Raises TypeError unless they have the declared columns and no others, no empty value where none may be, and no
        key twice. Not a ChurnriskError, because the code that writes is wrong, which no user can fix.
        """
        self.check(pa.Schema.from_pandas(rows, preserve_index=False))
        for name, column in self._matched(rows).items():
            if not column.may_be_empty and rows[name].isna().any():
                raise TypeError(f"{self.path}: {name} is empty in a row and may not be")
        if self.key and rows.duplicated(list(self.key)).any():
            raise TypeError(f"{self.path}: two rows have the same {', '.join(self.key)}")
        write_table(rows, self.at(workspace, **parts))

    def read(
        self,
        workspace: Workspace,
        columns: Sequence[str] | None = None,
        filters: list[tuple[str, str, Any]] | None = None,
        **parts: Any,
    ) -> pd.DataFrame:
        """Its rows, or those that `filters` let through; raises SourceError where it is missing or damaged."""
        return self.read_at(self.at(workspace, **parts), columns, filters)

    def read_at(
        self, path: Path, columns: Sequence[str] | None = None, filters: list[tuple[str, str, Any]] | None = None
    ) -> pd.DataFrame:
        """The same, of one of the files that `all_at` lists."""
        require(path)
        self.check_file(path)
        return read_table(path, None if columns is None else list(columns), filters=filters)

    def check_file(self, path: Path) -> None:
        """Raise SourceError unless a file has the declared columns; it may be damaged or of another version."""
        try:
            self.check(pq.read_schema(path), lenient=True)
        except (TypeError, pa.ArrowInvalid, OSError) as error:
            raise broken(path, error) from error

    def check(self, schema: pa.Schema, lenient: bool = False) -> None:
        """Raise TypeError unless a schema has the declared columns, in their kinds, and no others.

        Where it is `lenient`, those that files of earlier versions may lack need not be there.
        """
        matched = self._matched(schema.names)
        optional = {name for name, column in self.columns.items() if "<" in name or (lenient and column.may_lack)}
        named = [name for name in self.columns if name not in optional]
        missing = [name for name in named if name not in matched]
        unknown = [name for name in schema.names if name not in matched]
        if missing or unknown:
            raise TypeError(f"{self.path}: {_listed('lacks', missing)}{_listed('does not declare', unknown)}"[:-2])
        for name, column in matched.items():
            if not column.allows(schema.field(name).type):
                raise TypeError(f"{self.path}: {name} is {schema.field(name).type}, not {column.kind}")

    def _matched(self, names: Collection[Any]) -> dict[str, Column]:
        """The declaration of each name that has one."""
        return {name: column for name in map(str, names) if (column := self._column(name)) is not None}

    def _column(self, name: str) -> Column | None:
        # Names first, because `<feature>` matches every name, also that of a declared column.
        if name in self.columns:
            return self.columns[name]
        open_ones = (each for each in self.columns if "<" in each and re.fullmatch(_pattern(each), name))
        return next((self.columns[each] for each in open_ones), None)


def _pattern(name: str) -> str:
    """A pattern of the names that a column with a part in `<...>` stands for.

    >>> _pattern("probability_<days>d")
    'probability_.+d'
    """
    return re.sub(r"<[^>]*>", ".+", name)


def _listed(verb: str, names: list[str]) -> str:
    return f"{verb} {', '.join(names)}; " if names else ""


@contextmanager
def rewriting(workspace: Workspace, *files: File) -> Iterator[Workspace]:
    """The same workspace with the folders of some files empty, to be filled. They replace the old ones when the block
    ends well; until then, readers see the old ones.

    The folder of a file is `data/<name>`, `models/<name>` or `reports/<name>`. Raises SourceError, and changes nothing,
    where one of these holds a file that is none of `files`, because whoever put it there would lose it.
    """
    folders = {"/".join(each.path.split("/")[:2]) for each in files}
    for folder in sorted(folders):
        _require_only(workspace, folder, files)
    with ExitStack() as stack:
        # Under the name that the workspace gives the folder, filled beside the place where it lies.
        drafts = [(workspace.root / each, stack.enter_context(whole_folder(workspace.path(each)))) for each in folders]
        # A view's own entry for the same folder would count as much as the draft's.
        others = [each for each in workspace.elsewhere if each[0] not in dict(drafts)]
        yield replace(workspace, elsewhere=(*others, *drafts))


def _require_only(workspace: Workspace, folder: str, files: Collection[File]) -> None:
    top = workspace.path(folder)
    ours = {path for each in files for path in each.all_at(workspace)}
    # Links count as they are: one to a folder is a thing of its own, and would be gone though what it leads to stays.
    there = (path for path in sorted(top.rglob("*")) if path.is_symlink() or not path.is_dir())
    foreign = [path for path in there if path not in ours and not _LITTER.search(f"/{path.relative_to(top)}")]
    if foreign:
        raise SourceError(
            f"{foreign[0].name} is not a file that churnrisk writes, and the folder is about to be written anew",
            where=str(foreign[0].parent),
            fix="move it elsewhere",
        )


_LITTER = re.compile(r"/\.spill-|/\.[^/]+\.(partial|old)(/|$)|/\.DS_Store$")
"""Files that a killed run or the operating system has left behind; they may be deleted."""
