"""What a model must beat: a rule that anybody can apply, a logistic regression on two features, and, where churn is
inactivity, the Gamma-Poisson model of how often each account is active.

The first two are scorers like any other, fitted here to a few columns and used for their ranking alone.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from churnrisk.clock import day, days_between
from churnrisk.model.log_odds import exp, log1p, probability
from churnrisk.model.logistic import Input, Logistic
from churnrisk.model.matrix import Column, Matrix, Numbers, matrix
from churnrisk.model.rule import LAST_ACTIVITY, NEVER_ACTIVE, LastActivity
from churnrisk.model.scorer import Scorer
from churnrisk.past.usage.activity import Activity
from churnrisk.store.columns import KEYS

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


def rfv_logistic(train: pd.DataFrame, label: Numbers, features: pd.DataFrame) -> Numbers:
    """Probabilities from recency, frequency and volume, as far as there are such features."""
    columns = tuple(Column(each.feature) for each in recency_frequency_volume([str(name) for name in train]))
    model = fit_rfv(matrix(train[[column.name for column in columns]], columns), label, columns)
    return probability(_log_odds(model, features))


def fit_rfv(x: Matrix, label: Numbers, columns: tuple[Column, ...]) -> Logistic:
    """The regression on recency, frequency and volume, as far as the `columns` of the matrix have them."""
    inputs = recency_frequency_volume([column.name for column in columns])
    return Logistic.fit(x, label, columns, {"inputs": inputs, "penalty": 1.0})


def _log_odds(scorer: Scorer, features: pd.DataFrame) -> Numbers:
    return scorer.log_odds(matrix(features[[column.name for column in scorer.columns]], scorer.columns))


LEAST_VARIANCE = 1e-4
"""Of the rates of activity, relative to their mean squared. With less, the prior would weigh as much as ten thousand
active days, which no account's own could move."""


@dataclass(frozen=True)
class Repeats:
    """On how many days accounts were `active` after their first active one, and how many days `since` that was.

    Both are (rows,). An account that has never been active counts as silent since anybody was active.
    """

    active: Numbers
    since: Numbers

    @classmethod
    def of(cls, activity: Activity, snapshots: pd.DataFrame) -> "Repeats":
        """As it was known at each of the `snapshots`, which have `account_id` and `as_of`."""
        dates = snapshots["as_of"].unique()
        known = pd.concat([activity.summary(day(date)).assign(as_of=date) for date in dates], ignore_index=True)
        rows = snapshots[KEYS].merge(known, how="left", on=KEYS)
        since = days_between(rows["as_of"], rows["first_on"].fillna(known["first_on"].min()))
        # On a date before anybody was active nothing has been seen of such an account yet.
        return cls(active=rows["active_days"].to_numpy(float, na_value=1.0) - 1, since=np.maximum(since, 0.0))


def gamma_poisson(earlier: Repeats, test: Repeats, days: int) -> Numbers:
    """Probability of no activity in the next `days` days, if every account goes on at a steady rate of its own.

    The rates follow a gamma distribution with the mean and variance that the `earlier` rows show (a Poisson number n of
    active days in t days has a mean of t times the rate, and n (n - 1) has one of the square of that). An account's own
    days turn it into another gamma distribution, by which silence has a probability in closed form.

    Source: A. S. C. Ehrenberg, The pattern of consumer purchases, Applied Statistics, 1959.

    >>> seen = Repeats(active=np.array([0.0, 2.0, 8.0]), since=np.array([10.0, 10.0, 10.0]))
    >>> gamma_poisson(seen, seen, days=10).round(3)
    array([0.484, 0.165, 0.007])
    """
    if not earlier.active.any():
        return np.ones(len(test.active))
    mean = earlier.active.sum() / earlier.since.sum()
    square = (earlier.active * (earlier.active - 1)).sum() / (earlier.since**2).sum()
    variance = max(square - mean**2, LEAST_VARIANCE * mean**2)
    shape, prior_days = mean**2 / variance, mean / variance
    return exp(-(shape + test.active) * log1p(days / (prior_days + test.since)))
