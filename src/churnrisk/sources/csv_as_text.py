"""CSV files are read as text, because the contract decides what a column means, and a reader would guess.

DuckDB's own reader takes `007` for 7, `24-01-15` for a date, and 03/01/2024 for the third of January or the first of
March, whichever fits the rows that it samples.
"""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from churnrisk.sources.parse_tree import Node, parsed, unparsed, within

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
    tree = parsed(connection, sql)
    return unparsed(connection, tree) if tree and read_as_text(connection, tree) else sql


def read_as_text(connection: DuckDBPyConnection, tree: Node) -> list[Node]:
    """Change the nodes of a parse tree that read a CSV file without declaring its types, and return them."""
    nodes = list(_csv_nodes(tree))
    # Parsed when it is needed, because the shape of the tree depends on the version of DuckDB.
    example = parsed(connection, "SELECT * FROM read_csv('file', all_varchar = true)") if nodes else {}
    for node in nodes:
        as_text = example["statements"][0]["node"]["from_table"]
        if node["type"] == "BASE_TABLE":
            _make_reader(node, as_text)
        else:
            node["function"]["arguments"].append(as_text["function"]["arguments"][1])
    return nodes


def _make_reader(table: Node, example: Node) -> None:
    """Turn a file that is used as a table into a call that reads it as text."""
    kept = ("sample", "column_name_alias", "query_location")
    own: Node = {key: table[key] for key in kept if key in table} | {"alias": called(table)}
    file = table["table_name"]
    table.clear()
    table.update(deepcopy(example) | own)
    table["function"]["arguments"][0]["expression"]["literal"]["text"] = file


def called(node: Node) -> str:
    """What a query may put before the columns of a file: its alias, or DuckDB's own name for it."""
    if node["type"] == "TABLE_FUNCTION":
        return str(node.get("alias") or node["function"]["function_name"])
    # A file in the place of a table is called by its name up to the first dot.
    return str(node.get("alias") or Path(node["table_name"]).name.partition(".")[0])


def _csv_nodes(tree: Any) -> Iterator[Node]:
    for node in within(tree):
        is_reader = node.get("type") == "TABLE_FUNCTION" and node["function"]["function_name"] in _READERS
        is_file = node.get("type") == "BASE_TABLE" and str(node["table_name"]).lower().endswith(_ENDINGS)
        if is_file or (is_reader and not _OWN_TYPES & set(_named(node["function"]))):
            yield node


def _named(function: Node) -> Iterator[str]:
    """The names of the named arguments of a call."""
    for argument in function["arguments"]:
        left = argument["expression"].get("left") or {}
        yield from (name.lower() for name in [argument["name"], *left.get("column_names", [])] if name)
