"""Probabilities of churn within the label windows as probabilities of being gone by a day."""

import re

import numpy as np
import pandas as pd

from churnrisk.past.arrays import Numbers

_MOST = 0.9999
"""A probability of 1 would be an infinite hazard."""


def gone_by(predictions: pd.DataFrame, lead_days: int, horizon_days: int, days: int) -> Numbers:
    """The probability that each account has churned within `days` of the date: (accounts,).

    `predictions` has `probability` of the main horizon and `probability_<days>d` of the ladder, each for the window
    that opens after the lead. In the lead, about which the model says nothing, the hazard is taken to be that of the
    first step of the ladder, and after the last step that of the last one.

    >>> rows = pd.DataFrame({"probability": [0.19], "probability_30d": [0.1]})
    >>> gone_by(rows, lead_days=0, horizon_days=60, days=30), gone_by(rows, lead_days=0, horizon_days=60, days=60)
    (array([0.1]), array([0.19]))
    """
    steps = {int(found[1]): name for name in predictions if (found := re.fullmatch(r"probability_(\d+)d", str(name)))}
    steps = dict(sorted(({horizon_days: "probability"} | steps).items()))
    ends = np.array([0, *(lead_days + each for each in steps)], float)
    hazard = np.array([-np.log1p(-np.minimum(predictions[name].to_numpy(float), _MOST)) for name in steps.values()])
    first = hazard[0] / next(iter(steps))
    reached = np.vstack([np.zeros(len(predictions)), hazard + lead_days * first])
    at = min(int(np.searchsorted(ends, days)), len(ends) - 1)
    rate = (reached[at] - reached[at - 1]) / (ends[at] - ends[at - 1])
    return np.asarray(-np.expm1(-(reached[at - 1] + rate * (days - ends[at - 1]))))
