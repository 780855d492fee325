"""The shape of a figure: name, title, unit, which way is better, what it means, its source, and how it is computed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from churnrisk.metrics.metric import Direction
from churnrisk.past.arrays import Numbers
from churnrisk.units import UNITS

Subject = TypeVar("Subject")


@dataclass(frozen=True, kw_only=True)
class Figure(Generic[Subject]):
    """One figure of the book; nothing of it exists without the rest.

    `words` define it, for docs/book.md, the page and the spreadsheet; `source` names the tables it rests on. `compute`
    takes totals and gives numbers of their shape, NaN where the figure is not defined, such as a rate without customers
    at the start. Raises ValueError where anything is empty, or for an unknown unit.
    """

    name: str
    title: str
    unit: str
    better: Direction
    words: str
    source: str
    compute: Callable[[Subject], Numbers]

    def __post_init__(self) -> None:
        for what in ("name", "title", "words", "source"):
            if not getattr(self, what).strip():
                raise ValueError(f"a figure needs a name, a title, words and a source; {self.name!r} has no {what}")
        if self.unit not in UNITS:
            raise ValueError(f"figure {self.name} has the unit {self.unit!r}; units are {', '.join(UNITS)}")


class Figures(tuple[Figure[Subject], ...], Generic[Subject]):
    """Figures in the order in which they are shown; raises ValueError where two have one name."""

    def __new__(cls, figures: Iterable[Figure[Subject]]) -> "Figures[Subject]":
        made = super().__new__(cls, figures)
        names = [figure.name for figure in made]
        if len(set(names)) < len(names):
            raise ValueError(f"two figures have one name; the names are {', '.join(names)}")
        return made

    def compute(self, subject: Subject) -> dict[str, Numbers]:
        """Every figure of a subject, by its name."""
        return {figure.name: figure.compute(subject) for figure in self}
