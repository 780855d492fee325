"""Records of accounts, such as tickets or invoices, as they were known at `as_of`."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Days, days_between, to_column
from churnrisk.past.arrays import Mask, Numbers, is_first, ratio, read_only
from churnrisk.past.tables.columns import Columns, LazyColumns

Result = TypeVar("Result")

_NONE_LEAST = -np.nan
"""What `least` gives where there is nothing. It used to be the negative of `most`, and its sign is in the bytes of
every features file, which a model's lineage hashes."""


class Records:
    """Rows of one table that each of `n` snapshots knows, in order of snapshot and then of when they happened.

    Every summary is (n,). A row that several snapshots know is there once for each of them, as it was known at the date
    of each. `snapshot`, (rows,), is the index of the snapshot that knows it, `dates`, (n,), are those of the snapshots,
    and the column `occurs` says when it happened. Words are pandas categories.

    >>> from churnrisk.past.example import views
    >>> tickets = views()["tickets"]
    >>> tickets.count(), tickets.within(days=7).count(), tickets.last("severity")
    (array([1., 0., 2., 0.]), array([0., 0., 1., 0.]), array([ 1., nan,  3., nan]))
    >>> tickets.where(tickets["severity"] == 1).days_since()
    array([12., nan, 19., nan])
    """

    def __init__(self, columns: Columns, *, snapshot: npt.NDArray[np.int64], dates: Days, occurs: str) -> None:
        self._columns = LazyColumns.of(columns)
        self._snapshot, self._dates, self._n = snapshot, to_column(dates), len(dates)
        self._occurs = occurs
        self._computed: dict[Any, Any] = {}

    @property
    def as_of(self) -> npt.NDArray[np.datetime64]:
        """The date of the snapshot that knows each row: (rows,)."""
        return self.once("as_of", lambda: read_only(self._dates.take(self._snapshot)))

    def __getitem__(self, column: str) -> Any:
        """One value a row."""
        return self._columns[column]

    def assign(self, more: Mapping[str, Callable[[], Any]]) -> "Records":
        """The same rows with more columns, each with the function that makes it."""
        return self._with(self._columns.assign(more), self._snapshot, self._occurs)

    def age(self, column: str = "") -> Numbers:
        """Days from a date of each row to `as_of`, (rows,), below 0 for one ahead; by default from when it happened.

        Raises TypeError for a column that has no dates.
        """
        name = column or self._occurs
        if self[name].dtype.kind != "M":
            raise TypeError(f"{name} has no dates, so that its rows have no age by it")
        return self.once(("age", name), lambda: read_only(days_between(self.as_of, self[name])))

    def each(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Of one value a snapshot, (n,), that of the snapshot that knows each row: (rows,)."""
        return np.asarray(values).take(self._snapshot)

    def rank_in(self, column: str, order: Sequence[str]) -> Numbers:
        """Rank of each row's word in an order of words, 1 for the first: (rows,); NaN for a word not in it."""
        words = self[column]
        ranks = [order.index(word) + 1 if word in order else np.nan for word in words.categories]
        # The code of a missing word is -1, so it gets the extra last element.
        return np.asarray(np.array([*ranks, np.nan], float)[words.codes])

    def where(self, holds: Mask) -> "Records":
        """Only the rows for which it holds; raises TypeError for what isn't one yes or no a row."""
        if holds.dtype != bool:
            raise TypeError(f"rows are picked by yes or no, not by {holds.dtype}; compare it with something")
        return self._some(np.flatnonzero(holds), self._occurs)

    def by(self, column: str) -> "Records":
        """The same rows in another order within each snapshot, by a date or a number; it decides which is the last.

        A number that is not known comes first, a date that is not known last. Rows with equal values keep their order,
        so of two that are equal the one that happened last is the last.
        """
        when = self[column]
        occurs = column if when.dtype.kind == "M" else self._occurs
        when = np.where(np.isnan(when), -np.inf, when) if when.dtype.kind == "f" else when
        # Most tables are in that order already, and looking costs far less than sorting.
        in_order = is_first(self._snapshot)[1:] | (when[1:] >= when[:-1])
        order = np.arange(len(when)) if in_order.all() else np.lexsort((when, self._snapshot))
        return self._some(order, occurs)

    def within(self, days: int) -> "Records":
        """Only what happened in the last `days` days; picked once for all who ask."""
        return self.once(("within", days), lambda: self.where(self.age() <= days))

    def once(self, name: Any, compute: Callable[[], Result]) -> Result:
        """What `compute` gives; the next time it is asked for by this name, the same."""
        if name not in self._computed:
            self._computed[name] = compute()
        result: Result = self._computed[name]
        return result

    def count(self) -> Numbers:
        """How many rows; 0 where there are none."""
        return np.bincount(self._snapshot, minlength=self._n).astype(float)

    def sum(self, values: npt.NDArray[Any]) -> Numbers:
        """Sum of one number a row; a number that is not known counts 0."""
        return np.bincount(self._snapshot, np.nan_to_num(np.asarray(values, float)), self._n).astype(float)

    def mean(self, values: npt.NDArray[Any]) -> Numbers:
        """Mean of the known ones of one number a row; NaN where there are none."""
        known = ~np.isnan(values)
        count = np.bincount(self._snapshot[known], minlength=self._n)
        total = np.bincount(self._snapshot[known], values[known], self._n)
        return ratio(total, count)

    def most(self, values: npt.NDArray[Any]) -> Numbers:
        """Largest of one number a row; NaN where there are none."""
        out = np.full(self._n, -np.inf)
        np.fmax.at(out, self._snapshot, values)
        return np.where(np.isinf(out), np.nan, out)

    def least(self, values: npt.NDArray[Any]) -> Numbers:
        """Smallest of one number a row; NaN where there are none."""
        out = np.full(self._n, np.inf)
        np.fmin.at(out, self._snapshot, values)
        return np.where(np.isinf(out), _NONE_LEAST, out)

    def last(self, column: str) -> Any:
        """Value of the row that happened last; NaN (of dates NaT) where there is none. Words stay categories."""
        return self.last_of(self[column])

    def last_of(self, values: Any) -> Any:
        """The same of one value a row."""
        newest = self._newest()
        if isinstance(values, pd.Categorical):
            codes = np.full(self._n, -1)
            codes[self._snapshot[newest]] = values.codes[newest]
            return pd.Categorical.from_codes(codes, dtype=values.dtype)
        is_date = values.dtype.kind == "M"
        out = np.full(self._n, np.datetime64("NaT") if is_date else np.nan, values.dtype if is_date else float)
        out[self._snapshot[newest]] = values[newest]
        return out

    def most_of_last(self, column: str) -> Numbers:
        """The greatest value among the rows of the date that happened last; NaN where there is none.

        Several rows of one date have no order of their own, and the order of the table must not decide.
        """
        newest, dates = self._newest(), self[self._occurs]
        last_row = np.repeat(newest, np.diff(np.append(-1, newest)))
        of_last = dates == dates[last_row]
        out = np.full(self._n, np.nan)
        np.fmax.at(out, self._snapshot[of_last], self[column][of_last])
        return out

    def days_since(self) -> Numbers:
        """Days since it happened last; NaN: never."""
        return days_between(self._dates, self.last(self._occurs))

    def in_a_row(self, holds: Mask) -> Numbers:
        """How many rows, counted back from the one that happened last, it holds for without a break.

        >>> from churnrisk.past.example import views
        >>> tickets = views()["tickets"]
        >>> tickets.in_a_row(tickets["severity"] > 2)
        array([0., 0., 1., 0.])
        """
        broken, last_broken = np.flatnonzero(~holds), np.full(self._n, -1)
        last_broken[self._snapshot[broken]] = broken
        since = np.arange(len(holds)) > last_broken[self._snapshot]
        return np.bincount(self._snapshot[since], minlength=self._n).astype(float)

    def _newest(self) -> npt.NDArray[np.int64]:
        """The last row of each snapshot that knows any."""
        return np.flatnonzero(np.append(self._snapshot[1:] != self._snapshot[:-1], True)[: len(self._snapshot)])

    def _some(self, rows: npt.NDArray[np.int64], occurs: str) -> "Records":
        return self._with(self._columns.take(rows), self._snapshot.take(rows), occurs)

    def _with(self, columns: LazyColumns, snapshot: npt.NDArray[np.int64], occurs: str) -> "Records":
        return Records(columns, snapshot=snapshot, dates=self._dates, occurs=occurs)


def once(pick: Callable[[Records], Records]) -> Callable[[Records], Records]:
    """For a function that picks some records: it is run once, however many features use what it picks."""

    @wraps(pick)
    def picked(records: Records) -> Records:
        return records.once(pick, lambda: pick(records))

    return picked
