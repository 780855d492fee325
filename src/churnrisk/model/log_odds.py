"""Log-odds and probabilities, and the one fit that is linear in log-odds."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from churnrisk.model.matrix import Numbers


def probability(log_odds: npt.ArrayLike) -> Numbers:
    """Probability of log-odds.

    >>> probability(np.array([0.0, 2.0])).round(3)
    array([0.5  , 0.881])
    """
    return np.asarray(1 / (1 + np.exp(-np.asarray(log_odds, float))))


def fit_logistic(columns: Sequence[Numbers], label: Numbers, penalty: float) -> list[float]:
    """Intercept, then the slope of each column, with the greatest likelihood less `penalty / 2` times squared slopes.

    >>> columns = [np.array([-1.0, 1.0, -1.0, 1.0])]
    >>> intercept, slope = fit_logistic(columns, np.array([0.0, 1.0, 0.0, 1.0]), penalty=1.0)
    >>> round(abs(intercept), 6), slope > 0
    (0.0, True)
    """
    model = LogisticRegression(C=1 / penalty).fit(np.column_stack(columns), label)
    return [float(model.intercept_[0]), *map(float, model.coef_[0])]
