"""A contract table as it was known at a date."""

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day
from churnrisk.contract import Table
from churnrisk.past.tables.columns import LazyColumns
from churnrisk.past.tables.entries import Entries, Known, OfAccounts


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
        rows = np.arange(len(self._rows))
        return Known(self._all, rows[self._all.stand(rows, as_of)], as_of)

    def of(self, accounts: pd.Index) -> OfAccounts:
        """The rows of some accounts, each in the place that it has among these."""
        code, account_id = self._accounts
        place = accounts.get_indexer(account_id)[code]
        ours = np.flatnonzero(place >= 0)
        happened = self._rows[self._table.occurs].to_numpy("M8[us]")
        ours = ours[np.lexsort((happened[ours], place[ours]))]
        columns = LazyColumns(map(str, self._rows), lambda name: _values(self._rows[name].array[ours]))
        corrected_at = None if self._corrected_at is None else self._corrected_at[ours]
        entries = Entries(columns, self._known_at[ours], corrected_at, self._table.known_by())
        return OfAccounts(entries, place[ours], happened[ours], len(accounts))

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
