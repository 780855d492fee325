"""What `pull` writes: the source as its queries give it."""

import datetime as dt

from churnrisk.store.files import File, Record, RecordFile

RAW = File(
    path="data/raw/{table}.parquet", stage="pull", says="rows of a table as its query gives them, sorted by all columns"
)
RAW_USAGE = File(
    path="data/raw/usage/{month}.parquet", stage="pull", says="a month of usage as its query gives it, sorted"
)


class PulledMonth(Record):
    """A month of raw usage: the hash of its file, its rows and its last day."""

    content: str
    rows: int
    last: dt.date | None


class Pulled(Record):
    """All months of raw usage, by name, and what stands for the query that gave them."""

    made_by: str
    months: dict[str, PulledMonth]


PULLED = RecordFile(
    path="data/raw/pulled.json",
    stage="pull",
    says="in a weekly run only: what each month of raw usage holds, by hash, so that the next run pulls what is new",
    record=Pulled,
)
