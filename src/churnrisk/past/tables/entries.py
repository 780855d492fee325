"""Rows of a table as they were known at some date, or each snapshot's own rows at the date of each."""

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


@dataclass(frozen=True)
class Entries:
    """Rows of a table in some order.

    `corrected_at` says from when on another row stands in the place of each, NaT: never; None: no row was ever
    corrected. `known_by` has, for a column that becomes known later than its row, the column that says when.
    What is known of a row is told once more in `doctor.cut`, on purpose, as the doctor's cut must not trust this one.
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
    """Columns of rows of a table as they were known before `as_of`, one date or one a row; a value that became known
    later is empty.
    """

    def __init__(self, entries: Entries, rows: Positions, as_of: Day | Days) -> None:
        super().__init__(entries.columns, partial(_known_column, entries, rows, as_of))
        self._entries, self._rows, self._as_of = entries, rows, as_of

    def take(self, which: npt.NDArray[Any]) -> "Known":
        """Some of the rows, by position or by whether it holds for them."""
        as_of = self._as_of[which] if isinstance(self._as_of, np.ndarray) else self._as_of
        return Known(self._entries, self._rows[which], as_of)


def _known_column(entries: Entries, rows: Positions, as_of: Day | Days, name: str) -> Any:
    columns, later = entries.columns, entries.known_by
    values = columns[name].take(rows)
    # The column that says when is itself empty until then.
    by = name if name in later.values() else later.get(name)
    return values if by is None else _where_known(values, columns[by].take(rows) < as_of)


def _where_known(values: Any, known: Mask) -> Any:
    if isinstance(values, pd.Categorical):
        return pd.Categorical.from_codes(np.where(known, values.codes, -1), dtype=values.dtype)
    empty: Any = {"M": np.datetime64("NaT"), "f": np.nan}.get(values.dtype.kind)
    return np.where(known, values, empty)


class OfAccounts:
    """Entries in order of the `place` of their account and of when they `happened`, so that each of many snapshots
    finds its own.

    >>> columns = {"severity": np.array([1, 3, 2])}
    >>> opened = np.array(["2025-03-01", "2025-03-08", "2025-03-02"], "M8[us]")
    >>> tickets = OfAccounts(Entries(columns, opened, None, {}), np.array([0, 0, 1]), opened, accounts=2)
    >>> dates = np.array(["2025-03-08", "2025-03-09"], "M8[D]")
    >>> first, stop = tickets.happened(dates, np.array([0, 1]), place=np.array([0, 0]))
    >>> snapshot, known = tickets.known(first, stop, dates)
    >>> snapshot, known["severity"]
    (array([0, 1, 1]), array([1, 1, 3]))
    """

    def __init__(self, entries: Entries, place: Positions, happened: npt.NDArray[np.datetime64], accounts: int) -> None:
        self._entries, self._place, self._happened = entries, place, happened.astype("M8[D]")
        self._begins = np.searchsorted(place, np.arange(accounts + 1))

    def all(self, place: Positions) -> tuple[Positions, Positions]:
        """Where the rows of each of some accounts begin and end."""
        return self._begins.take(place), self._begins.take(place + 1)

    def happened(self, dates: Days, date: Positions, place: Positions) -> tuple[Positions, Positions]:
        """The same of those rows that happened before a date, as what is planned is known and hasn't happened.

        `date` is the position of that date among `dates`, which are in order.
        """
        accounts, first = len(self._begins) - 1, self._begins.take(place)
        # NaT lies after all dates.
        first_seen = np.searchsorted(dates, self._happened, side="right")
        rows = np.bincount(first_seen * accounts + self._place, minlength=(len(dates) + 1) * accounts)
        return first, first + rows.reshape(-1, accounts).cumsum(axis=0)[date, place]

    def known(self, first: Positions, stop: Positions, as_of: Days) -> tuple[Positions, Known]:
        """Of the rows in a range for each snapshot those that were known at its `as_of`, and whose they are."""
        snapshot, rows = expand_ranges(first, stop)
        dates = as_of.astype("M8[us]").take(snapshot)
        stands = self._entries.stand(rows, dates)
        if not stands.all():
            which = np.flatnonzero(stands)
            snapshot, rows, dates = snapshot.take(which), rows.take(which), dates.take(which)
        return snapshot, Known(self._entries, rows, dates)
