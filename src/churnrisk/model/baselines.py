"""What a model must beat: a rule that anybody can apply, and a logistic regression on two features.

Both are scorers like any other, fitted here to a few columns and used for their ranking alone.
"""

from collections.abc import Collection

import pandas as pd

from churnrisk.model.log_odds import probability
from churnrisk.model.logistic import Input, Logistic
from churnrisk.model.matrix import Column, Numbers, matrix
from churnrisk.model.rule import LAST_ACTIVITY, NEVER_ACTIVE, LastActivity
from churnrisk.model.scorer import Scorer

RECENCY, VOLUME = LAST_ACTIVITY, "usage_last_month"

INPUTS = (
    Input(feature=RECENCY, log=True, missing=NEVER_ACTIVE, at_most=NEVER_ACTIVE),
    Input(feature=VOLUME, log=True, missing=0.0),
)
"""Logarithms, because both are skewed: most accounts were active within days, a few not for months."""


_RECENCY_FREQUENCY_VOLUME = (
    *INPUTS,
    Input(feature="active_days_last_month", missing=0.0),
    Input(feature="active_weeks_last_quarter", missing=0.0),
    Input(feature="active_days_ever", log=True),
    Input(feature="active_days_rate"),
    Input(feature="tenure", log=True),
)
"""How lately, how often and how much an account was active: lately by the month, the quarter and all that was seen."""


def recency_frequency_volume(columns: Collection[str]) -> tuple[Input, ...]:
    """The inputs of the regression that a model is compared with, as far as there are such `columns`.

    >>> [each.feature for each in recency_frequency_volume(["days_since_active", "tenure", "plan"])]
    ['days_since_active', 'tenure']
    """
    return tuple(each for each in _RECENCY_FREQUENCY_VOLUME if each.feature in columns)


def last_login_rule(features: pd.DataFrame) -> Numbers:
    """The longer since the last activity, the higher the risk; never active is the highest.

    >>> last_login_rule(pd.DataFrame({"days_since_active": [3.0, float("nan"), 0.0]})).round(2).tolist()
    [1.39, 8.2, 0.0]
    """
    # It ranks without having learned anything; a mean would only move where contributions start.
    return _log_odds(LastActivity((Column(RECENCY),), mean=0.0), features)


def two_feature_logistic(train: pd.DataFrame, label: Numbers, features: pd.DataFrame) -> Numbers:
    """Probabilities from recency and volume alone."""
    columns = (Column(RECENCY), Column(VOLUME))
    settings = {"inputs": INPUTS, "penalty": 1.0}
    model = Logistic.fit(matrix(train[[RECENCY, VOLUME]], columns), label, columns, settings)
    return probability(_log_odds(model, features))


def _log_odds(scorer: Scorer, features: pd.DataFrame) -> Numbers:
    return scorer.log_odds(matrix(features[[column.name for column in scorer.columns]], scorer.columns))
