"""Where a company's tables come from.

A source is a connection and one SQL query for each contract table, `queries/<table>.sql`. The query renames, casts and
converts onto the contract's columns once, so that nothing after it knows a source's own names. Each kind of source is a
module with a function `pull(queries, ..., workspace)` that runs the queries and writes their rows, untyped and
unjudged, to `data/raw/`: `<table>.parquet`, and usage as one file a month. The only kind, `files`, reads a folder of
CSV and Parquet files.
"""
