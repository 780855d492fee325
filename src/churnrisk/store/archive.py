"""The archive, `data/history/`: what was published and can't be made again. Files are added and never changed.

It is outside what DVC writes, so that `dvc repro` neither deletes nor replaces any of it.
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from churnrisk.clock import Day, day
from churnrisk.store.damage import fault
from churnrisk.store.files import TableFile
from churnrisk.store.workspace import Workspace


@dataclass(frozen=True)
class Archive:
    """The history of one kind of file, one file for each date (and each model, where its path says so).

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from churnrisk.store.files import Column
    >>> columns = {"account_id": Column("text", "the account")}
    >>> file = TableFile(path="data/history/as_of={as_of}/m.parquet", stage="", says="", key=(), columns=columns)
    >>> with TemporaryDirectory() as folder:
    ...     archive = Archive(Workspace(Path(folder)), file)
    ...     rows = pd.DataFrame({"account_id": ["a"]})
    ...     archive.append(rows, as_of=Day("2025-01-06")), archive.append(rows, as_of=Day("2025-01-06"))
    ...     archive.dates(), len(archive.before(Day("2025-01-06"))), len(archive.before(Day("2025-01-07")))
    (True, False)
    ([np.datetime64('2025-01-06')], 0, 1)
    """

    workspace: Workspace
    file: TableFile

    def append(self, rows: pd.DataFrame, **parts: Any) -> bool:
        """Add the rows of one key; returns False and writes nothing where the archive has that key already, whole.

        The first rows stay because they were published; the same run would give the same ones again. So they replace
        a file that can't be read, such as the empty one that a power cut leaves.
        """
        path = self.file.at(self.workspace, **parts)
        if path.exists() and fault(path) is None:
            return False
        self.file.write(rows, self.workspace, **parts)
        return True

    def dates(self) -> list[Day]:
        """The dates that the archive has, in order."""
        return sorted(set(self._dated().values()))

    def before(self, as_of: Day) -> pd.DataFrame:
        """All rows of earlier dates, in order of date; raises SourceError where a file is damaged."""
        earlier = [path for path, date in self._dated().items() if date < as_of]
        parts = [self.file.read_at(path) for path in earlier]
        if parts:
            return pd.concat(parts, ignore_index=True)
        # A name with a part in angle brackets stands for columns that nobody knows before there are rows.
        return pd.DataFrame(columns=[name for name in self.file.columns if "<" not in name])

    def _dated(self) -> dict[Any, Day]:
        """Every file of the archive, in order of name, with the date in its path."""
        dates = {}
        for path in self.file.all_at(self.workspace):
            own = path.relative_to(self.workspace.root).parts  # a workspace may lie in a folder that has a date itself
            parts = (part.removeprefix("as_of=") for part in own if part.startswith("as_of="))
            dates[path] = day(next(parts))
        return dates
