"""How much would the figures differ with other accounts, and how much in other weeks?"""

import numpy as np
import pandas as pd

from churnrisk.evaluation.order import baselines_of
from churnrisk.metrics.metric import Numbers
from churnrisk.metrics.ranking import bounds, bounds_ahead, resampled_in_time

BLOCK_DATES = 4
"""Dates in a row that are drawn together: label windows of neighbouring weeks overlap, so single dates would pass for
independent ones. Longer blocks would leave two or three in a test of a quarter."""

FEWEST_DATES = 2 * BLOCK_DATES
"""Dates below which there are no intervals over time: with less than two blocks every resample is much the same."""

COLUMNS = ["system", "auc_low", "auc_high", "ap_low", "ap_high", "auc_ahead_low", "auc_ahead_high"]


def over_time(backtest: pd.DataFrame, resamples: int, seed: int) -> pd.DataFrame:
    """95 % intervals of the model's and each baseline's figures over blocks of the dates of a backtest, a row a system.

    `auc_ahead` is by how much the model's AUC is ahead of a baseline's, NaN for the model. There is no row where the
    backtest has fewer than `FEWEST_DATES` dates.
    """
    if backtest["as_of"].nunique() < FEWEST_DATES:
        return pd.DataFrame(columns=COLUMNS)
    label, as_of = backtest["label"].to_numpy(float), backtest["as_of"].to_numpy()

    def draws(score: Numbers) -> Numbers:
        return resampled_in_time(label, score, as_of, BLOCK_DATES, resamples, seed)

    own = draws(backtest["probability"].to_numpy(float))
    rows = [{"system": "model", **bounds(own), "auc_ahead_low": np.nan, "auc_ahead_high": np.nan}]
    for name, score in baselines_of(backtest).items():
        other = draws(score)
        rows.append({"system": name, **bounds(other), **bounds_ahead(own, other)})
    return pd.DataFrame(rows, columns=COLUMNS)
