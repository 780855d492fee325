"""Facts of accounts, such as tickets or invoices, as they were known at `as_of`."""

from typing import Any

import numpy as np
import numpy.typing as npt

from churnrisk.clock import Day, days_between
from churnrisk.history.ledger import Columns
from churnrisk.history.usage import Mask, Numbers


class Facts:
    """Rows of one table, of `n` accounts; every summary has the shape (n,).

    >>> columns = {"opened_at": np.array(["2025-03-01", "2025-03-08"], "M8[us]"), "severity": np.array([1.0, 3.0])}
    >>> tickets = Facts(columns, account=np.array([1, 1]), accounts=2, as_of=Day("2025-03-10"), occurs="opened_at")
    >>> tickets.count(), tickets.within(days=7).count(), tickets.last("severity")
    (array([0., 2.]), array([0., 1.]), array([nan,  3.]))
    >>> tickets.where(tickets["severity"] == 1).days_since()
    array([nan,  9.])
    """

    def __init__(
        self,
        columns: Columns,
        account: npt.NDArray[np.int64],
        accounts: int,
        as_of: Day,
        occurs: str,
        rows: npt.NDArray[np.int64] | None = None,
    ) -> None:
        self._columns, self._account, self._accounts = columns, account, accounts
        self.as_of, self._occurs, self._rows = as_of, occurs, rows
        self._newest_rows: npt.NDArray[np.int64] | None = None

    def __getitem__(self, column: str) -> npt.NDArray[Any]:
        """One value a row."""
        # Most features look at two or three columns, so none is copied before it is asked for.
        values = self._columns[column]
        return values if self._rows is None else values[self._rows]

    def age(self, column: str = "") -> Numbers:
        """Days from a date of each row to `as_of`, below 0 for a date ahead; from when it happened unless told."""
        return days_between(self.as_of, self[column or self._occurs])

    def where(self, holds: Mask) -> "Facts":
        """Only the rows for which it holds."""
        rows = np.flatnonzero(holds) if self._rows is None else self._rows[holds]
        return Facts(self._columns, self._account[holds], self._accounts, self.as_of, self._occurs, rows)

    def by(self, column: str) -> "Facts":
        """The same rows, but what happened last is decided by another date."""
        return Facts(self._columns, self._account, self._accounts, self.as_of, column, self._rows)

    def within(self, days: int) -> "Facts":
        """Only what happened in the last days."""
        return self.where(self.age() <= days)

    def count(self) -> Numbers:
        """How many rows; 0 where there are none."""
        return np.bincount(self._account, minlength=self._accounts).astype(float)

    def sum(self, values: npt.NDArray[Any]) -> Numbers:
        """Sum of one number a row; what is not known counts nothing."""
        return np.bincount(self._account, np.nan_to_num(np.asarray(values, float)), self._accounts).astype(float)

    def mean(self, values: npt.NDArray[Any]) -> Numbers:
        """Mean of the known ones; NaN where there are none."""
        known = ~np.isnan(values)
        count = np.bincount(self._account[known], minlength=self._accounts)
        total = np.bincount(self._account[known], values[known], self._accounts)
        return np.asarray(np.divide(total, count, out=np.full(self._accounts, np.nan), where=count > 0))

    def most(self, values: npt.NDArray[Any]) -> Numbers:
        """Largest one; NaN where there are none."""
        out = np.full(self._accounts, -np.inf)
        np.fmax.at(out, self._account, values)
        return np.where(np.isinf(out), np.nan, out)

    def last(self, column: str) -> npt.NDArray[Any]:
        """Value of the row that happened last; NaN (or None, for words) where there is none."""
        return self.last_of(self[column])

    def last_of(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The same of one value a row."""
        newest, words = self._newest(), values.dtype == object
        out = np.full(self._accounts, None if words else np.nan, dtype=object if words else float)
        out[self._account[newest]] = values[newest]
        return out

    def days_since(self) -> Numbers:
        """Days since it happened last; NaN: never."""
        newest = self._newest()
        out = np.full(self._accounts, np.nan)
        out[self._account[newest]] = self.age()[newest]
        return out

    def in_a_row(self, holds: Mask) -> Numbers:
        """How many rows, counted back from the one that happened last, it holds for without a break.

        >>> columns = {"day": np.array(["2025-03-01", "2025-03-02", "2025-03-03"], "M8[us]")}
        >>> Facts(columns, np.zeros(3, int), 1, Day("2025-03-10"), "day").in_a_row(np.array([True, False, True]))
        array([1.])
        """
        order = self._by_time()[::-1]
        account, holds = self._account[order], holds[order]
        broken = np.cumsum(~holds)
        first = np.append(True, account[1:] != account[:-1])[: len(order)]
        before = np.where(first, broken - ~holds, 0)
        unbroken = broken == np.maximum.accumulate(before) if len(order) else holds
        return np.bincount(account[unbroken], minlength=self._accounts).astype(float)

    def _by_time(self) -> npt.NDArray[np.int64]:
        when = self[self._occurs]
        when = np.where(np.isnan(when), -np.inf, when) if when.dtype.kind == "f" else when
        return np.lexsort((when, self._account))

    def _newest(self) -> npt.NDArray[np.int64]:
        if self._newest_rows is None:
            order = self._by_time()
            account = self._account[order]
            self._newest_rows = order[np.append(account[1:] != account[:-1], True)[: len(order)]]
        return self._newest_rows
