"""Where a company's tables come from.

A source is a connection and one SQL query for each contract table, `queries/<table>.sql`. The query renames, casts and
converts onto the contract's columns, once, at the door: nothing behind it knows a source's own names. Each kind of
source is a module with a function `pull(queries, folder, workspace)` that runs the queries and writes what they gave,
untyped and unjudged, to the files that `churnrisk.store.catalogue.pull` declares: one for each table, and for usage one
a month. There is one kind so far, `files`, which reads a folder of CSV and Parquet files; the stage `pull` calls it.
"""
