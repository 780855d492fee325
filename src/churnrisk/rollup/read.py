"""Usage of some accounts day by day, as the rollup has it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from churnrisk.clock import DAY_IN_MICROSECONDS, Days


@dataclass(frozen=True)
class Daily:
    """One value a row of the rollup: who did what, when, and from when a snapshot sees it.

    `place` is the position of the account among those asked for, `code` that of the event (or user) among `names`,
    which are in order. A snapshot sees a row if `visible_on` is before its `as_of`.
    """

    names: tuple[str, ...]
    place: npt.NDArray[np.integer]
    code: npt.NDArray[np.integer]
    day: Days
    visible_on: Days
    quantity: npt.NDArray[np.float64]

    def take(self, rows: npt.NDArray[np.int64]) -> "Daily":
        """The rows at some positions."""
        columns: list[Any] = [self.place, self.code, self.day, self.visible_on, self.quantity]
        return Daily(self.names, *(each.take(rows) for each in columns))

    def of(self, names: Collection[str]) -> "Daily":
        """The rows of some of the names."""
        return self.take(np.flatnonzero(np.array([name in names for name in self.names], bool).take(self.code)))


def joined(parts: Sequence[Daily]) -> Daily:
    """The rows of several parts with the same `names` as one."""
    columns = zip(*((part.place, part.code, part.day, part.visible_on, part.quantity) for part in parts), strict=True)
    return Daily(parts[0].names, *map(np.concatenate, columns))


_NO_DAYS = np.empty(0, "M8[D]")
_NOTHING = pa.array([], pa.string()), Daily((), *(np.empty(0, np.int32),) * 2, *(_NO_DAYS,) * 2, np.empty(0))


def read_daily(files: Path, accounts: npt.NDArray[np.object_], settle_days: int, by: str = "event") -> list[Daily]:
    """Rollup of some accounts (sorted ids), in parts with the same `names`, in the order of the files in `files`.

    Usage is seen `settle_days` after its day. What is read grows with the accounts, as the files are in their order.
    """
    wanted, settle = pa.array(accounts, pa.string()), np.timedelta64(settle_days, "D")
    groups = (rows for file in sorted(files.glob("*.parquet")) for rows in _groups(file, by, wanted))
    parts = [_NOTHING, *(_part(rows, wanted, settle, by) for rows in groups)]
    texts = pa.concat_arrays([texts for texts, _ in parts])
    names = texts.unique().sort()
    rank = np.split(_places(texts, names), np.cumsum([len(texts) for texts, _ in parts])[:-1])
    named = tuple(map(str, names.to_pylist()))
    return [replace(part, names=named, code=its.take(part.code)) for (_, part), its in zip(parts, rank, strict=True)]


def _groups(file: Path, by: str, accounts: "pa.Array[Any]") -> Iterator[pa.RecordBatch]:
    """The groups of rows of a file that may hold some accounts.

    Each is looked at by itself: its memory is used again for the next one, as to get it anew takes longer than to read.
    """
    first, last = accounts[0].as_py(), accounts[-1].as_py()
    parquet = pq.ParquetFile(file, read_dictionary=["account_id", by])
    column = parquet.schema_arrow.get_field_index("account_id")
    for number in range(parquet.num_row_groups):
        if _may_hold(parquet.metadata.row_group(number).column(column).statistics, first, last):
            rows = parquet.read_row_group(number, ["account_id", by, "day", "known_on", "quantity"], use_threads=False)
            yield from rows.to_batches()


def _part(
    rows: pa.RecordBatch, accounts: "pa.Array[Any]", settle: np.timedelta64, by: str
) -> "tuple[pa.Array[Any], Daily]":
    """Those of some rows that are of some accounts, and the texts of which `code` says the position."""
    who: Any = rows["account_id"]
    what: Any = rows[by]
    place = _places(who.dictionary, accounts).take(who.indices)
    happened, known = (rows[name].to_numpy().astype("M8[us]", copy=False) for name in ("day", "known_on"))
    day, late = _days(happened), np.flatnonzero(known > happened)
    visible_on = day + settle
    visible_on[late] = np.maximum(visible_on[late], _days(known[late]))
    part = Daily((), place, np.asarray(what.indices), day, visible_on, rows["quantity"].to_numpy())
    ours = np.flatnonzero(place >= 0)
    return what.dictionary, part if len(ours) == len(place) else part.take(ours)


def _may_hold(group: Any, first: str, last: str) -> bool:
    return not (group and group.has_min_max) or bool(group.min <= last and group.max >= first)


def _places(texts: "pa.Array[Any]", among: "pa.Array[Any]") -> npt.NDArray[np.int32]:
    """The position of each text among others, -1 where it is not there."""
    return np.asarray(pc.index_in(texts, among).fill_null(-1))


def _days(when: npt.NDArray[np.datetime64]) -> Days:
    """Whole days, downwards; a quarter of the time of a conversion."""
    return np.asarray((when.view(np.int64) // DAY_IN_MICROSECONDS).view("M8[D]"))
