"""A contract table in the order in which its rows became known."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day
from churnrisk.contract import Table

Columns = dict[str, npt.NDArray[Any]]


class Ledger:
    """Rows of a table by `known_at`; `before(as_of)` is what the company knew then.

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
        ordered = kept.sort_values("known_at", kind="stable")
        self._columns: Columns = {str(name): ordered[name].to_numpy() for name in ordered}
        self._known_at = ordered["known_at"].to_numpy("M8[us]")
        self._corrected_at = _corrected_at(ordered, table)
        self._known_by = table.known_by()

    def before(self, as_of: Day) -> Columns:
        """Columns of the rows known before `as_of`; a value that became known later is empty."""
        seen = int(np.searchsorted(self._known_at, as_of.astype("M8[us]")))
        columns = {name: values[:seen] for name, values in self._columns.items()}
        if self._corrected_at is not None:
            stands = ~(self._corrected_at[:seen] < as_of)
            columns = {name: values[stands] for name, values in columns.items()}
        known = {by: columns[by] < as_of for by in set(self._known_by.values())}
        later = self._known_by | {by: by for by in known}
        return columns | {name: _where_known(columns[name], known[by]) for name, by in later.items()}


def _corrected_at(ordered: pd.DataFrame, table: Table) -> npt.NDArray[np.datetime64] | None:
    """When each row was corrected by another one, NaT: never; None where no row ever was."""
    key = list(table.key)
    if not key or not ordered.duplicated(key).any():
        return None
    return ordered.groupby(key, sort=False)["known_at"].shift(-1).to_numpy("M8[us]")


def _where_known(values: npt.NDArray[Any], known: npt.NDArray[np.bool_]) -> npt.NDArray[Any]:
    empty: Any = {"M": np.datetime64("NaT"), "f": np.nan}.get(values.dtype.kind)
    return np.where(known, values, empty)
