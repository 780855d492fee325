"""The inbox: files that people put there are read, sound rows are kept, the others go back with the reason."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from churnrisk.contract import TABLES
from churnrisk.dispositions.reading import GIVEN, read_texts
from churnrisk.dispositions.typed import typed
from churnrisk.errors import SourceError
from churnrisk.store.catalogue.conform import TABLE
from churnrisk.store.catalogue.list import DISPOSITIONS, INBOX, RETURNED, TAKEN
from churnrisk.store.published import Published
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import write_bytes, write_text

_TABLE = TABLES["dispositions"]
_READ = (".csv", ".xlsx")


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What became of a file: its rows that were `taken`, those `known` already, and those `returned` with a reason.

    `rows` that say something are the sum of the three. `unreadable` says why nothing of a file could be read.
    """

    name: str
    taken: int = 0
    known: int = 0
    returned: int = 0
    unreadable: str = ""

    @property
    def rows(self) -> int:
        return self.taken + self.known + self.returned

    @property
    def sentence(self) -> str:
        """
        >>> Receipt(name="actions.csv", taken=3, returned=1).sentence
        'actions.csv: 3 rows taken, 0 known already, 1 returned (data/inbox/returned)'
        """
        if self.unreadable:
            return f"{self.unreadable} The file is in data/inbox/returned."
        back = " (data/inbox/returned)" if self.returned else ""
        return f"{self.name}: {self.taken} rows taken, {self.known} known already, {self.returned} returned{back}"


def take_in(workspace: Workspace) -> tuple[Receipt, ...]:
    """Take every CSV and spreadsheet of `data/inbox/` into the archive, in order of name; says what became of each.

    Rows become known with the newest list that is out: the next one shows them, and one that is made again doesn't
    change. A file that is taken again changes nothing. Each file then lies in `taken/`, byte for byte, and rows that
    were not taken in `returned/`, with the reason.
    """
    # There from the first list on, so that whoever looks for it finds it.
    workspace.path("data/inbox").mkdir(parents=True, exist_ok=True)
    paths = [path for path in INBOX.all_at(workspace) if path.is_file() and path.suffix.casefold() in _READ]
    return tuple(_take(workspace, path) for path in paths if not path.name.startswith((".", "~$")))


def _take(workspace: Workspace, path: Path) -> Receipt:
    content = path.read_bytes()
    came_from = hashlib.sha256(content).hexdigest()[:16]
    # Every export of the page has the same name: the hash keeps one from replacing another.
    name = f"{path.stem}-{came_from[:8]}"
    try:
        texts = read_texts(path.name, content)
    except SourceError as error:
        write_bytes(content, RETURNED.at(workspace, name=f"{name}{path.suffix}"))
        write_text(f"{error}\n", RETURNED.at(workspace, name=f"{name}.why.txt"))
        path.unlink()
        return Receipt(name=path.name, unreadable=str(error))
    lists = Published(workspace).shown()
    rows = typed(texts, _accounts(workspace), lists)
    sound = rows["fault"].eq("")
    # The archive before the file is moved: a run that is killed in between takes the file again, which changes nothing.
    news = _keep(workspace, rows[sound], known_at=max(lists, default=dt.date.min), came_from=came_from)
    back = texts[~sound].assign(why=rows.loc[~sound, "fault"])
    if len(back):
        write_text(back.to_csv(index=False), RETURNED.at(workspace, name=f"{name}.csv"))
    write_bytes(content, TAKEN.at(workspace, name=f"{name}{path.suffix}"))
    path.unlink()
    return Receipt(name=path.name, taken=news, known=int(sound.sum()) - news, returned=len(back))


def _accounts(workspace: Workspace) -> set[str]:
    return set(TABLE["accounts"].read(workspace, ["account_id"])["account_id"])


def archived(workspace: Workspace) -> pd.DataFrame:
    """All rows that were ever taken, in order."""
    parts = [DISPOSITIONS.read_at(path) for path in DISPOSITIONS.all_at(workspace)]
    none = _TABLE.empty().assign(came_from=pd.Series(dtype="str"))
    return pd.concat(parts, ignore_index=True) if parts else none


def changes(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of `archived` without those that say again what stood: an export of the page has the old ones too."""
    given = rows[list(GIVEN)]
    before = given.groupby(list(_TABLE.key), dropna=False, sort=False).shift()
    others = [name for name in GIVEN if name not in _TABLE.key]
    same = (given[others] == before[others]) | (given[others].isna() & before[others].isna())
    return rows[~(same.all(axis=1) & given.duplicated(list(_TABLE.key)))]


def _keep(workspace: Workspace, rows: pd.DataFrame, *, known_at: dt.date, came_from: str) -> int:
    """Add rows to the archive, but for those of the same file that it has; returns how many say something new.

    A row that says what another file said before is kept too: it counts again where a third file, in between, said
    otherwise.
    """
    before = archived(workspace)
    there = before[before["came_from"] == came_from][list(GIVEN)].assign(is_there=True)
    rows = rows[list(GIVEN)].drop_duplicates().merge(there.drop_duplicates(), how="left", on=list(GIVEN))
    rows = rows[rows.pop("is_there").isna()].reset_index(drop=True)
    if rows.empty:
        return 0
    rows = rows.assign(known_at=pd.Timestamp(known_at).as_unit("us"), came_from=came_from)
    DISPOSITIONS.write(rows, workspace, number=len(DISPOSITIONS.all_at(workspace)) + 1)
    return len(changes(archived(workspace))) - len(changes(before))
