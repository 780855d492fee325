"""Who stands before whom on the list of a date, by the model and by each baseline."""

import pandas as pd

from churnrisk.metrics.metric import Numbers

BASELINE = "baseline_"
"""Begins the name of a column of the backtest that holds the scores of a baseline."""


def ranks(backtest: pd.DataFrame) -> "pd.Series[int]":
    """How many accounts of its date stand before each row; equal probabilities are in the order of the ids.

    `backtest` has `account_id`, `as_of` and `probability`. The order is that of probability, because past worth is not
    kept: a list that is ranked by value at risk has other accounts on it.

    >>> rows = pd.DataFrame({"account_id": list("bac"), "as_of": "2025-01-06", "probability": [0.2, 0.2, 0.9]})
    >>> ranks(rows).tolist()
    [2, 1, 0]
    """
    ordered = backtest.sort_values(["as_of", "probability", "account_id"], ascending=[True, False, True], kind="stable")
    return ordered.groupby("as_of", sort=False).cumcount().reindex(backtest.index)


def baselines_of(backtest: pd.DataFrame) -> dict[str, Numbers]:
    """The scores of each baseline in a backtest, by its name.

    >>> baselines_of(pd.DataFrame({"probability": [0.2], "baseline_rule": [3.0]}))
    {'rule': array([3.])}
    """
    names = [str(name) for name in backtest if str(name).startswith(BASELINE)]
    return {name.removeprefix(BASELINE): backtest[name].to_numpy(float) for name in names}
