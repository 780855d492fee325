"""What `pull` writes: the source as its queries give it."""

from churnrisk.store.files import File

RAW = File(
    path="data/raw/{table}.parquet", stage="pull", says="rows of a table as its query gives them, sorted by all columns"
)
RAW_USAGE = File(
    path="data/raw/usage/{month}.parquet", stage="pull", says="a month of usage as its query gives it, sorted"
)
