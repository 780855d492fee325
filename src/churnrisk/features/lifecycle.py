"""Lifecycle: where in its life an account stands, because churn means something else at each stage."""

import numpy as np
import pandas as pd

from churnrisk.features.registry import feature
from churnrisk.past.tables.standing import running

STAGES = ("trial", "lapsing", "renewal window", "onboarding", "adopted", "established")
"""The stages; the first that holds counts."""

_STAGE = pd.CategoricalDtype(pd.Index(STAGES))
_ESTABLISHED_DAYS = 365
_LAPSING_CADENCES = 4
"""Missing one or two rounds of the product's cadence is a holiday; four in a row are rarely one."""
_DAYS_A_MONTH = 365.25 / 12
_MOST_OF_A_TERM = 0.25
"""Without it an account with a monthly term would be in its renewal window all its life."""


@feature(fact="age", unit="category", missing="start not known")
def lifecycle_stage(accounts, subscriptions, usage, cadence_days, onboarding_days, renewal_window_days):
    """Stage of life: trial, lapsing (silent for 4 times the product's cadence), renewal window (at most a quarter of
    the term), onboarding, adopted or established (a year and more).
    """
    terms = running(subscriptions)
    paid = terms.where(~terms["is_trial"].astype(bool)).count()
    window = np.fmin(renewal_window_days, terms["term_months"] * _DAYS_A_MONTH * _MOST_OF_A_TERM)
    in_window = terms.where(-terms.age("renews_on") <= window).count()
    tenure = accounts["tenure"]
    # An account that was never active has been silent since its start.
    silent = np.fmin(usage.silent_days(), tenure)
    holds = [
        (terms.count() > 0) & (paid == 0),
        silent > _LAPSING_CADENCES * cadence_days,
        in_window > 0,
        tenure < onboarding_days,
        tenure < _ESTABLISHED_DAYS,
    ]
    first = np.select(holds, range(len(holds)), len(holds))
    return pd.Categorical.from_codes(np.where(np.isnan(tenure), -1, first).astype(int), dtype=_STAGE)


@feature(fact="age", unit="days", missing="start not known")
def days_to_anniversary(accounts):
    """Days to the next full year since the spell began, of 365 days."""
    return 365 - accounts["tenure"] % 365


@feature(fact="age", unit="days", missing="start not known")
def tenure(accounts):
    """Days since the spell began."""
    return accounts["tenure"]
