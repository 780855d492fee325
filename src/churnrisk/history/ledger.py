"""A contract table as it was known at a date."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day
from churnrisk.contract import Table
from churnrisk.history.arrays import Mask, fixed

Columns = Mapping[str, Any]
"""Arrays of one length by name; the words of facts are pandas categories, which compare fast."""


@dataclass(frozen=True)
class Entries:
    """Rows of a table in some order; `before(as_of)` is what the company knew then."""

    columns: Columns
    known_at: npt.NDArray[np.datetime64]
    corrected_at: npt.NDArray[np.datetime64] | None
    known_by: Mapping[str, str]

    def before(self, as_of: Day, among: Mask | bool = True) -> "Known":
        """Columns of the rows, `among` some of them, known before `as_of`; a value that became known later is empty."""
        stands = (self.known_at < as_of) & among
        if self.corrected_at is not None:
            stands &= ~(self.corrected_at < as_of)
        return Known(self, np.flatnonzero(stands), as_of)


class LazyColumns(Mapping[str, Any]):
    """Columns by name, each made when it is first asked for, as whoever gets them looks at two or three."""

    def __init__(self, names: Iterable[str], make: Callable[[str], Any]) -> None:
        self._names, self._make = tuple(names), make
        self._made: dict[str, Any] = {}

    @classmethod
    def of(cls, columns: Mapping[str, Any]) -> "LazyColumns":
        """Columns that there are already."""
        return LazyColumns(columns, lambda name: columns[name])

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = fixed(self._make(name))
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def frame(self) -> pd.DataFrame:
        """All of them, as a table."""
        return pd.DataFrame({name: self[name] for name in self})

    def assign(self, **more: Callable[[], Any]) -> "LazyColumns":
        """The same columns and more, each by what makes it."""
        return _Assigned(self, more)

    def take(self, which: npt.NDArray[Any]) -> "LazyColumns":
        """Some of the rows, by position or by whether it holds for them."""
        return LazyColumns(self._names, lambda name: self[name][which])


class _Assigned(LazyColumns):
    """Columns, and more that are made of all their rows."""

    def __init__(self, columns: LazyColumns, more: Mapping[str, Callable[[], Any]]) -> None:
        super().__init__([*columns, *more], lambda name: more[name]() if name in more else columns[name])
        self._columns, self._more = columns, more

    def take(self, which: npt.NDArray[Any]) -> LazyColumns:
        """Some of the rows, by position or by whether it holds for them."""
        return _Assigned(self._columns.take(which), {name: partial(self._some, name, which) for name in self._more})

    def _some(self, name: str, which: npt.NDArray[Any]) -> Any:
        return self[name][which]


class Known(LazyColumns):
    """Columns of the rows of a table that were known at a date; `rows` are their positions in the table."""

    def __init__(self, entries: Entries, rows: npt.NDArray[np.int64], as_of: Day) -> None:
        super().__init__(entries.columns, partial(_known_column, entries, rows, as_of))
        self._entries, self.rows, self._as_of = entries, rows, as_of

    def take(self, which: npt.NDArray[Any]) -> "Known":
        """Some of the rows, by position or by whether it holds for them."""
        return Known(self._entries, self.rows[which], self._as_of)


def _known_column(entries: Entries, rows: npt.NDArray[np.int64], as_of: Day, name: str) -> Any:
    columns, later = entries.columns, entries.known_by
    values = columns[name].take(rows)
    by = name if name in later.values() else later.get(name)
    return values if by is None else _where_known(values, columns[by].take(rows) < as_of)


class Ledger:
    """All rows of a table, and when each became known.

    A row whose key was known before is a correction: from its `known_at` on it stands in the other's place.

    >>> from churnrisk.contract import TABLES
    >>> rows = TABLES["tickets"].empty().reindex([0])
    >>> rows["known_at"] = rows["opened_at"] = pd.Timestamp("2025-03-01")
    >>> rows["closed_at"] = pd.Timestamp("2025-03-20")
    >>> tickets = Ledger(rows, TABLES["tickets"])
    >>> tickets.before(Day("2025-03-10"))["closed_at"]
    array(['NaT'], dtype='datetime64[us]')
    >>> len(tickets.before(Day("2025-03-01"))["closed_at"])
    0
    """

    def __init__(self, rows: pd.DataFrame, table: Table) -> None:
        kept = rows.drop(columns=table.told_at_reading(), errors="ignore")
        self._rows = kept.sort_values("known_at", kind="stable", ignore_index=True)
        self._known_at = self._rows["known_at"].to_numpy("M8[us]")
        self._corrected_at = _corrected_at(self._rows, table)
        self._table = table

    def before(self, as_of: Day) -> Known:
        """What of it the company knew at `as_of`."""
        return self._all.before(as_of)

    def of(self, accounts: pd.Index) -> Entries:
        """The rows of some accounts, in order of account and of when they happened.

        `place` is the position of the account among `accounts`.
        """
        code, account_id = self._accounts
        place = accounts.get_indexer(account_id)[code]
        ours = np.flatnonzero(place >= 0)
        happened = self._rows[self._table.occurs].to_numpy()[ours]
        ours = ours[np.lexsort((happened, place[ours]))]
        rows = self._rows.assign(place=place)
        columns = LazyColumns(map(str, rows), lambda name: _values(rows[name].array[ours]))
        corrected_at = None if self._corrected_at is None else self._corrected_at[ours]
        return Entries(columns, self._known_at[ours], corrected_at, self._table.known_by())

    @cached_property
    def _all(self) -> Entries:
        columns = {str(name): self._rows[name].to_numpy() for name in self._rows}
        return Entries(columns, self._known_at, self._corrected_at, self._table.known_by())

    @cached_property
    def _accounts(self) -> tuple[npt.NDArray[np.int64], pd.Index]:
        code, account_id = pd.factorize(self._rows["account_id"])
        return code, pd.Index(account_id)


def _values(values: Any) -> Any:
    return pd.Categorical(values) if pd.api.types.is_string_dtype(values.dtype) else values.to_numpy()


def _corrected_at(ordered: pd.DataFrame, table: Table) -> npt.NDArray[np.datetime64] | None:
    """When each row was corrected by another one, NaT: never; None where no row ever was."""
    key = list(table.key)
    if not key or (ordered[key[0]].is_unique if len(key) == 1 else not ordered.duplicated(key).any()):
        return None
    return ordered.groupby(key, sort=False)["known_at"].shift(-1).to_numpy("M8[us]")


def _where_known(values: Any, known: npt.NDArray[np.bool_]) -> Any:
    if isinstance(values, pd.Categorical):
        return pd.Categorical.from_codes(np.where(known, values.codes, -1), dtype=values.dtype)
    empty: Any = {"M": np.datetime64("NaT"), "f": np.nan}.get(values.dtype.kind)
    return np.where(known, values, empty)
