"""Finds where a query puts texts of a CSV file in order, so that '9' comes after '100'.

CSV files are read as text (`churnrisk.sources.csv_as_text`), and DuckDB orders texts by the alphabet without a word.
Only its binder knows which expressions still hold such a text and which were cast, perhaps in a subquery. So the query
is bound once more, with empty tables in place of its files, where columns of CSV files carry a mark: a collation, which
the binder passes on through subqueries, joins and functions, and which a cast removes. Nothing of it is executed.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from churnrisk.sources.csv_as_text import called, read_as_text
from churnrisk.sources.parse_tree import Node, answer, parsed, unparsed, within

_MARK = "POSIX"
"""A collation under which texts are ordered as they are without one, so that the plan stays the same."""

_BY_SECOND = {
    *("arg_max", "arg_max_null", "arg_max_nulls_last", "argmax", "max_by"),
    *("arg_min", "arg_min_null", "arg_min_nulls_last", "argmin", "min_by"),
}
"""Aggregates that are ordered by their second argument."""

_BY_ANY = {
    *("max", "min", "greatest", "least", "median", "mad", "quantile", "quantile_cont", "quantile_disc"),
    *(f"{kind}_{name}" for kind in ("list", "array") for name in ("sort", "reverse_sort", "grade_up")),
    *("list_max", "list_min", "list_median"),
}
"""Functions and aggregates that are ordered by any of their arguments."""

_COMPARISONS = {
    "COMPARE_LESSTHAN": "<",
    "COMPARE_GREATERTHAN": ">",
    "COMPARE_LESSTHANOREQUALTO": "<=",
    "COMPARE_GREATERTHANOREQUALTO": ">=",
}
_TEXT_TYPES = {"VARCHAR", "TEXT", "STRING", "CHAR", "BPCHAR"}


@dataclass(frozen=True)
class TextOrder:
    """A part of a plan that goes by the order of texts: its operands, and how it is written with them."""

    operands: list[Node]
    written: Callable[[list[str]], str]

    @property
    def expression(self) -> str:
        """It, roughly as the query has it."""
        return self.cast("")

    def cast(self, cast: str) -> str:
        """The same with `cast`, such as ::DOUBLE, behind each text."""
        return self.written([_in_words(each, cast) for each in self.operands])


def text_order(connection: DuckDBPyConnection, sql: str) -> TextOrder | None:
    """The first expression of a SELECT that goes by the order of a text of a CSV file; None where there is none.

    The order of the result as a whole doesn't count, unless a LIMIT cuts it. Raises duckdb.Error where DuckDB can't
    write down its plan of the query.

    >>> text_order(duckdb.connect(), "SELECT max(a) FROM 'x.parquet'")
    """
    tree = parsed(connection, sql)
    texts = {id(node) for node in read_as_text(connection, tree)}
    if not texts:
        return None
    for number, node in enumerate(list(within(tree))):
        if node.get("type") in ("BASE_TABLE", "TABLE_FUNCTION"):
            _stand_in(connection, node, f"__file_{number}", is_text=id(node) in texts)
        elif node.get("class") == "CAST" and node["type_expr"]["type_name"].upper() in _TEXT_TYPES:
            _unmark(connection, node, node)
        elif node.get("class") == "COLLATE":
            _unmark(connection, node, node["child"])
    question = "SELECT json_serialize_plan(?, optimize := false, skip_null := true, skip_empty := true)"
    plan = json.loads(answer(connection, question, unparsed(connection, tree)))
    if plan["error"]:
        raise duckdb.Error(plan["error_message"])
    return next(_ordered(_without_last_order(plan["plans"][0])), None)


def _stand_in(connection: DuckDBPyConnection, node: Node, name: str, *, is_text: bool) -> None:
    """Replace a file by an empty table of the same columns, because DuckDB can't write down a plan that reads files."""
    if node["type"] == "BASE_TABLE" and "." not in node["table_name"]:
        return  # The name of a step in WITH, or of a table of DuckDB.
    example = parsed(connection, f'SELECT * FROM "{name}"')["statements"][0]["node"]
    alone = {"error": False, "statements": [{"node": example | {"from_table": node | {"sample": None}}}]}
    try:
        columns = connection.execute(f"DESCRIBE {unparsed(connection, alone)}").fetchall()
    except duckdb.Error:
        return  # A function of another table's columns, such as unnest(); it reads no file.
    marked = f" COLLATE {_MARK}" if is_text else ""
    typed = (f"{_name(column)} {kind}{marked if kind == 'VARCHAR' else ''}" for column, kind, *_ in columns)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({', '.join(typed)})")
    own = {"alias": called(node), "column_name_alias": node.get("column_name_alias", [])}
    node.clear()
    node.update(example["from_table"] | own)


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _unmark(connection: DuckDBPyConnection, node: Node, text: Node) -> None:
    """Replace a node of the parse tree by `text` without a mark, because who casts to text means the alphabet.

    By way of bytes, because they have no collation to pass on.
    """
    unmarked = parsed(connection, "SELECT decode(encode(x))")["statements"][0]["node"]["select_list"][0]
    unmarked["alias"] = node.get("alias", "")
    unmarked["arguments"][0]["expression"]["arguments"][0]["expression"] = dict(text) | {"alias": ""}
    node.clear()
    node.update(unmarked)


