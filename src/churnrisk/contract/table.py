"""The shape of a declaration: a table, its columns, its rules, and when each column becomes known."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pandera.pandas as pa

from churnrisk.units import UNITS

ATTRIBUTE = "attribute_"
"""Prefix of columns that a company adds to `accounts`: texts are categories, unless all are numbers. A leading zero
makes a text a code, not a number.
"""

SQL_TYPES = {"text": "VARCHAR", "number": "DOUBLE", "time": "TIMESTAMP", "flag": "BOOLEAN", "answer": "DOUBLE"}
PANDAS_TYPES = {"text": "str", "number": "float64", "time": "datetime64[us]", "flag": "bool", "answer": "float64"}
"""A flag is always yes or no; an answer is 1, 0, or not known."""


@dataclass(frozen=True)
class Table:
    """One contract table.

    `key` is empty where rows may repeat. `occurs` names the column that says when a row's fact happened, which is also
    when it is taken to be known where the source gives no `known_at`.

    `ours` are rows that our own people made in answer to a list. No feature may see them, because a model would learn
    what lists caused and call it a cause; and they are no feed that has to flow.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    occurs: str
    schema: pa.DataFrameSchema
    required: bool = False
    attributes: bool = False
    ours: bool = False

    @property
    def columns(self) -> Mapping[str, pa.Column]:
        """Declared columns by name, in order."""
        return dict(self.schema.columns)

    def kind(self, column: str) -> str:
        """`text`, `number`, `time`, `flag` or `answer`."""
        return str(self.columns[column].metadata["kind"])

    def is_required(self, column: str) -> bool:
        """Must a source give this column?"""
        return bool(self.columns[column].metadata["required"])

    def known_by(self) -> dict[str, str]:
        """Columns that become known later than their row, and the column that says when.

        >>> from churnrisk.contract import TABLES
        >>> TABLES["subscriptions"].known_by()
        {'ended_on': 'end_known_at', 'end_reason': 'end_known_at'}
        """
        return {n: c.metadata["known_by"] for n, c in self.columns.items() if c.metadata["known_by"]}

    def filled_by(self) -> dict[str, str]:
        """Columns that say when something became known, and the column whose day fills them where they are empty.

        >>> from churnrisk.contract import TABLES
        >>> TABLES["subscriptions"].filled_by()
        {'known_at': 'started_on', 'end_known_at': 'ended_on'}
        """
        others = {n: c.metadata["filled_by"] for n, c in self.columns.items() if c.metadata["filled_by"]}
        return {"known_at": self.occurs} | others

    def empty_means(self, column: str) -> str:
        """What is made of an empty value of a column, and of the whole column where a source does not offer it.

        >>> from churnrisk.contract import TABLES
        >>> usage, subscriptions = TABLES["usage"], TABLES["subscriptions"]
        >>> usage.empty_means("day"), usage.empty_means("quantity"), subscriptions.empty_means("ended_on")
        ('the row is set aside', '0; column left out: 1', 'it runs')
        """
        facts = self.columns[column].metadata
        if facts["required"]:
            return "the row is set aside"
        if column in self.filled_by():
            return f"as `{self.filled_by()[column]}`"
        offered = facts["empty_means"] if facts["empty"] is None else _words(facts["empty"], facts["kind"])
        left_out = offered if facts["default"] is None else _words(facts["default"], facts["kind"])
        return offered if left_out == offered else f"{offered}; column left out: {left_out}"

    def columns_at_reading(self) -> list[str]:
        """Columns that hold today's state rather than history. They are validated but never shown to a snapshot.

        >>> from churnrisk.contract import TABLES
        >>> TABLES["accounts"].columns_at_reading()
        ['stated_churned', 'stated_churned_on']
        """
        return [name for name, column in self.columns.items() if column.metadata["at_reading"]]

    def empty(self) -> pd.DataFrame:
        """The table without rows, in its declared types."""
        return pd.DataFrame({n: pd.Series(dtype=PANDAS_TYPES[self.kind(n)]) for n in self.columns})


def _words(value: float, kind: str) -> str:
    return f"{value:g}" if kind == "number" else "yes" if value else "no"


