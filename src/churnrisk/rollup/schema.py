"""The rollup on disk: two folders with a file a month, as `store.catalogue.rollup` declares them."""

from typing import Any

import pyarrow as pa

from churnrisk.store.catalogue import rollup as declared
from churnrisk.store.files import TableFile

DAILY = "daily"
"""Folder of usage by account, day and event."""

USERS = "users"
"""Folder of usage by account, user and day, from which distinct users are counted."""

FILES: dict[str, TableFile] = {DAILY: declared.DAILY, USERS: declared.USERS}
"""The files of each folder. Rows are in the order of the key, and a reader relies on it."""

TEXTS = ("account_id", "user_id", "event")
DAYS = ("day", "known_on")

_TYPES: dict[str, Any] = {
    "text": pa.dictionary(pa.int32(), pa.string()),
    "time": pa.timestamp("us"),
    "number": pa.float64(),
    "whole": pa.int64(),
}


def schema(folder: str) -> pa.Schema:
    """The columns of the files in `folder`, which is one of `FILES`: the key, then the quantity and the counts.

    >>> schema(USERS).names
    ['account_id', 'user_id', 'day', 'known_on', 'quantity', 'rows']
    """
    columns = FILES[folder].columns
    return pa.schema([pa.field(name, _TYPES[column.kind], nullable=False) for name, column in columns.items()])
