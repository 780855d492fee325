"""The shape of a metric: a name, words, which way is better, and how it is computed. None exists without the others."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from churnrisk.errors import did_you_mean

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Predictions:
    """What was predicted and what became of it, row by row: label (1 or 0), score or probability, date."""

    label: Numbers
    score: Numbers
    as_of: npt.NDArray[Any]


@dataclass(frozen=True)
class Direction:
    """Which way a metric is better: up, down, or closer to the figure named by `target`."""

    words: str
    target: str = ""


HIGHER = Direction("higher is better")
LOWER = Direction("lower is better")
NEITHER = Direction("neither way is better: others are compared with it")


def closer_to(target: str) -> Direction:
    """Better the closer it is to another metric.

    >>> closer_to("churn_rate").words
    'better the closer it is to the churn rate'
    """
    return Direction(f"better the closer it is to the {target.replace('_', ' ')}", target)


@dataclass(frozen=True)
class Metric:
    """A figure of predictions. `words` say what it is, for a model card.

    Raises ValueError where a name or the words are empty.
    """

    name: str
    words: str
    better: Direction
    compute: Callable[[Predictions], float]

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.words.strip():
            raise ValueError(f"a metric needs a name and words; this one has {self.name!r} and {self.words!r}")


class Metrics(dict[str, Metric]):
    """Metrics by name; raises ValueError where two have one name, and KeyError, with the nearest, for an unknown one.

    >>> metrics = Metrics([Metric("rows", "rows", HIGHER, lambda predictions: float(len(predictions.label)))])
    >>> metrics.figures(["rows"], Predictions(np.zeros(3), np.zeros(3), np.zeros(3)))
    {'rows': 3.0}
    """

    def __init__(self, metrics: Iterable[Metric]) -> None:
        declared = list(metrics)
        super().__init__({metric.name: metric for metric in declared})
        if len(self) < len(declared):
            raise ValueError(f"two metrics have one name, among {', '.join(metric.name for metric in declared)}")
        unknown = sorted({metric.better.target for metric in declared} - {"", *self})
        if unknown:
            raise ValueError(f"no metric is named {unknown[0]!r}, which another is to be close to")

    def __missing__(self, name: str) -> Metric:
        raise KeyError(f"no metric is named {name!r}; {did_you_mean(name, self) or 'there are ' + ', '.join(self)}")

    def figures(self, names: Iterable[str], predictions: Predictions) -> dict[str, float]:
        """The named metrics of predictions, in the order of the names."""
        return {name: float(self[name].compute(predictions)) for name in names}