def _without_last_order(root: Node) -> Node:
    """A plan without the order of its result; the rows of a table have none."""
    if root["type"] == "LOGICAL_ORDER_BY":
        return root | {"orders": []}
    if root["type"] == "LOGICAL_PROJECTION":
        return root | {"children": [_without_last_order(each) for each in root["children"]]}
    return root


def _ordered(plan: Node) -> Iterator[TextOrder]:
    """Every part of a plan that goes by the order of a marked text."""
    parts = (_by_order_of(node) for node in within(plan))
    return (part for part in parts if any(_is_marked(each.get("return_type")) for each in part.operands))


def _by_order_of(node: Node) -> TextOrder:
    """A node of a plan with the operands by whose order it goes; none where it goes by no order."""
    if "null_order" in node and "expression" in node:
        return TextOrder([node["expression"]], lambda texts: f"ORDER BY {texts[0]}")
    if "comparison" in node:  # A condition of a join.
        kind, operands = node["comparison"], [node["left"], node["right"]]
    else:
        kind, operands = str(node.get("type")), node.get("children", [])
    if sign := _COMPARISONS.get(kind):
        return TextOrder(operands, f" {sign} ".join)
    name = _function(node)
    if name in _BY_SECOND:
        first = _in_words(operands[0])
        return TextOrder(operands[1:2], lambda texts: f"{name}({first}, {texts[0]})")
    return TextOrder(operands if name in _BY_ANY else [], lambda texts: f"{name}({', '.join(texts)})")


def _function(node: Node) -> str:
    return str(node.get("qname", {}).get("path", [""])[-1]) if "expression_class" in node else ""


def _is_marked(kind: Any) -> bool:
    return any(node.get("collation") == _MARK for node in within(kind))


def _in_words(node: Node, cast: str = "") -> str:
    """An expression of a plan, roughly as it was written, with `cast` behind its marked texts."""
    kind = node.get("return_type", {})
    if cast and kind.get("id") == "VARCHAR" and _is_marked(kind):
        return _in_words(node) + cast
    if node.get("type") == "OPERATOR_CAST":
        text = _in_words(node["children"][0])
        return text if kind["id"] == "VARCHAR" or text == "..." else f"{text}::{kind['id']}"
    if node.get("type") == "VALUE_CONSTANT" and node["value"]["type"]["id"] == "VARCHAR":
        return f"'{node['value'].get('value')}'"
    operands = ", ".join(_in_words(each, cast) for each in node.get("children", []))
    name = _function(node)
    return f"{name}({operands})" if name else node.get("alias") or "..."
