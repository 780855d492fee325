"""Facts of accounts, such as tickets or invoices, as they were known at `as_of`."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day, days_between
from churnrisk.history.arrays import Mask, Numbers, fixed
from churnrisk.history.ledger import Columns, LazyColumns

Found = TypeVar("Found")


class Facts:
    """Rows of one table, of the accounts of `n` snapshots of one date, in order of account and of when they happened;
    every summary has the shape (n,). Words are pandas categories.

    >>> columns = {"opened_at": np.array(["2025-03-01", "2025-03-08"], "M8[us]"), "severity": np.array([1.0, 3.0])}
    >>> tickets = Facts(columns, account=np.array([1, 1]), accounts=2, as_of=Day("2025-03-10"), occurs="opened_at")
    >>> tickets.count(), tickets.within(days=7).count(), tickets.last("severity")
    (array([0., 2.]), array([0., 1.]), array([nan,  3.]))
    >>> tickets.where(tickets["severity"] == 1).days_since()
    array([nan,  9.])
    """

    def __init__(
        self, columns: Columns, account: npt.NDArray[np.int64], accounts: int, as_of: Day, occurs: str
    ) -> None:
        self._columns = columns if isinstance(columns, LazyColumns) else LazyColumns.of(columns)
        self._account, self._accounts = account, accounts
        self.as_of, self._occurs = as_of, occurs
        self._found: dict[Any, Any] = {}

    def __getitem__(self, column: str) -> Any:
        """One value a row."""
        return self._columns[column]

    def age(self, column: str = "") -> Numbers:
        """Days from a date of each row to `as_of`, below 0 for a date ahead; from when it happened unless told."""
        name = column or self._occurs
        return self.once(("age", name), lambda: fixed(days_between(self.as_of, self[name])))

    def place_in(self, column: str, order: Sequence[str]) -> Numbers:
        """Place of each row's word in an order of words, 1 for the first; NaN for a word that isn't in it."""
        words = self[column]
        places = [order.index(word) + 1 if word in order else np.nan for word in words.categories]
        return np.asarray(np.array([*places, np.nan], float)[words.codes])

    def where(self, holds: Mask) -> "Facts":
        """Only the rows for which it holds."""
        return self._some(np.flatnonzero(holds), self._occurs)

    def by(self, column: str) -> "Facts":
        """The same rows, but what happened last is decided by another date, or by a number; what is not known of it is
        the least, of a date the greatest.
        """
        when = self[column]
        when = np.where(np.isnan(when), -np.inf, when) if when.dtype.kind == "f" else when
        before = (self._account[1:] != self._account[:-1]) | (when[1:] >= when[:-1])
        order = np.arange(len(when)) if before.all() else np.lexsort((when, self._account))
        return self._some(order, column)

    def within(self, days: int) -> "Facts":
        """Only what happened in the last days, picked once for all who ask."""
        return self.once(days, lambda: self.where(self.age() <= days))

    def once(self, name: Any, find: Callable[[], Found]) -> Found:
        """What `find` gives; the next time it is asked for by this name, the same."""
        if name not in self._found:
            self._found[name] = find()
        found: Found = self._found[name]
        return found

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

    def last(self, column: str) -> Any:
        """Value of the row that happened last; NaN where there is none, as for words, which stay categories."""
        return self.last_of(self[column])

    def last_of(self, values: Any) -> Any:
        """The same of one value a row."""
        newest = self._newest()
        if isinstance(values, pd.Categorical):
            codes = np.full(self._accounts, -1)
            codes[self._account[newest]] = values.codes[newest]
            return pd.Categorical.from_codes(codes, dtype=values.dtype)
        out = np.full(self._accounts, np.nan)
        out[self._account[newest]] = values[newest]
        return out

    def days_since(self) -> Numbers:
        """Days since it happened last; NaN: never."""
        newest = self._newest()
        out = np.full(self._accounts, np.nan)
        out[self._account[newest]] = days_between(self.as_of, self[self._occurs][newest])
        return out

    def in_a_row(self, holds: Mask) -> Numbers:
        """How many rows, counted back from the one that happened last, it holds for without a break.

        >>> columns = {"day": np.array(["2025-03-01", "2025-03-02", "2025-03-03"], "M8[us]")}
        >>> Facts(columns, np.zeros(3, int), 1, Day("2025-03-10"), "day").in_a_row(np.array([True, False, True]))
        array([1.])
        """
        broken, last_broken = np.flatnonzero(~holds), np.full(self._accounts, -1)
        last_broken[self._account[broken]] = broken
        since = np.arange(len(holds)) > last_broken[self._account]
        return np.bincount(self._account[since], minlength=self._accounts).astype(float)

    def _newest(self) -> npt.NDArray[np.int64]:
        """The last row of each account that has any."""
        return np.flatnonzero(np.append(self._account[1:] != self._account[:-1], True)[: len(self._account)])

    def _some(self, rows: npt.NDArray[np.int64], occurs: str) -> "Facts":
        return Facts(self._columns.take(rows), self._account.take(rows), self._accounts, self.as_of, occurs)


def once(pick: Callable[[Facts], Facts]) -> Callable[[Facts], Facts]:
    """For a function that picks some facts: it is run once, however many features use what it picks."""

    @wraps(pick)
    def picked(facts: Facts) -> Facts:
        return facts.once(pick, lambda: pick(facts))

    return picked
