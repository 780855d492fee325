"""What a model's core must be able to do, whatever kind it is: one small protocol.

A scorer turns a matrix into log-odds and explains them. Everything around it (columns, ladder, lineage, files, MLflow)
is the same for every kind, so that a small company can be scored by a logistic regression, or a rule, and get the same
reasons and the same list as a large one that is scored by boosted trees.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, Self

from churnrisk.model.matrix import Column, Matrix, Numbers

Settings = Mapping[str, Any]
"""What a scorer is fitted with, by the names that its own `fit` gives."""


class Scorer(Protocol):
    """Log-odds, and their exact parts, of every row of a matrix.

    `columns` are those of the matrix that it was fitted to, in order: (rows, columns) is the shape of everything that
    it accepts. Whoever calls it makes that matrix with `churnrisk.model.matrix.matrix`, which refuses other columns.
    """

    kind: ClassVar[str]
    """The name by which a saved model remembers what it is."""

    words: ClassVar[str]
    """What it is, with its article, for the model card."""

    in_log_odds: ClassVar[bool]
    """Whether it is fitted to give log-odds, and calibration moves all by the same; what only ranks needs a slope."""

    @property
    def columns(self) -> tuple[Column, ...]: ...

    @classmethod
    def fit(cls, x: Matrix, label: Numbers, columns: tuple[Column, ...], settings: Settings) -> Self:
        """Learn from rows whose label is 0 or 1."""
        ...

    def log_odds(self, x: Matrix) -> Numbers:
        """Log-odds of each row: (rows,)."""
        ...

    def contributions(self, x: Matrix) -> tuple[Numbers, Numbers]:
        """What each column adds, in log-odds, and where each row starts: (rows, columns) and (rows,).

        Base and contributions add up to the log-odds of every row, to about the last digit.
        """
        ...

    def calibrated(self, intercept: float, slope: float) -> Self:
        """The same scorer with log-odds of `intercept + slope * log_odds`, and contributions that follow exactly.

        Calibration is written into the scorer itself: a wrapper beside it would be a second thing to save, to load and
        to explain.
        """
        ...

    def dumps(self) -> str:
        """The scorer as text: no pickle, so that loading one never runs code."""
        ...

    @classmethod
    def loads(cls, text: str, columns: tuple[Column, ...]) -> Self:
        """The scorer that `dumps` wrote; raises ModelError where the text is not one, or is of other columns."""
        ...