def _column(
    kind: str,
    meaning: str,
    *,
    unit: str = "",
    required: bool = False,
    known_by: str = "",
    filled_by: str = "",
    default: Any = None,
    empty: Any = None,
    emptied: bool = False,
    words: tuple[str, ...] = (),
    at_reading: bool = False,
    checks: list[pa.Check] | None = None,
) -> pa.Column:
    """A column. `default` stands in every row where a source does not offer the column at all, `empty` where it offers
    the column and leaves the value out. A value at fault sets its row aside, or, with `emptied`, is emptied.

    `meaning` may end in `; empty: ` and what an empty value means; otherwise the value is not known.
    """
    meaning, _, empty_means = meaning.partition("; empty: ")
    if unit and unit not in UNITS:
        raise ValueError(f"the column {meaning!r} has the unit {unit!r}; units are {', '.join(UNITS)}")
    facts = {"kind": kind, "unit": unit, "required": required, "known_by": known_by, "default": default}
    facts |= {"empty_means": empty_means or "not known", "filled_by": filled_by}
    facts |= {"at_reading": at_reading, "empty": empty, "emptied": emptied, "words": words}
    nullable = not required and (default is None or kind == "answer")
    return pa.Column(
        PANDAS_TYPES[kind], checks, nullable=nullable, required=required, description=meaning, metadata=facts
    )


def text(
    meaning: str,
    *,
    required: bool = False,
    known_by: str = "",
    one_of: tuple[str, ...] = (),
    words: tuple[str, ...] = (),
    at_reading: bool = False,
) -> pa.Column:
    """A column of words; `one_of` closes the set, `words` are those that mean something here among any others.

    Both are recognised in capitals and small letters alike.
    """
    check = [pa.Check.isin(one_of, error=f"must be one of {', '.join(one_of)}")] if one_of else None
    return _column(
        "text",
        meaning,
        required=required,
        known_by=known_by,
        words=one_of or words,
        at_reading=at_reading,
        checks=check,
    )


def number(
    meaning: str,
    unit: str,
    *,
    required: bool = False,
    known_by: str = "",
    least: float | None = 0,
    most: float | None = None,
    default: float | None = None,
    empty: float | None = None,
    emptied: bool = False,
) -> pa.Column:
    """A column of numbers, not below `least` (0 by default) and not above `most`.

    With `emptied`, a number at fault counts as not known. Only where nothing else depends on it: a price or a date that
    is lost would change what the account's other rows mean, so those set the row aside.
    """
    checks = []
    if least is not None:
        checks.append(pa.Check.ge(least, error=f"must be {least:g} or more"))
    if most is not None:
        checks.append(pa.Check.le(most, error=f"must be {most:g} or less"))
    return _column(
        "number",
        meaning,
        unit=unit,
        required=required,
        known_by=known_by,
        default=default,
        empty=empty,
        emptied=emptied,
        checks=checks,
    )


def time(
    meaning: str, *, required: bool = False, known_by: str = "", filled_by: str = "", at_reading: bool = False
) -> pa.Column:
    """A column of dates or timestamps, in UTC. Named `_on` where only the date counts."""
    return _column("time", meaning, required=required, known_by=known_by, filled_by=filled_by, at_reading=at_reading)


def flag(meaning: str, *, default: bool) -> pa.Column:
    """A column of yes and no; empty is the default."""
    return _column("flag", meaning, default=default, empty=default)


def answer(meaning: str, *, default: bool | None = None) -> pa.Column:
    """A column of yes, no and not known: the default where a source does not offer it, not known where it is empty."""
    return _column("answer", meaning, default=None if default is None else float(default))


def rule(sentence: str, holds: Callable[[pd.DataFrame], "pd.Series[bool]"]) -> pa.Check:
    """A rule over a row; `sentence` says what is wrong with a row that breaks it."""
    return pa.Check(holds, error=sentence)


def in_order(earlier: str, later: str) -> pa.Check:
    """The rule that `later` is not before `earlier`, where both are given."""
    return rule(
        f"{later} is before {earlier}",
        lambda rows: rows[later].isna() | rows[earlier].isna() | (rows[later] >= rows[earlier]),
    )
