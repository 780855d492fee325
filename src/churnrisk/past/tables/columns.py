"""Columns by name, each made when it is first asked for."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy.typing as npt
import pandas as pd

from churnrisk.past.arrays import read_only

Columns = Mapping[str, Any]
"""Arrays of one length by name; the words of facts are pandas categories, which compare fast."""


class LazyColumns(Mapping[str, Any]):
    """Columns by name, each made when it is first asked for, as whoever gets them looks at two or three."""

    def __init__(self, names: Iterable[str], make: Callable[[str], Any]) -> None:
        self._names, self._make = tuple(names), make
        self._made: dict[str, Any] = {}

    @classmethod
    def of(cls, columns: Columns) -> "LazyColumns":
        """Columns that there are already."""
        return LazyColumns(columns, lambda name: columns[name])

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = read_only(self._make(name))
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def frame(self) -> pd.DataFrame:
        """All of them, as a table."""
        return pd.DataFrame({name: self[name] for name in self})

    def assign(self, more: Mapping[str, Callable[[], Any]]) -> "LazyColumns":
        """The same columns and more, each by what makes it."""
        return LazyColumns([*self, *more], lambda name: more[name]() if name in more else self[name])

    def take(self, which: npt.NDArray[Any]) -> "LazyColumns":
        """Some of the rows, by position or by whether it holds for them."""
        return LazyColumns(self._names, lambda name: self[name][which])
