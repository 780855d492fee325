"""Rows of a table as they were known at one date, or each snapshot's own rows at its own date."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day, Days
from churnrisk.past.arrays import Mask, expand_ranges
from churnrisk.past.tables.columns import Columns, LazyColumns

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Entries:
    """Rows of a table in some order.

    `known_at`, (rows,), is when each became known. From `corrected_at`, (rows,), on another row stands in its stead;
    NaT: never corrected; None: no row ever was. `known_by` names, for a column that becomes known later than its row,
    the column that says when.

    `doctor.cut` decides a second time what of a row was known, on purpose: the doctor must not trust this one.
    """

    columns: Columns
    known_at: npt.NDArray[np.datetime64]
    corrected_at: npt.NDArray[np.datetime64] | None
    known_by: Mapping[str, str]

    def stand(self, rows: Positions, as_of: Day | Days) -> Mask:
        """Which of some rows were known before `as_of`, one date or one a row, and not corrected by then."""
        known: Mask = self.known_at.take(rows) < as_of
        return known if self.corrected_at is None else known & ~(self.corrected_at.take(rows) < as_of)


class Known(LazyColumns):
    """Columns of some rows as they were known before `as_of`, one date or one a row.

    A value that became known later is empty.
    """

    def __init__(self, entries: Entries, rows: Positions, as_of: Day | Days) -> None:
        super().__init__(entries.columns, partial(_known_column, entries, rows, as_of))
        self._entries, self._rows, self._as_of = entries, rows, as_of

    def take(self, which: npt.NDArray[Any]) -> "Known":
        """Some of the rows, by position or by one yes or no a row."""
        as_of = self._as_of[which] if isinstance(self._as_of, np.ndarray) else self._as_of
        return Known(self._entries, self._rows[which], as_of)


def _known_column(entries: Entries, rows: Positions, as_of: Day | Days, name: str) -> Any:
    columns, later = entries.columns, entries.known_by
    values = columns[name].take(rows)
    # The column that says when is itself empty until then: that a date exists would say that something happened.
    by = name if name in later.values() else later.get(name)
    return values if by is None else _where_known(values, columns[by].take(rows) < as_of)


def _where_known(values: Any, known: Mask) -> Any:
    if isinstance(values, pd.Categorical):
        return pd.Categorical.from_codes(np.where(known, values.codes, -1), dtype=values.dtype)
    empty: Any = {"M": np.datetime64("NaT"), "f": np.nan}.get(values.dtype.kind)
    return np.where(known, values, empty)


class AccountRows:
    """The rows of a block's accounts, in order of account and then of when they happened.

    So the rows of an account that happened before a date are a range, which is found for many snapshots at once.
    `account_index` and `occurred_at` are (rows,), both in that order.

    >>> from churnrisk.past.example import block
    >>> whole = block()
    >>> tickets, dates = whole.tables["tickets"], np.array(["2025-01-20", "2025-01-27"], "M8[D]")
    >>> first, stop = tickets.before(dates, date=np.array([0, 1]), account_index=np.array([0, 0]))
    >>> first, stop
    (array([0, 0]), array([1, 2]))
    >>> snapshot, known = tickets.known(first, stop, dates)
    >>> snapshot, known["severity"]
    (array([0, 1, 1]), array([1., 1., 3.]))
    """

    def __init__(
        self, entries: Entries, *, account_index: Positions, occurred_at: npt.NDArray[np.datetime64], accounts: int
    ) -> None:
        self._entries, self._account_index, self._day = entries, account_index, occurred_at.astype("M8[D]")
        self._begins = np.searchsorted(account_index, np.arange(accounts + 1))

    def all(self, account_index: Positions) -> tuple[Positions, Positions]:
        """The first row of each of some accounts, and the one after its last."""
        return self._begins.take(account_index), self._begins.take(account_index + 1)

    def before(self, dates: Days, date: Positions, account_index: Positions) -> tuple[Positions, Positions]:
        """For each of some snapshots, the first row of its account and the one after the last that happened before.

        `dates` are in order; `date`, (snapshots,), is the position of a snapshot's date among them. What is planned may
        be known and has not happened, so it is in no range.
        """
        accounts, first = len(self._begins) - 1, self._begins.take(account_index)
        # For each row the first date after it. NaT sorts after all dates, so a row without a time is never seen.
        first_date = np.searchsorted(dates, self._day, side="right")
        rows = np.bincount(first_date * accounts + self._account_index, minlength=(len(dates) + 1) * accounts)
        return first, first + rows.reshape(-1, accounts).cumsum(axis=0)[date, account_index]

    def known(self, first: Positions, stop: Positions, as_of: Days) -> tuple[Positions, Known]:
        """Those rows in a range for each snapshot that were known at its `as_of`: whose each is, and the columns."""
        snapshot, rows = expand_ranges(first, stop)
        dates = as_of.astype("M8[us]").take(snapshot)
        stands = self._entries.stand(rows, dates)
        # Nearly always all rows stand, and picking all of them would copy everything.
        if not stands.all():
            which = np.flatnonzero(stands)
            snapshot, rows, dates = snapshot.take(which), rows.take(which), dates.take(which)
        return snapshot, Known(self._entries, rows, dates)
