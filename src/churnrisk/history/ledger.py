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
        ordered = rows.sort_values("known_at", kind="stable")
        self._columns: Columns = {str(name): ordered[name].to_numpy() for name in ordered}
        self._known_at = ordered["known_at"].to_numpy("M8[us]")
        self._known_by = table.known_by()

    def before(self, as_of: Day) -> Columns:
        """Columns of the rows known before `as_of`; a value that became known later is empty."""
        seen = int(np.searchsorted(self._known_at, as_of.astype("M8[us]")))
        columns = {name: values[:seen] for name, values in self._columns.items()}
        known = {by: columns[by] < as_of for by in set(self._known_by.values())}
        return columns | {name: _where_known(columns[name], known[by]) for name, by in self._known_by.items()}


def _where_known(values: npt.NDArray[Any], known: npt.NDArray[np.bool_]) -> npt.NDArray[Any]:
    empty: Any = {"M": np.datetime64("NaT"), "f": np.nan}.get(values.dtype.kind)
    return np.where(known, values, empty)
