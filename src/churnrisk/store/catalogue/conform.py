"""What `conform` writes: sound tables, rows that were set aside, and their counts."""

import datetime as dt
from typing import Any

from churnrisk.contract import ATTRIBUTE, TABLES, Table
from churnrisk.store.files import Column, Record, RecordFile, TableFile


class TableCounts(Record):
    """Counts of the rows of one table.

    `first` and `last` are the days of its first and last fact, `formats` those of texts that are neither ISO dates nor
    plain numbers, `added_up` the rows that were items or discounts of others, `bridged` the gaps between an account's
    rows that were taken for paperwork, `emptied` the values at fault that count as not known, `misspelt` the words that
    look like one that means something, and `one_day` the dates of which there are many, and all the same.
    """

    read: int
    kept: int
    rejected: dict[str, int]
    first: dt.date | None
    last: dt.date | None
    columns_not_offered: list[str]
    formats: dict[str, str]
    added_up: int
    bridged: int
    emptied: dict[str, int]
    misspelt: dict[str, int]
    one_day: dict[str, dt.date]


class DateRange(Record):
    """How many dates there are, the first and the last."""

    count: int
    first: dt.date
    last: dt.date


class MonthCounts(Record):
    """What a month adds to the counts of usage, as `TableCounts` has them, with an example of each reason."""

    kept: int
    refused: dict[str, int]
    emptied: dict[str, int]
    misspelt: dict[str, int]
    days: list[dt.date]
    dates: dict[str, DateRange]
    examples: dict[str, str]


class Texts(Record):
    """What a month says of the format of a column of texts: whether the usual one reads all that any format reads,
    whether it reads all, and which others do too; of these the first text that means something else, or none.
    """

    usual: bool
    complete: bool
    others: dict[str, str]


class NamedMoney(Record):
    """Of an event whose name has a word for money, how many rows a month has with a quantity above 0, how many of these
    quantities are not whole, and how many are small.
    """

    rows: int
    broken: int
    small: int


class Contradiction(Record):
    """Rows of a table that can't both be right with others; `example` is the first of them."""

    table: str
    name: str
    what: str
    rows: int
    share: float
    example: dict[str, str | None]


class Intake(Record):
    """Rows read, kept and set aside, by table and reason."""

    tables: dict[str, TableCounts]
    not_offered: list[str]
    contradictions: list[Contradiction]


def _contract_columns(table: Table) -> dict[str, Column]:
    kinds: dict[str, Any] = {"text": "text", "number": "number", "time": "time", "flag": "flag", "answer": "number"}
    columns = {
        name: Column(kinds[table.kind(name)], column.description, may_be_empty=column.nullable)
        for name, column in table.columns.items()
    }
    if table.attributes:
        columns[f"{ATTRIBUTE}<name>"] = Column("text or number", "a fact of the company's own", may_be_empty=True)
    return columns


_SORTED = "; corrections are rows of their own"

TABLE = {
    name: TableFile(
        path=f"data/tables/{name}.parquet",
        stage="conform",
        says=f"{table.grain}{_SORTED}",
        key=(),
        columns=_contract_columns(table),
    )
    for name, table in TABLES.items()
    if name != "usage"
}
"""The contract tables other than usage, by name."""

USAGE = TableFile(
    path="data/tables/usage/{month}.parquet",
    stage="conform",
    says=TABLES["usage"].grain,
    key=(),
    columns=_contract_columns(TABLES["usage"]),
)
USAGE_DAYS = TableFile(
    path="data/tables/usage_days/{month}.parquet",
    stage="conform",
    says="in a weekly run only: one row an account, subscription, day of usage, and day on which it was known too soon",
    key=(),
    columns={
        "account_id": Column("text", "the account"),
        "subscription_id": Column("text", "the subscription that it belongs to", may_be_empty=True),
        "day": Column("time", "the day"),
        "known_at": Column("time", "the day on which it was known, where that is before `day`", may_be_empty=True),
        "rows": Column("whole", "rows of usage"),
    },
)
REJECTED = TableFile(
    path="data/rejected/{table}.parquet",
    stage="conform",
    says="one row a raw row that was set aside, as text",
    key=(),
    columns={
        "reason": Column("text", "the rule that it breaks"),
        "<column>": Column("text", "as the source gave it", may_be_empty=True),
    },
)
INTAKE = RecordFile(
    path="reports/intake.json",
    stage="conform",
    says="rows read, kept and set aside by reason; first and last fact of every table; contradictions",
    record=Intake,
)


class ConformedMonth(Record):
    """A month of usage that was judged: the hash of the raw file that it was `made_from`, the hash of its own, empty
    where no row was sound, the raw rows, and what later runs must know of the raw file.
    """

    made_from: str
    content: str
    rows: int
    counts: MonthCounts
    texts: dict[str, Texts]
    money: dict[str, NamedMoney]


class Conformed(Record):
    """All months of usage that were judged; the columns that they had, with their types, what stands for the rows that
    were set aside, and what stands for the code.
    """

    made_by: str
    columns: dict[str, str]
    rejected: str
    months: dict[str, ConformedMonth]


CONFORMED = RecordFile(
    path="data/tables/conformed.json",
    stage="conform",
    says="in a weekly run only: what each month of usage was made from, by hash; the next run judges what changed",
    record=Conformed,
)
