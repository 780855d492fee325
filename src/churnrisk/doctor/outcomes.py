"""Who churns, as a careless feature could know it: in the label window, or ever after."""

import pandas as pd

from churnrisk.store.columns import KEYS

CHURNED = ("churned", "in notice")
"""Rules of the cohort by which an account is seen to churn."""


def outcomes(rows: pd.DataFrame, labels: pd.DataFrame, left_out: pd.DataFrame, horizon_days: int) -> pd.DataFrame:
    """What becomes of each of `rows` (`account_id`, `as_of`), in their order: two columns of 1, 0 and NaN.

    `in window` is the label, NaN while it is not mature. `ever` is 1 where the account is seen to churn at any later
    time: this is what a column tells that was overwritten when the account churned, however early the row.

    >>> rows = pd.DataFrame({"account_id": ["a", "b"], "as_of": pd.to_datetime(["2025-01-06"] * 2)})
    >>> labels = rows.assign(horizon_days=30, label=[0.0, float("nan")])
    >>> left_out = pd.DataFrame({"account_id": ["a"], "as_of": pd.to_datetime(["2025-06-02"]), "rule": ["churned"]})
    >>> outcomes(rows, labels, left_out, 30)
       in window  ever
    0        0.0   1.0
    1        NaN   0.0
    """
    main = labels.loc[labels["horizon_days"] == horizon_days, [*KEYS, "label"]]
    label = rows[KEYS].merge(main, how="left", on=KEYS)["label"].to_numpy(float)
    churning = pd.concat([labels.loc[labels["label"] == 1, KEYS], left_out.loc[left_out["rule"].isin(CHURNED), KEYS]])
    last = churning.groupby("account_id")["as_of"].max()
    ever = rows["as_of"].to_numpy() <= last.reindex(rows["account_id"]).to_numpy()
    return pd.DataFrame({"in window": label, "ever": ever.astype(float)})
