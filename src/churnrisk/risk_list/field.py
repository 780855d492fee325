"""What a field of the list is declared with."""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from datetime import date
from typing import Any, Literal

from churnrisk.risk_list.structure import RiskList

Cell = str | float | int | date | None
Kind = Literal["text", "long", "note", "whole", "share", "points", "money", "date", "number", "parts", "pairs"]
"""What a value is: `long` and `note` are text that wraps, in a narrow and in a wide column. `parts`
are records with fields of their own, and `pairs` a mapping whose keys are data."""

Output = Literal["json", "csv", "sheet", "page"]
"""On the page a field is shown where it has a heading of its own."""

JSON: frozenset[Output] = frozenset({"json"})
FLAT: frozenset[Output] = frozenset({"csv", "sheet"})
PAGE: frozenset[Output] = frozenset({"page"})
FILES = JSON | FLAT
EVERYWHERE = FILES | PAGE


@dataclass(frozen=True)
class Field:
    """One field of the list.

    `title` is for people; `heading` replaces it on the page, where there is less room. In a `meaning`, a name in braces
    stands for another field, and `{null}` for what a file has where there is no value. `value` takes the value from the
    record that the field belongs to; without it, that is the attribute of this name. `columns` makes the columns of a
    field that fills several cells of a flat table, or is the same in all of its rows.
    """

    name: str
    meaning: str
    _: KW_ONLY
    kind: Kind
    shown: frozenset[Output]
    title: str = ""
    heading: str = ""
    value: Callable[[Any], Cell] | None = None
    columns: "Callable[[RiskList], list[Field]] | None" = None

    def __post_init__(self) -> None:
        if not self.meaning.strip():
            raise TypeError(
                f"field {self.name} of the list has no meaning; say what it is, for whoever reads the files"
            )
        if self.shown != JSON and not self.title:
            raise TypeError(f"field {self.name} of the list has no title; people read it in {', '.join(self.shown)}")

    def of(self, record: Any) -> Cell:
        """Its value in a record."""
        cell: Cell = getattr(record, self.name) if self.value is None else self.value(record)
        return cell

    def says(self, record: Any) -> bool:
        """Is there a value? An amount of nothing is none: accounts without a price have an ARR of 0 or no ARR.

        >>> from types import SimpleNamespace
        >>> arr = Field("arr", "money", kind="money", shown=JSON)
        >>> [arr.says(SimpleNamespace(arr=amount)) for amount in (None, 0.0, 12.0)]
        [False, False, True]
        """
        cell: Any = self.of(record)
        if self.kind == "parts":
            return any(part is not None for part in cell)
        return cell is not None and cell != "" and not (self.kind == "money" and cell == 0)

    def explained(self, terms: Mapping[str, str]) -> str:
        """The meaning, with these terms for the names in braces.

        >>> Field("arr", "money; {null} if not known", kind="money", shown=frozenset({"json"})).explained({"null": "-"})
        'money; - if not known'
        """
        return self.meaning.format_map(terms)
