"""What a model must beat: a rule that anybody can apply, and a logistic regression on two features."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.model.log_odds import fit_logistic, probability

RECENCY, VOLUME = "days_since_active", "usage_last_month"

NEVER_ACTIVE = 3651.0
"""Days given to an account that never was: longer than any."""

Numbers = npt.NDArray[np.float64]


def last_login_rule(features: pd.DataFrame) -> Numbers:
    """The longer since the last activity, the higher the risk; never active is the highest.

    >>> last_login_rule(pd.DataFrame({"days_since_active": [3.0, float("nan")]})).tolist()
    [3.0, 3651.0]
    """
    return np.asarray(np.minimum(features[RECENCY].to_numpy(float, na_value=np.inf), NEVER_ACTIVE))


def two_feature_logistic(train: pd.DataFrame, label: Numbers, features: pd.DataFrame) -> Numbers:
    """Probabilities from recency and volume alone, in standard units, with a penalty of 1 on their slopes."""
    known = _recency_and_volume(train)
    units = [(each.mean(), each.std() or 1.0) for each in known]
    intercept, *slopes = fit_logistic(_standard(known, units), label, penalty=1.0)
    log_odds = np.full(len(features), intercept)
    for slope, column in zip(slopes, _standard(_recency_and_volume(features), units), strict=True):
        log_odds += slope * column
    return probability(log_odds)


def _standard(columns: list[Numbers], units: list[tuple[float, float]]) -> list[Numbers]:
    return [(column - mean) / spread for column, (mean, spread) in zip(columns, units, strict=True)]


def _recency_and_volume(features: pd.DataFrame) -> list[Numbers]:
    volume = np.nan_to_num(features[VOLUME].to_numpy(float, na_value=0.0))
    return [np.log1p(each) for each in (last_login_rule(features), volume)]
