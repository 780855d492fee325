"""What `conform` writes: sound tables, rows that were set aside, and their counts."""

import datetime as dt
from typing import Any

from churnrisk.contract import ATTRIBUTE, TABLES, Table
from churnrisk.store.files import Column, Record, RecordFile, TableFile


class TableCounts(Record):
    """Counts of the rows of one table.

    `first` and `last` are the days of its first and last fact, `formats` those of texts that are neither ISO dates nor
    plain numbers, `added_up` the rows that were items or discounts of others, `bridged` the gaps between an account's
    rows that were taken for paperwork, `emptied` the values at fault that count as not known, and `misspelt` the words
    that look like one that means something.
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
