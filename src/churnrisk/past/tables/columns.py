"""Columns by name, each made when it is first asked for."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy.typing as npt
import pandas as pd

from churnrisk.past.arrays import read_only

Columns = Mapping[str, Any]
"""Arrays of one length by name. The words of facts are pandas categories, which compare as whole numbers do."""


class LazyColumns(Mapping[str, Any]):
    """Columns by name. Each is made when it is first asked for: a feature looks at two or three of twenty."""

    def __init__(self, names: Iterable[str], make: Callable[[str], Any]) -> None:
        self._names, self._make = tuple(names), make
        self._made: dict[str, Any] = {}

    @classmethod
    def of(cls, columns: Columns) -> "LazyColumns":
        """Columns that are there already."""
        return columns if isinstance(columns, LazyColumns) else LazyColumns(columns, lambda name: columns[name])

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = read_only(self._make(name))
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def frame(self) -> pd.DataFrame:
        """All columns as a table."""
        return pd.DataFrame({name: self[name] for name in self})

    def assign(self, more: Mapping[str, Callable[[], Any]]) -> "LazyColumns":
        """The same columns and `more`, each with the function that makes it; one of the same name replaces."""
        names = dict.fromkeys([*self, *more])
        return LazyColumns(names, lambda name: more[name]() if name in more else self[name])

    def take(self, which: npt.NDArray[Any]) -> "LazyColumns":
        """Some of the rows, by position or by one yes or no a row."""
        return LazyColumns(self._names, lambda name: self[name][which])
