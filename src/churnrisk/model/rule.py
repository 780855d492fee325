"""The rule that anybody can apply, as a scorer: the longer since the last activity, the higher the risk."""

import json
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from churnrisk.errors import ModelError
from churnrisk.model.log_odds import log1p
from churnrisk.model.matrix import Column, Matrix, Numbers
from churnrisk.model.scorer import Settings

LAST_ACTIVITY = "days_since_active"

NEVER_ACTIVE = 3651.0
"""Days given to an account that never was active, or not for so long: ten years, longer than any history is kept."""


@dataclass(frozen=True)
class LastActivity:
    """Log-odds of `intercept + slope * log(1 + days since the last activity)`.

    Fitting learns only the `mean` of that logarithm, from which contributions are measured. Before calibration the
    log-odds are the logarithm itself: they rank, and say nothing of probabilities. A logarithm, because a day more
    matters after a day of silence and not after a year.
    """

    columns: tuple[Column, ...]
    mean: float
    intercept: float = 0.0
    slope: float = 1.0
    kind: ClassVar[str] = "last_activity"
    words: ClassVar[str] = "the rule of the last activity"
    in_log_odds: ClassVar[bool] = False

    @classmethod
    def fit(cls, x: Matrix, label: Numbers, columns: tuple[Column, ...], settings: Settings) -> "LastActivity":
        """Needs the column `days_since_active` and no settings."""
        return cls(columns, float(_silence(x, columns).mean()))

    def log_odds(self, x: Matrix) -> Numbers:
        """Log-odds of each row."""
        return self.intercept + self.slope * _silence(x, self.columns)

    def contributions(self, x: Matrix) -> tuple[Numbers, Numbers]:
        """All of it by the one column; every other adds nothing. Each row starts at the mean silence."""
        values = np.zeros(x.shape)
        values[:, _index(self.columns)] = self.slope * (_silence(x, self.columns) - self.mean)
        return values, np.full(len(x), self.intercept + self.slope * self.mean)

    def calibrated(self, intercept: float, slope: float) -> "LastActivity":
        """The rule with log-odds of `intercept + slope * log_odds`."""
        return replace(self, intercept=intercept + slope * self.intercept, slope=slope * self.slope)

    def dumps(self) -> str:
        """Three numbers as JSON."""
        return json.dumps({"mean": self.mean, "intercept": self.intercept, "slope": self.slope}, indent=2) + "\n"

    @classmethod
    def loads(cls, text: str, columns: tuple[Column, ...]) -> "LastActivity":
        """The rule that `dumps` wrote."""
        _index(columns)
        try:
            numbers = {name: float(value) for name, value in json.loads(text).items()}
            return cls(columns, **numbers)
        except (ValueError, TypeError, AttributeError) as error:
            raise ModelError(f"not a rule ({error!r})", where="scorer.txt", fix="train again") from error


def _index(columns: tuple[Column, ...]) -> int:
    names = [column.name for column in columns]
    if LAST_ACTIVITY not in names:
        raise ModelError(
            f"there is no column {LAST_ACTIVITY}",
            where="features",
            fix="give usage, or another scorer than the rule of the last activity",
        )
    return names.index(LAST_ACTIVITY)


def _silence(x: Matrix, columns: tuple[Column, ...]) -> Numbers:
    """Logarithm of the days since the last activity."""
    # fmin takes the number where the other is NaN, so never active is the longest silence.
    return log1p(np.maximum(np.fmin(x[:, _index(columns)].astype(float), NEVER_ACTIVE), 0.0))
