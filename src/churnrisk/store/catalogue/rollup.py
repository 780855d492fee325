"""What `rollup` writes: usage added up by day."""

from churnrisk.store.columns import ACCOUNT
from churnrisk.store.files import Column, Record, RecordFile, TableFile

_DAY = Column("time", "the day")
_KNOWN_ON = Column("time", "the day on which it became known, not before `day`")
_QUANTITY = Column("number", "sum of the quantities")
_ROWS = Column("whole", "rows of usage that were added up")

DAILY = TableFile(
    path="data/usage/daily/{month}.parquet",
    stage="rollup",
    says="one row an account, day, event and day on which it became known",
    key=("account_id", "day", "event", "known_on"),
    columns={
        "account_id": ACCOUNT,
        "day": _DAY,
        "event": Column("text", "what was done"),
        "known_on": _KNOWN_ON,
        "quantity": _QUANTITY,
        "rows": _ROWS,
        "copies": Column("whole", "those that equal another one in all but when they became known"),
        "ahead": Column("whole", "those that were known before the day on which they are dated"),
    },
)
USERS = TableFile(
    path="data/usage/users/{month}.parquet",
    stage="rollup",
    says="one row an account, user, day and day on which it became known; no rows where usage does not say who",
    key=("account_id", "user_id", "day", "known_on"),
    columns={
        "account_id": ACCOUNT,
        "user_id": Column("text", "the user"),
        "day": _DAY,
        "known_on": _KNOWN_ON,
        "quantity": _QUANTITY,
        "rows": _ROWS,
    },
)


class RolledUp(Record):
    """The hash of the usage that each month was added up from, by month, and what stands for the code."""

    made_by: str
    months: dict[str, str]


ROLLED_UP = RecordFile(
    path="data/usage/rolled_up.json",
    stage="rollup",
    says="in a weekly run only: what each month was added up from, by hash, so that the next run adds up what changed",
    record=RolledUp,
)
