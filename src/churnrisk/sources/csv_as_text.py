"""CSV files are read as text, because the contract decides what a column means, and a reader would guess.

DuckDB's own reader takes `007` for 7, `24-01-15` for a date, and 03/01/2024 for the third of January or the first of
March, whichever fits the rows that it samples.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

_READERS = ("read_csv", "read_csv_auto")
_ENDINGS = (".csv", ".csv.gz", ".csv.zst", ".tsv", ".tsv.gz", ".tsv.zst")
_OWN_TYPES = {
    *("all_varchar", "columns", "types", "dtypes", "column_types", "auto_type_candidates"),
    *("dateformat", "timestampformat"),
}
"""A query that says itself how columns are read is left as it is."""


def csv_as_text(connection: DuckDBPyConnection, sql: str) -> str:
    """The same SELECT with all CSV files read as text; SQL that DuckDB can't parse is returned unchanged.

    Works on DuckDB's own parse tree, because a file's name may also stand in a comment or a literal.

    >>> import duckdb
    >>> csv_as_text(duckdb.connect(), "SELECT a FROM read_csv('x.csv') AS x, 'y.csv' AS y")
    "SELECT a FROM read_csv('x.csv', (all_varchar = true)) AS x , read_csv('y.csv', (all_varchar = true)) AS y"
    """
    parsed = json.loads(_one(connection, "SELECT json_serialize_sql(?)", sql))
    nodes = [] if parsed["error"] else list(_csv_nodes(parsed))
    if not nodes:
        return sql
    as_text = json.loads(_one(connection, "SELECT json_serialize_sql(?)", _EXAMPLE))
    example = as_text["statements"][0]["node"]["from_table"]
    for node in nodes:
        if node["type"] == "BASE_TABLE":
            _make_reader(node, example)
        else:
            node["function"]["arguments"].append(example["function"]["arguments"][1])
    return _one(connection, "SELECT json_deserialize_sql(?)", json.dumps(parsed))


# Parsed when it is needed, because the shape of the tree depends on the version of DuckDB.
_EXAMPLE = "SELECT * FROM read_csv('file', all_varchar = true)"


def _one(connection: DuckDBPyConnection, question: str, value: str) -> str:
    [(answer,)] = connection.execute(question, [value]).fetchall()
    return str(answer)


def _make_reader(table: dict[str, Any], example: dict[str, Any]) -> None:
    """Turn a file that is used as a table into a call that reads it as text."""
    own = {key: table[key] for key in ("alias", "sample", "column_name_alias", "query_location") if key in table}
    file = table["table_name"]
    # DuckDB calls a file that stands in the place of a table by its name up to the first dot.
    own["alias"] = own.get("alias") or Path(file).name.partition(".")[0]
    table.clear()
    table.update(deepcopy(example) | own)
    table["function"]["arguments"][0]["expression"]["literal"]["text"] = file


def _csv_nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every node of a parsed query that reads a CSV file without declaring its types."""
    if isinstance(tree, list):
        for each in tree:
            yield from _csv_nodes(each)
    elif isinstance(tree, dict):
        for each in list(tree.values()):
            yield from _csv_nodes(each)
        is_reader = tree.get("type") == "TABLE_FUNCTION" and tree["function"]["function_name"] in _READERS
        is_file = tree.get("type") == "BASE_TABLE" and str(tree["table_name"]).lower().endswith(_ENDINGS)
        if is_file or (is_reader and not _OWN_TYPES & set(_named(tree["function"]))):
            yield tree


def _named(function: dict[str, Any]) -> Iterator[str]:
    """The names of the named arguments of a call."""
    for argument in function["arguments"]:
        left = argument["expression"].get("left") or {}
        yield from (name.lower() for name in [argument["name"], *left.get("column_names", [])] if name)
