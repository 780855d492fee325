"""Usage added up, month by month: raw events are read here and nowhere after."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from churnrisk.clock import DAY_IN_MICROSECONDS
from churnrisk.errors import SourceError
from churnrisk.rollup.coded import Groups, Ints, chosen, coded, packed
from churnrisk.store.workspace import whole_folder

Columns = dict[str, npt.NDArray[Any]]
Texts = dict[str, pa.StringArray]

_KEYS = {"daily": ("account_id", "day", "event", "known_on"), "people": ("account_id", "user_id", "day", "known_on")}
"""Each rollup, and what its rows are one each of."""

_COUNTS = {"daily": ("rows", "copies", "ahead"), "people": ("rows",)}
_TEXTS, _TIMES = ("account_id", "user_id", "event"), ("day", "known_at")

_TYPES: dict[str, Any] = {
    **dict.fromkeys(_TEXTS, pa.dictionary(pa.int32(), pa.string())),
    **dict.fromkeys(("day", "known_on"), pa.timestamp("us")),
    "quantity": pa.float64(),
    **dict.fromkeys(_COUNTS["daily"], pa.int64()),
}

_MONTHS_AT_A_TIME = 2
"""Each in a thread of its own."""

_ROWS_AT_A_TIME = 2**16
"""So many rows of a month, and the rest of the last account's, are added up together and make one group of each file.

A reader who wants some accounts skips the groups of others. With more rows a group it reads more in vain and the
memory of each is asked for anew; with fewer, reading all of them takes longer.
"""


def rollup(tables: Path, usage: Path) -> None:
    """Add up the quantities of `tables/usage/` by account, day and event, and by account, person and day.

    Writes `daily/YYYY-MM.parquet` and `people/YYYY-MM.parquet` to `usage`, one pair for each month of usage: the
    columns of the key, in whose order the rows are, then `quantity` and `rows` (how many were added up); times are
    days. `daily` counts `copies` (how many of those equal others in all but when they became known) and `ahead` (how
    many were known before the day on which they are dated) too. A quantity of 0 is no usage. Both are split by
    `known_on`, so that a snapshot can take what was known. Where nobody knows who did it, the people's files have no
    rows. Memory is bounded by two months.

    Raises SourceError where `conform` has not run.
    """
    months = sorted((tables / "usage").glob("*.parquet"))
    if not months:
        fix = "run the stages before, with `dvc repro`"
        raise SourceError("usage is not there", where=str(tables), fix=fix)
    with whole_folder(usage) as partial, ThreadPoolExecutor(_MONTHS_AT_A_TIME) as pool:
        for name in _KEYS:
            (partial / name).mkdir()
        list(pool.map(lambda month: _add_up_month(month, partial), months))


def _add_up_month(month: Path, usage: Path) -> None:
    rows, texts = _read(month)
    with _writer(usage / "daily" / month.name) as daily, _writer(usage / "people" / month.name) as people:
        for part in _parts(rows):
            daily.write_table(_table(_daily(part), texts, "daily"))
            if part["user_id"].any():
                people.write_table(_table(_people(part), texts, "people"))


def _read(month: Path) -> tuple[Columns, Texts]:
    """The rows of a month that are usage, by account, texts as their places among the texts that there are."""
    with pq.ParquetFile(month, read_dictionary=list(_TEXTS)) as file:
        # One column after the other takes less memory than all at once, and no more time.
        given = ((name, file.read([name], use_threads=False)[name]) for name in (*_TEXTS, *_TIMES, "quantity"))
        rows: Columns = {}
        texts: Texts = {}
        for name, column in given:
            if name in _TEXTS:
                rows[name], texts[name] = coded(column)
            else:
                rows[name] = column.to_numpy()
    return _by_account(rows), texts


def _by_account(rows: Columns) -> Columns:
    """The rows with a quantity, those of an account side by side in the order in which they were."""
    used = rows["quantity"] > 0
    if not used.all():
        rows = {name: column[used] for name, column in rows.items()}
    account = rows["account_id"]
    if np.any(account[1:] < account[:-1]):
        order = np.argsort(account, kind="stable")
        rows = {name: column[order] for name, column in rows.items()}
    return rows


def _parts(rows: Columns) -> Iterator[Columns]:
    """The rows of some accounts after the other. Times are told in days, and `time` is what the day has besides."""
    account, start = rows["account_id"], 0
    while start < len(account):
        last = account[min(start + _ROWS_AT_A_TIME, len(account)) - 1]
        stop = int(np.searchsorted(account, last, side="right"))
        part = {name: column[start:stop] for name, column in rows.items()}
        moment, known = (part[name].astype("M8[us]").view(np.int64) for name in _TIMES)
        day = moment // DAY_IN_MICROSECONDS
        known //= DAY_IN_MICROSECONDS
        time = moment - day * DAY_IN_MICROSECONDS
        yield part | {"day": day, "time": time, "known_on": np.maximum(known, day), "ahead": known < day}
        start = stop


def _daily(rows: Columns) -> Columns:
    groups = Groups(packed(*(rows[name] for name in _KEYS["daily"])))
    return _sums(rows, groups, "daily") | {"copies": _copies(rows, groups), "ahead": groups.count(rows["ahead"])}


def _people(rows: Columns) -> Columns:
    known = np.flatnonzero(rows["user_id"])
    rows = {name: rows[name][known] for name in (*_KEYS["people"], "quantity")}
    return _sums(rows, Groups(packed(*(rows[name] for name in _KEYS["people"]))), "people")


def _sums(rows: Columns, groups: Groups, name: str) -> Columns:
    keys = {column: rows[column][groups.first] for column in _KEYS[name]}
    return keys | {"quantity": groups.sum(rows["quantity"]), "rows": groups.sizes()}


def _copies(rows: Columns, groups: Groups) -> Ints:
    """How many rows of each group equal one before in person, time and quantity.

    Few rows share a group, and fewer of those a person and a time: the quantities of these alone are compared.
    """
    shared = groups.shared()
    row, group = groups.order[shared], groups.number[shared]
    alike = Groups(packed(group, rows["user_id"][row], rows["time"][row]))
    shared = alike.shared()
    row, group = row[alike.order[shared]], group[alike.order[shared]]
    quantity = np.unique(rows["quantity"][row], return_inverse=True)[1]
    different = group[Groups(packed(alike.number[shared], quantity)).first]
    many = len(groups.first)
    return np.bincount(group, minlength=many) - np.bincount(different, minlength=many)


def _schema(name: str) -> pa.Schema:
    columns = (*_KEYS[name], "quantity", *_COUNTS[name])
    return pa.schema([pa.field(column, _TYPES[column], nullable=False) for column in columns])


def _writer(file: Path) -> pq.ParquetWriter:
    # Readers skip by these columns; of the others, statistics only take time. Texts are read as texts, not as coded.
    skipped_by: Any = ["account_id", "day", "known_on"]
    return pq.ParquetWriter(file, _schema(file.parent.name), write_statistics=skipped_by, store_schema=False)


def _table(rows: Columns, texts: Texts, name: str) -> pa.Table:
    schema, values = _schema(name), dict[str, Any](rows)
    for column in schema.names:
        if column in _TEXTS:
            values[column] = chosen(rows[column], texts[column])
        elif column in ("day", "known_on"):
            values[column] = (rows[column] * DAY_IN_MICROSECONDS).view("M8[us]")
    return pa.table(values, schema)
