"""Several scorers in one: their log-odds, each with a weight."""

import json
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from churnrisk.errors import ModelError
from churnrisk.model.boosted import Boosted
from churnrisk.model.logistic import Logistic
from churnrisk.model.matrix import Column, Matrix, Numbers
from churnrisk.model.scorer import Scorer, Settings

_KINDS: dict[str, type[Scorer]] = {each.kind: each for each in (Boosted, Logistic)}
"""Scorers that speak log-odds, and so can be added up; a rule that only ranks can't."""


@dataclass(frozen=True)
class Mixture:
    """Log-odds that are a weighted sum of those of its parts, which all have the same columns.

    Contributions are the same weighted sum of theirs, and so as exact as theirs are.
    """

    parts: tuple[Scorer, ...]
    weights: tuple[float, ...]
    kind: ClassVar[str] = "mixture"
    words: ClassVar[str] = "the mean of a LightGBM model and a logistic regression, in log-odds,"
    in_log_odds: ClassVar[bool] = True

    @property
    def columns(self) -> tuple[Column, ...]:
        """Those of every part."""
        return self.parts[0].columns

    @classmethod
    def fit(cls, x: Matrix, label: Numbers, columns: tuple[Column, ...], settings: Settings) -> "Mixture":
        """Settings: those of each part, by its kind. All parts get the same weight."""
        parts = [_KINDS[kind].fit(x, label, columns, own) for kind, own in settings.items()]
        return cls.mean(parts)

    @classmethod
    def mean(cls, parts: list[Scorer]) -> "Mixture":
        """The mean of some fitted parts."""
        return cls(tuple(parts), tuple([1 / len(parts)] * len(parts)))

    def log_odds(self, x: Matrix) -> Numbers:
        """Log-odds of each row."""
        total = np.zeros(len(x))
        for part, weight in zip(self.parts, self.weights, strict=True):
            total += weight * part.log_odds(x)
        return total

    def contributions(self, x: Matrix) -> tuple[Numbers, Numbers]:
        """The parts' own, weighted; Shapley values of a sum are the sum of Shapley values."""
        values, base = np.zeros(x.shape), np.zeros(len(x))
        for part, weight in zip(self.parts, self.weights, strict=True):
            own, start = part.contributions(x)
            values += weight * own
            base += weight * start
        return values, base

    def calibrated(self, intercept: float, slope: float) -> "Mixture":
        """Every part calibrated the same; their weights add up to 1, so the mixture is calibrated too."""
        return Mixture(tuple(part.calibrated(intercept, slope) for part in self.parts), self.weights)

    def dumps(self) -> str:
        """The parts' own texts, with kind and weight, as JSON."""
        parts = [
            {"kind": part.kind, "weight": weight, "text": part.dumps()}
            for part, weight in zip(self.parts, self.weights, strict=True)
        ]
        return json.dumps(parts, indent=2) + "\n"

    @classmethod
    def loads(cls, text: str, columns: tuple[Column, ...]) -> "Mixture":
        """The mixture that `dumps` wrote."""
        try:
            read = json.loads(text)
            parts = tuple(_KINDS[each["kind"]].loads(each["text"], columns) for each in read)
            return cls(parts, tuple(float(each["weight"]) for each in read))
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(f"not a mixture ({error!r})", where="scorer.txt", fix="train again") from error
