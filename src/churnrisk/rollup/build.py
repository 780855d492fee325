"""Usage added up, month by month: raw events are read here and nowhere later."""

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
from churnrisk.rollup.schema import DAILY, DAYS, FILES, TEXTS, USERS, schema
from churnrisk.store.catalogue.conform import CONFORMED, USAGE
from churnrisk.store.catalogue.rollup import ROLLED_UP, RolledUp
from churnrisk.store.files import rewriting
from churnrisk.store.partitions import carry, program, record_before
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import file_named

Columns = dict[str, npt.NDArray[Any]]
Texts = dict[str, pa.StringArray]

_TIMES = ("day", "known_at")

_MONTHS_AT_A_TIME = 2
"""Months added up at the same time, each in a thread of its own. More would need more memory than two cores repay."""

_ROWS_AT_A_TIME = 2**16
"""Rows of a month that are added up together and become one row group of each file; the last account stays whole.

A reader who wants some accounts skips the groups of others. Larger groups make it read more in vain, and their buffers
are allocated anew each time; with smaller groups, reading all of them takes longer.
"""


def rollup(workspace: Workspace, carried: bool = False) -> None:
    """Add up the quantities of the table of usage by account, day and event, and by account, user and day.

    Writes `daily/YYYY-MM.parquet` and `users/YYYY-MM.parquet` to `data/usage`, one pair for each month of usage. A
    quantity of 0 is no usage. Both keep rows apart by `known_on`, so that a snapshot can leave out what was not known
    yet. Where usage has no `user_id`, the files of users have no rows. Memory is bounded by two months. What was added
    up before from the same usage is `carried` over, where that is wanted.

    Raises SourceError where `conform` has not run.
    """
    months = USAGE.all_at(workspace)
    if not months:
        fix = "run the stages before, with `dvc repro`"
        raise SourceError("usage is not there", where=str(workspace.tables), fix=fix)
    with rewriting(workspace, *FILES.values(), ROLLED_UP) as draft, ThreadPoolExecutor(_MONTHS_AT_A_TIME) as pool:
        for folder in FILES:
            (draft.usage / folder).mkdir()
        kept = _carry_months(workspace, draft) if carried else set()
        # The list makes an error in a thread come out here.
        list(
            pool.map(
                lambda month: _add_up_month(month, draft.usage), [each for each in months if each.stem not in kept]
            )
        )


def _carry_months(workspace: Workspace, draft: Workspace) -> set[str]:
    """Take over the months whose usage is what they were added up from, and note what all are made from.

    Nothing is carried, now and next time, where `conform` has not noted what its months hold.
    """
    usage = record_before(CONFORMED, workspace, program())
    if usage is None:
        return set()
    made_from = {month: each.content for month, each in usage.months.items() if each.content}
    before = record_before(ROLLED_UP, workspace, program())
    ROLLED_UP.write(RolledUp(made_by=program(), months=made_from), draft)
    old = {} if before is None else before.months
    same = [month for month, content in made_from.items() if old.get(month) == content]
    return {month for month in same if carry(FILES.values(), workspace, draft, month)}


def _add_up_month(month: Path, usage: Path) -> None:
    rows, texts = _read(month)
    with (
        file_named(usage / DAILY / month.name),
        _writer(usage / DAILY / month.name) as daily,
        _writer(usage / USERS / month.name) as users,
    ):
        for part in _parts(rows):
            daily.write_table(_table(_by_event(part), texts, DAILY))
            if part["user_id"].any():
                users.write_table(_table(_by_user(part), texts, USERS))


def _read(month: Path) -> tuple[Columns, Texts]:
    """The rows of a month that are usage, by account, with each text as its rank among the texts of the month."""
    with pq.ParquetFile(month, read_dictionary=list(TEXTS), page_checksum_verification=True) as file:
        # Reading one column after the other takes less memory than all at once, and no more time.
        given = ((name, file.read([name], use_threads=False)[name]) for name in (*TEXTS, *_TIMES, "quantity"))
        rows: Columns = {}
        texts: Texts = {}
        for name, column in given:
            if name in TEXTS:
                rows[name], texts[name] = coded(column)
            else:
                rows[name] = column.to_numpy()
    return _by_account(rows), texts


def _by_account(rows: Columns) -> Columns:
    """The rows with a quantity, those of an account side by side; within an account their order stays."""
    used = rows["quantity"] > 0
    if not used.all():
        rows = {name: column[used] for name, column in rows.items()}
    account = rows["account_id"]
    if np.any(account[1:] < account[:-1]):
        order = np.argsort(account, kind="stable")
        rows = {name: column[order] for name, column in rows.items()}
    return rows


def _parts(rows: Columns) -> Iterator[Columns]:
    """The rows of a few whole accounts at a time. `day` and `known_on` count days; `time` is the rest of the day.

    Usage can't be known before its day, so `known_on` is at least `day`; the rows for which a source said so are marked
    `ahead`.
    """
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


def _by_event(rows: Columns) -> Columns:
    groups = Groups(packed(*(rows[name] for name in FILES[DAILY].key)))
    return _sums(rows, groups, DAILY) | {"copies": _copies(rows, groups), "ahead": groups.count(rows["ahead"])}


def _by_user(rows: Columns) -> Columns:
    known = np.flatnonzero(rows["user_id"])
    rows = {name: rows[name][known] for name in (*FILES[USERS].key, "quantity")}
    return _sums(rows, Groups(packed(*(rows[name] for name in FILES[USERS].key))), USERS)


def _sums(rows: Columns, groups: Groups, folder: str) -> Columns:
    keys = {column: rows[column][groups.first] for column in FILES[folder].key}
    return keys | {"quantity": groups.sum(rows["quantity"]), "rows": groups.sizes()}


def _copies(rows: Columns, groups: Groups) -> Ints:
    """How many rows of each group equal an earlier one in user, time and quantity.

    Few rows share a group, and few of those share a user and a time, so only the quantities of these are compared.
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


def _writer(file: Path) -> pq.ParquetWriter:
    # Readers skip row groups by these columns; statistics of the others only cost time. Without the stored schema,
    # texts are read as texts and not as dictionaries.
    skipped_by: Any = ["account_id", "day", "known_on"]
    return pq.ParquetWriter(
        file, schema(file.parent.name), write_statistics=skipped_by, store_schema=False, write_page_checksum=True
    )


def _table(rows: Columns, texts: Texts, folder: str) -> pa.Table:
    columns, values = schema(folder), dict[str, Any](rows)
    for column in columns.names:
        if column in TEXTS:
            values[column] = chosen(rows[column], texts[column])
        elif column in DAYS:
            values[column] = (rows[column] * DAY_IN_MICROSECONDS).view("M8[us]")
    return pa.table(values, columns)
