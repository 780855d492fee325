"""What is simple to say of customers by the days on which they bought, read from a workspace's rollup."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from churnrisk.params import load
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import read_json, read_table

Numbers = npt.NDArray[np.float64]


def bought(workspace: Workspace) -> pd.DataFrame:
    """Every day of activity: `account_id`, `day`, `quantity`, sorted by day."""
    events = list(load(workspace.params).churn.activity_events)
    only = [("event", "in", events)] if events else None
    usage = read_table(workspace.usage / "daily", filters=only)
    return usage.groupby(["day", "account_id"], as_index=False)["quantity"].sum()


def recency_frequency_volume(workspace: Workspace, test: pd.DataFrame) -> Numbers:
    """Probabilities of the `test` by a logistic regression on how long ago, on how many days and how much was bought.

    It learns from the labels of the main horizon that were mature when the test began.
    """
    split, days = read_json(workspace.models / "split.json"), bought(workspace)
    labels = read_table(workspace.labels / "labels.parquet").dropna(subset=["label"])
    until = pd.Timestamp(split["cut"]) - pd.Timedelta(days=split["embargo_days"])
    main = labels["horizon_days"] == test["horizon_days"].iloc[0]
    learned = labels[main & (labels["matures_on"] <= until)].reset_index(drop=True)
    model = make_pipeline(StandardScaler(), LogisticRegression())
    model.fit(seen(days, learned), learned["label"])
    return np.asarray(model.predict_proba(seen(days, test))[:, 1])


def seen(days: pd.DataFrame, rows: pd.DataFrame) -> Numbers:
    """Logarithms of recency, frequency and volume before each row's date: (rows, 3)."""
    parts = []
    for as_of, keys in rows.groupby("as_of"):
        by = days[days["day"] < as_of].groupby("account_id")
        known = by.agg(last=("day", "max"), frequency=("day", "size"), volume=("quantity", "sum"))
        known = known.reindex(keys["account_id"]).set_index(keys.index)
        recency = (as_of - known["last"]).dt.days
        parts.append(pd.DataFrame({"recency": recency, "frequency": known["frequency"], "volume": known["volume"]}))
    return np.log1p(pd.concat(parts).loc[rows.index].to_numpy(float))


def covered_until(workspace: Workspace) -> pd.Timestamp:
    """The first day that the tables don't cover."""
    return pd.Timestamp(read_json(workspace.snapshots / "as_of.json")["covered_until"])


def silent(days: pd.DataFrame, rows: pd.DataFrame, span: int, covered_until: pd.Timestamp) -> Numbers:
    """1 where nothing is bought in the next `span` days, 0 where something is, NaN where the tables end before that."""
    found = pd.Series(np.nan, rows.index)
    for as_of, keys in rows.groupby("as_of"):
        until = as_of + pd.Timedelta(days=span)
        if until <= covered_until:
            later = days.loc[(days["day"] >= as_of) & (days["day"] < until), "account_id"]
            found[keys.index] = 1.0 - keys["account_id"].isin(later)
    return found.to_numpy()
