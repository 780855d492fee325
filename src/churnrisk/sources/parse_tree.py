"""DuckDB's own parse tree of a query, as JSON: read, changed and written back as SQL."""

import json
from collections.abc import Collection, Iterator
from typing import Any

from duckdb import DuckDBPyConnection

Node = dict[str, Any]


def parsed(connection: DuckDBPyConnection, sql: str) -> Node:
    """The parse tree of one SELECT; empty for SQL that DuckDB can't parse."""
    tree: Node = json.loads(answer(connection, "SELECT json_serialize_sql(?)", sql))
    return {} if tree["error"] else tree


def unparsed(connection: DuckDBPyConnection, tree: Node) -> str:
    """The SQL of a parse tree."""
    return answer(connection, "SELECT json_deserialize_sql(?)", json.dumps(tree))


def within(tree: Any) -> Iterator[Node]:
    """Every node of a tree, inner ones first, so that a node can be replaced when it comes."""
    if isinstance(tree, list):
        for each in tree:
            yield from within(each)
    elif isinstance(tree, dict):
        for each in list(tree.values()):
            yield from within(each)
        yield tree


def calls(connection: DuckDBPyConnection, sql: str, names: Collection[str]) -> list[str]:
    """Which of the table functions of these names a SELECT calls.

    >>> import duckdb
    >>> calls(duckdb.connect(), "SELECT * FROM query('SELECT 1')", ["query"])
    ['query']
    """
    functions = (node["function"] for node in within(parsed(connection, sql)) if node.get("type") == "TABLE_FUNCTION")
    return [name for function in functions if (name := str(function["function_name"]).lower()) in names]


def answer(connection: DuckDBPyConnection, question: str, value: str) -> str:
    """The one value that a question with one parameter gives."""
    [(text,)] = connection.execute(question, [value]).fetchall()
    return str(text)
