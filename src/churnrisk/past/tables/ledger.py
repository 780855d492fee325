"""A contract table as it was known at a date."""

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day
from churnrisk.contract import TABLES, Table
from churnrisk.past.tables.columns import LazyColumns
from churnrisk.past.tables.entries import AccountRows, Entries, Known
from churnrisk.store.catalogue.conform import TABLE
from churnrisk.store.workspace import Workspace


class Ledger:
    """All rows of a table, and when each became known.

    A row whose key was known before is a correction: from its `known_at` on it stands in the other's stead.

    >>> from churnrisk.past.example import ledger
    >>> tickets = ledger("tickets")
    >>> tickets.before(Day("2025-01-20"))["closed_at"]
    array(['NaT'], dtype='datetime64[us]')
    >>> tickets.before(Day("2025-01-27"))["closed_at"].astype("M8[D]")
    array(['2025-01-24',        'NaT'], dtype='datetime64[D]')
    """

    def __init__(self, rows: pd.DataFrame, table: Table) -> None:
        kept = rows.drop(columns=table.columns_at_reading(), errors="ignore")
        # Stable: of rows that became known at the same moment the one that comes later in the table is the correction.
        self._rows = kept.sort_values("known_at", kind="stable", ignore_index=True)
        self._known_at = self._rows["known_at"].to_numpy("M8[us]")
        self._corrected_at = _corrected_at(self._rows, table)
        self._table = table

    def before(self, as_of: Day) -> Known:
        """What the company knew of it at `as_of`, in the order in which rows became known."""
        rows = np.arange(len(self._rows))
        return Known(self._all, rows[self._all.stand(rows, as_of)], as_of)

    def of(self, accounts: pd.Index) -> AccountRows:
        """The rows of some accounts, which are given by their ids in order."""
        code, account_id = self._accounts
        account_index = accounts.get_indexer(account_id)[code]
        ours = np.flatnonzero(account_index >= 0)
        occurred_at = self._rows[self._table.occurs].to_numpy("M8[us]")
        # By account, then by when it happened. lexsort is stable, so rows of one moment stay as they became known: what
        # is asked for as the last row is the same whoever else is in the block.
        ours = ours[np.lexsort((occurred_at[ours], account_index[ours]))]
        columns = LazyColumns(map(str, self._rows), lambda name: _values(self._rows[name].array[ours]))
        entries = Entries(
            columns=columns,
            known_at=self._known_at[ours],
            corrected_at=None if self._corrected_at is None else self._corrected_at[ours],
            known_by=self._table.known_by(),
        )
        return AccountRows(
            entries, account_index=account_index[ours], occurred_at=occurred_at[ours], accounts=len(accounts)
        )

    def heard_of(self, since: Day) -> set[str]:
        """The accounts of which something became known on or after a date: a row, a correction or a later value.

        >>> from churnrisk.past.example import ledger
        >>> sorted(ledger("tickets").heard_of(Day("2025-01-22"))), sorted(ledger("tickets").heard_of(Day("2025-01-25")))
        (['ana'], [])
        """
        when = [self._known_at, *(self._rows[name].to_numpy("M8[us]") for name in set(self._table.known_by().values()))]
        heard = np.logical_or.reduce([each >= since for each in when])
        return set(self._rows["account_id"].array[heard])

    def only(self, accounts: set[str]) -> "Ledger":
        """The same of some accounts."""
        return Ledger(self._rows[self._rows["account_id"].isin(accounts)], self._table)

    @cached_property
    def _all(self) -> Entries:
        columns = {str(name): self._rows[name].to_numpy() for name in self._rows}
        return Entries(
            columns=columns, known_at=self._known_at, corrected_at=self._corrected_at, known_by=self._table.known_by()
        )

    @cached_property
    def _accounts(self) -> tuple[npt.NDArray[np.int64], pd.Index]:
        code, account_id = pd.factorize(self._rows["account_id"])
        return code, pd.Index(account_id)


def read_ledger(workspace: Workspace, name: str) -> Ledger:
    """A contract table of a workspace; raises SourceError where it is missing or damaged."""
    return Ledger(TABLE[name].read(workspace), TABLES[name])


def _values(values: Any) -> Any:
    return pd.Categorical(values) if pd.api.types.is_string_dtype(values.dtype) else values.to_numpy()


def _corrected_at(ordered: pd.DataFrame, table: Table) -> npt.NDArray[np.datetime64] | None:
    """When each row was corrected by another one, NaT: never; None where no row ever was."""
    key = list(table.key)
    if not key or (ordered[key[0]].is_unique if len(key) == 1 else not ordered.duplicated(key).any()):
        return None
    return ordered.groupby(key, sort=False)["known_at"].shift(-1).to_numpy("M8[us]")
