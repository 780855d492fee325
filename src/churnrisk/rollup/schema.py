"""The rollup on disk: two folders with a file a month, what a row of each is, and its columns."""

from typing import Any

import pyarrow as pa

DAILY = "daily"
"""Folder of usage by account, day and event."""

USERS = "users"
"""Folder of usage by account, user and day, from which distinct users are counted."""

KEYS = {DAILY: ("account_id", "day", "event", "known_on"), USERS: ("account_id", "user_id", "day", "known_on")}
"""What the rows of each folder are one each of. Rows are in this order, and a reader relies on it."""

TEXTS = ("account_id", "user_id", "event")
DAYS = ("day", "known_on")

_COUNTS = {DAILY: ("rows", "copies", "ahead"), USERS: ("rows",)}
_TYPES: dict[str, Any] = {
    **dict.fromkeys(TEXTS, pa.dictionary(pa.int32(), pa.string())),
    **dict.fromkeys(DAYS, pa.timestamp("us")),
    "quantity": pa.float64(),
    **dict.fromkeys(_COUNTS[DAILY], pa.int64()),
}


def schema(folder: str) -> pa.Schema:
    """The columns of the files in `folder`, which is one of `KEYS`: the key, then the quantity and the counts.

    >>> schema(USERS).names
    ['account_id', 'user_id', 'day', 'known_on', 'quantity', 'rows']
    """
    columns = (*KEYS[folder], "quantity", *_COUNTS[folder])
    return pa.schema([pa.field(column, _TYPES[column], nullable=False) for column in columns])
