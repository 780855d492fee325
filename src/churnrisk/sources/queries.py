"""The queries of a workspace, one file for each contract table that its source has."""

from dataclasses import dataclass
from pathlib import Path

from churnrisk.contract import TABLES, Table
from churnrisk.errors import SourceError, did_you_mean


@dataclass(frozen=True)
class Query:
    """The SQL that gives the rows of one contract table, and the file that holds it."""

    table: Table
    path: Path
    sql: str

    @property
    def where(self) -> str:
        """The file, as errors name it.

        >>> Query(TABLES["usage"], Path("here/queries/usage.sql"), "").where
        'queries/usage.sql'
        """
        return f"{self.path.parent.name}/{self.path.name}"


def read(folder: Path) -> list[Query]:
    """The queries in a folder, in the order of the contract.

    Raises SourceError where the folder or the query of a required table is missing, or a file's name is not a table's.
    """
    if not folder.is_dir():
        raise SourceError(
            "the folder of queries is not there", where=str(folder), fix=f"write {_names(_required())} in it"
        )
    paths = {path.stem: path for path in sorted(folder.glob("*.sql"))}
    _refuse_strangers(paths)
    missing = [name for name in _required() if name not in paths]
    if missing:
        raise SourceError(
            f"{_names(missing)} is missing",
            where=str(folder),
            fix=f"write one SELECT that gives the columns {', '.join(TABLES[missing[0]].columns)}",
        )
    return [Query(TABLES[name], paths[name], _text(paths[name])) for name in TABLES if name in paths]


def _text(path: Path) -> str:
    if not path.is_file():  # A pipe would be waited for without end.
        raise SourceError(
            "it is not a file", where=f"{path.parent.name}/{path.name}", fix="write the query into a file"
        )
    return path.read_text(encoding="utf-8")


def _required() -> list[str]:
    return [table.name for table in TABLES.values() if table.required]


def _names(tables: list[str]) -> str:
    return ", ".join(f"{table}.sql" for table in tables)


def _refuse_strangers(paths: dict[str, Path]) -> None:
    for name, path in paths.items():
        if name not in TABLES:
            raise SourceError(
                f"there is no contract table '{name}'",
                where=f"{path.parent.name}/{path.name}",
                allowed=", ".join(TABLES),
                fix=did_you_mean(name, TABLES) or "name the file after its table",
            )
