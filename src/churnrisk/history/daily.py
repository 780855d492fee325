"""Usage of some accounts day by day, as the rollup has it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from churnrisk.clock import Days

_DAY = 86_400_000_000
"""In microseconds."""


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


def read_daily(files: Path, accounts: npt.NDArray[np.object_], settle_days: int, by: str = "event") -> Daily:
    """Rollup of some accounts (sorted ids), in the order of the files in the folder `files`.

    Usage is seen `settle_days` after its day. What is read grows with the accounts, as the files are in their order.
    """
    parts = [_groups(file, by, accounts[0], accounts[-1]) for file in sorted(files.glob("*.parquet"))]
    ids, account = _codes([chunk for part in parts for chunk in part["account_id"].chunks])
    place = pd.Index(accounts).get_indexer(pd.Index(ids)).astype(np.int32)[account]
    names, code = _codes([chunk for part in parts for chunk in part[by].chunks])
    order = np.argsort(names)
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    ours = np.flatnonzero(place >= 0)
    when, known_on = (_days(parts, name)[ours] for name in ("day", "known_on"))
    return Daily(
        names=tuple(names[order]),
        place=place[ours],
        code=rank[code[ours]],
        day=when,
        visible_on=np.maximum(known_on, when + np.timedelta64(settle_days, "D")),
        quantity=_numbers(parts, "quantity")[ours],
    )


def _groups(file: Path, by: str, first: str, last: str) -> pa.Table:
    """The groups of rows of a file that may hold accounts from `first` to `last`."""
    parquet = pq.ParquetFile(file, read_dictionary=["account_id", by])
    column = parquet.schema_arrow.get_field_index("account_id")
    groups = (parquet.metadata.row_group(number).column(column).statistics for number in range(parquet.num_row_groups))
    wanted = [number for number, group in enumerate(groups) if _may_hold(group, first, last)]
    return parquet.read_row_groups(wanted, ["account_id", by, "day", "known_on", "quantity"], use_threads=False)


def _days(parts: list[pa.Table], name: str) -> Days:
    days = _numbers(parts, name).astype("M8[us]", copy=False).view(np.int64)
    days //= _DAY
    return days.view("M8[D]")


def _numbers(parts: list[pa.Table], name: str) -> npt.NDArray[Any]:
    return np.concatenate([part[name].to_numpy() for part in parts])


def _may_hold(group: Any, first: str, last: str) -> bool:
    return not (group and group.has_min_max) or bool(group.min <= last and group.max >= first)


def _codes(chunks: "list[pa.Array[Any]]") -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int32]]:
    """Different texts, in no order, and for each row the position of its own."""
    if not chunks:
        return np.empty(0, object), np.empty(0, np.int32)
    one: Any = pa.concat_arrays(pa.chunked_array(chunks).unify_dictionaries().chunks)
    return one.dictionary.to_numpy(zero_copy_only=False), one.indices.to_numpy()
