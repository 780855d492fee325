"""Calibration: two numbers on the log-odds that make probabilities mean what they say."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from churnrisk.model.matrix import Numbers


def calibration(raw: Numbers, label: Numbers) -> tuple[float, float]:
    """Intercept and slope of the log-odds on later time: logit p = intercept + slope * raw.

    A slope of 0 or less means that the scores carry no information about later time; then every account gets the base
    rate.

    Source: J. Platt, Probabilistic outputs for support vector machines, 1999.

    >>> raw = np.array([-2.0, -1, 0, 1, 2] * 20)
    >>> intercept, slope = calibration(raw, (np.arange(100) % 7 < 2 + raw).astype(float))
    >>> slope > 0
    True
    """
    # Without a penalty: two numbers on thousands of rows need no shrinkage, and a shrunken slope would be a bias.
    model = LogisticRegression(C=np.inf).fit(raw[:, None], label)
    slope = float(model.coef_[0, 0])
    if slope <= 0:
        rate = label.mean()
        return float(np.log(rate / (1 - rate))), 0.0
    return float(model.intercept_[0]), slope
