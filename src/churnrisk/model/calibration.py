"""Calibration: two numbers on the log-odds that make probabilities mean what they say."""

from churnrisk.model.log_odds import fit_logistic
from churnrisk.model.matrix import Numbers


def calibration(raw: Numbers, label: Numbers) -> tuple[float, float]:
    """Intercept and slope of the log-odds on later time: logit p = intercept + slope * raw.

    A slope of 0 or less means that the scores carry no information about later time; then every account gets the base
    rate.

    Source: J. Platt, Probabilistic outputs for support vector machines, 1999.

    >>> import numpy as np
    >>> raw = np.array([-2.0, -1, 0, 1, 2] * 20)
    >>> intercept, slope = calibration(raw, (np.arange(100) % 7 < 2 + raw).astype(float))
    >>> slope > 0
    True
    """
    # Without a penalty: two numbers on thousands of rows need no shrinkage, and a shrunken slope would be a bias.
    intercept, slope = fit_logistic([raw], label)
    if slope <= 0:
        (base_rate,) = fit_logistic([], label)
        return base_rate, 0.0
    return intercept, slope
