"""Usage of some accounts day by day, read from the rollup."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from churnrisk.clock import DAY_IN_MICROSECONDS, Day, Days, days


@dataclass(frozen=True)
class Daily:
    """Usage of some accounts, one value a row of the rollup: who did what on which day, and how much.

    `names` are the events (or the users), in order. All others are (rows,): `account_index` is the position of the
    account among those asked for, `code` that of the event or user in `names`. `known_on` is the day on which the row
    became known, and never before its day has settled: a snapshot sees the row if that lies before its `as_of`.
    """

    names: tuple[str, ...]
    account_index: npt.NDArray[np.integer]
    code: npt.NDArray[np.integer]
    day: Days
    known_on: Days
    quantity: npt.NDArray[np.float64]

    def take(self, rows: npt.NDArray[np.int64]) -> "Daily":
        """The rows at some positions."""
        return replace(self, **{name: getattr(self, name).take(rows) for name in _COLUMNS})

    def of(self, names: Collection[str]) -> "Daily":
        """The rows of some of the names."""
        return self.take(np.flatnonzero(np.array([name in names for name in self.names], bool).take(self.code)))


_COLUMNS = [each.name for each in fields(Daily) if each.name != "names"]


def joined(parts: Sequence[Daily]) -> Daily:
    """The rows of several parts with the same `names` as one."""
    columns: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _COLUMNS}
    return replace(parts[0], **columns)


_NO_DAYS = np.empty(0, "M8[D]")
_NO_CODES = np.empty(0, np.int32)
_NO_ROWS = Daily(
    names=(), account_index=_NO_CODES, code=_NO_CODES, day=_NO_DAYS, known_on=_NO_DAYS, quantity=np.empty(0)
)


def read_daily(
    files: Path, accounts: npt.NDArray[np.object_], settle_days: int, by: str = "event", since: Day | None = None
) -> list[Daily]:
    """The rows of some accounts in the Parquet files of a folder of the rollup, one part a row group.

    `accounts` are ids in order, `by` is the column that `code` stands for, `event` or `user_id`. What is read grows
    with the accounts, since the files are in order of account. Months that end before `since` are not read; rows lie in
    the month of their day, so one of a later day that became known late is never among them.
    """
    wanted = pa.array(accounts, pa.string())
    groups = (rows for file in _months(files, since) for rows in _groups(file, by, wanted))
    return daily_of(groups, accounts, settle_days, by)


def daily_of(
    groups: Iterable[pa.RecordBatch], accounts: npt.NDArray[np.object_], settle_days: int, by: str = "event"
) -> list[Daily]:
    """The rows of some accounts in parts of a rollup, one part each and at least one, all with the same `names`.

    `groups` have the columns of `rollup.schema`, texts as dictionaries; they may come from files or from an engine that
    holds them in memory. A day's usage is known `settle_days` after it at the earliest.
    """
    wanted, settle = pa.array(accounts, pa.string()), days(settle_days)
    parts = [(pa.array([], pa.string()), _NO_ROWS), *(_part(rows, wanted, settle, by) for rows in groups)]
    texts = pa.concat_arrays([texts for texts, _ in parts])
    names = texts.unique().sort()
    ranks = np.split(_index_of(texts, names), np.cumsum([len(texts) for texts, _ in parts])[:-1])
    named = tuple(map(str, names.to_pylist()))
    return [replace(part, names=named, code=rank.take(part.code)) for (_, part), rank in zip(parts, ranks, strict=True)]


def _months(files: Path, since: Day | None) -> list[Path]:
    """The files of a folder of the rollup, in order, but for months that end before `since`."""
    months = sorted(files.glob("*.parquet"))
    # Compared as texts: a file that is not named after a month, as in the doctor's tables, comes after all and is read.
    return months if since is None else [each for each in months if each.stem >= str(since.astype("M8[M]"))]


def _groups(file: Path, by: str, accounts: "pa.Array[Any]") -> Iterator[pa.RecordBatch]:
    """The row groups of a file that may hold some accounts.

    They are yielded one at a time so that the buffer is reused for the next one; allocating it anew costs more than
    reading.
    """
    first, last = accounts[0].as_py(), accounts[-1].as_py()
    parquet = pq.ParquetFile(file, read_dictionary=["account_id", by], page_checksum_verification=True)
    column = parquet.schema_arrow.get_field_index("account_id")
    for number in range(parquet.num_row_groups):
        if _may_hold(parquet.metadata.row_group(number).column(column).statistics, first, last):
            rows = parquet.read_row_group(number, ["account_id", by, "day", "known_on", "quantity"], use_threads=False)
            yield from rows.to_batches()


def _part(
    rows: pa.RecordBatch, accounts: "pa.Array[Any]", settle: np.timedelta64, by: str
) -> "tuple[pa.Array[Any], Daily]":
    """Those rows that are of some accounts, and the texts that their `code` points to."""
    who: Any = rows["account_id"]
    what: Any = rows[by]
    account_index = _index_of(who.dictionary, accounts).take(who.indices)
    at, known_at = (rows[name].to_numpy().astype("M8[us]", copy=False) for name in ("day", "known_on"))
    # Few rows became known after their day, so only those are converted and compared.
    day, late = _days(at), np.flatnonzero(known_at > at)
    known_on = day + settle
    known_on[late] = np.maximum(known_on[late], _days(known_at[late]))
    part = Daily(
        names=(),
        account_index=account_index,
        code=np.asarray(what.indices),
        day=day,
        known_on=known_on,
        quantity=rows["quantity"].to_numpy(),
    )
    ours = np.flatnonzero(account_index >= 0)
    return what.dictionary, part if len(ours) == len(account_index) else part.take(ours)


def _may_hold(group: Any, first: str, last: str) -> bool:
    return not (group and group.has_min_max) or bool(group.min <= last and group.max >= first)


def _index_of(texts: "pa.Array[Any]", among: "pa.Array[Any]") -> npt.NDArray[np.int32]:
    """The position of each text in `among`, -1 where it is not there."""
    return np.asarray(pc.index_in(texts, among).fill_null(-1))


def _days(when: npt.NDArray[np.datetime64]) -> Days:
    """Whole days, rounded down. Dividing the integers takes a quarter of the time of numpy's conversion."""
    return np.asarray((when.view(np.int64) // DAY_IN_MICROSECONDS).view("M8[D]"))
