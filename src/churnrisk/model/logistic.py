"""A regularised logistic regression on a few features chosen by name, as a scorer: for companies with little
history.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar

import numpy as np

from churnrisk.errors import ModelError, did_you_mean
from churnrisk.model.log_odds import fit_logistic, log1p
from churnrisk.model.matrix import Column, Matrix, Numbers
from churnrisk.model.scorer import Settings


@dataclass(frozen=True)
class Input:
    """One feature that a regression is to use, and how it goes in.

    A number is cut off at `at_most`, then, with `log`, replaced by log(1 + number), or 0 where it is negative. Where
    there is none, `missing` stands for it, or else the mean of the rows learned from, which adds nothing. A feature of
    words goes in as one yes/no for each of its categories; where there is none, all of them are no.
    """

    feature: str
    log: bool = False
    missing: float | None = None
    at_most: float | None = None

    def values(self, raw: Numbers) -> Numbers:
        """The numbers that go in, NaN where nothing stands for a missing one."""
        known = raw if self.missing is None else np.where(np.isnan(raw), self.missing, raw)
        known = known if self.at_most is None else np.minimum(known, self.at_most)
        return log1p(np.maximum(known, 0.0)) if self.log else np.asarray(known)


@dataclass(frozen=True)
class Term:
    """One column of the regression: a number, or one `category` of a feature of words.

    It adds `slope * (value - mean) / spread`; `mean` and `spread` are those of the rows learned from.
    """

    input: Input
    category: str | None
    mean: float
    spread: float
    slope: float

    def standard(self, x: Matrix, columns: Sequence[Column]) -> Numbers:
        """Its values in standard units: (rows,), 0 where there is none."""
        index, column = _find(self.input.feature, columns)
        return _standard(_values(self.input, self.category, x[:, index], column), self.mean, self.spread)


@dataclass(frozen=True)
class Logistic:
    """Log-odds that are an intercept and a sum of terms; the intercept is the log-odds at the mean of every term."""

    columns: tuple[Column, ...]
    intercept: float
    terms: tuple[Term, ...]
    kind: ClassVar[str] = "logistic"
    words: ClassVar[str] = "a logistic regression"
    in_log_odds: ClassVar[bool] = True

    @classmethod
    def fit(cls, x: Matrix, label: Numbers, columns: tuple[Column, ...], settings: Settings) -> "Logistic":
        """Settings: `inputs`, the features to use, each an Input; `penalty`, of which half goes with the sum of squared
        slopes in standard units.
        """
        made = [
            _unfitted(each, category, x, columns)
            for each in settings["inputs"]
            for category in _categories(each, columns)
        ]
        standard = [term.standard(x, columns) for term in made]
        intercept, *slopes = fit_logistic(standard, label, penalty=settings["penalty"])
        terms = (replace(term, slope=slope) for term, slope in zip(made, slopes, strict=True))
        return cls(columns, intercept, tuple(terms))

    def log_odds(self, x: Matrix) -> Numbers:
        """Log-odds of each row."""
        total = np.full(len(x), self.intercept)
        for term in self.terms:
            total += term.slope * term.standard(x, self.columns)
        return total

    def contributions(self, x: Matrix) -> tuple[Numbers, Numbers]:
        """What the terms of each column add; the exact Shapley values of a sum. Each row starts at the intercept.

        Source: E. Štrumbelj, I. Kononenko, Explaining prediction models and individual predictions with feature
        contributions, 2014.
        """
        values = np.zeros(x.shape)
        for term in self.terms:
            index, _ = _find(term.input.feature, self.columns)
            values[:, index] += term.slope * term.standard(x, self.columns)
        return values, np.full(len(x), self.intercept)

    def calibrated(self, intercept: float, slope: float) -> "Logistic":
        """The regression with log-odds of `intercept + slope * log_odds`."""
        terms = tuple(replace(term, slope=slope * term.slope) for term in self.terms)
        return replace(self, intercept=intercept + slope * self.intercept, terms=terms)

    def dumps(self) -> str:
        """Its numbers as JSON."""
        return (
            json.dumps({"intercept": self.intercept, "terms": [asdict(each) for each in self.terms]}, indent=2) + "\n"
        )

    @classmethod
    def loads(cls, text: str, columns: tuple[Column, ...]) -> "Logistic":
        """The regression that `dumps` wrote."""
        try:
            content = json.loads(text)
            terms = tuple(_term(each) for each in content["terms"])
            made = cls(columns, float(content["intercept"]), terms)
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(f"not a regression ({error!r})", where="scorer.txt", fix="train again") from error
        for term in terms:
            _find(term.input.feature, columns)
        return made


def _term(record: dict[str, Any]) -> Term:
    numbers = {name: float(record[name]) for name in ("mean", "spread", "slope")}
    return Term(input=Input(**record["input"]), category=record["category"], **numbers)


def _unfitted(each: Input, category: str | None, x: Matrix, columns: tuple[Column, ...]) -> Term:
    """A term with the mean and spread of the rows, and no slope yet."""
    index, column = _find(each.feature, columns)
    values = _values(each, category, x[:, index], column)
    known = values[~np.isnan(values)]
    mean, spread = (float(known.mean()), float(known.std())) if len(known) else (0.0, 0.0)
    # A constant has no spread to be measured in; in units of 1 it is 0 in every row, and its slope stays 0.
    return Term(input=each, category=category, mean=mean, spread=spread or 1.0, slope=0.0)


def _categories(each: Input, columns: tuple[Column, ...]) -> Iterator[str | None]:
    _, column = _find(each.feature, columns)
    yield from (None,) if column.categories is None else column.categories


def _values(each: Input, category: str | None, raw: Matrix, column: Column) -> Numbers:
    if column.categories is None:
        return each.values(raw.astype(float))
    # The matrix holds the position of the category; NaN, which equals nothing, is no category.
    return np.asarray(raw == column.categories.index(str(category)), float)


def _standard(values: Numbers, mean: float, spread: float) -> Numbers:
    return np.nan_to_num((values - mean) / spread)


def _find(name: str, columns: Sequence[Column]) -> tuple[int, Column]:
    names = [column.name for column in columns]
    if name not in names:
        raise ModelError(f"there is no column {name}", where="features", fix=did_you_mean(name, names) or "name others")
    return names.index(name), columns[names.index(name)]
