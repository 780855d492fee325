"""Tsfresh: the weeks of every snapshot as time series, one for each key event and one for all, over each window."""

import warnings

import pandas as pd
from asked import KEY_EVENTS, WEEKS, answer, known
from tsfresh import extract_features
from tsfresh.feature_extraction import MinimalFCParameters

warnings.filterwarnings("ignore")


def compute(usage: pd.DataFrame, cutoffs: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([_window(usage, cutoffs, weeks) for weeks in WEEKS], axis=1)


def _window(usage: pd.DataFrame, cutoffs: pd.DataFrame, weeks: int) -> pd.DataFrame:
    snapshots = cutoffs.reset_index(drop=True).rename_axis("snapshot").reset_index()
    series = pd.concat([_weekly(usage, rows, as_of, weeks) for as_of, rows in snapshots.groupby("as_of")])
    settings = {**MinimalFCParameters(), "linear_trend": [{"attr": "slope"}]}
    how = {"column_id": "snapshot", "column_sort": "week", "n_jobs": 0, "disable_progressbar": True}
    return extract_features(series, default_fc_parameters=settings, **how).add_suffix(f"_{weeks}w")


def _weekly(usage: pd.DataFrame, snapshots: pd.DataFrame, as_of: pd.Timestamp, weeks: int) -> pd.DataFrame:
    """A row a snapshot and week, with a column an event; a week without usage is 0."""
    rows = known(usage, as_of, weeks).merge(snapshots, on="account_id")
    rows["week"] = (as_of - rows["day"]).dt.days // -7
    wide = rows.pivot_table(index=["snapshot", "week"], columns="event", values="quantity", aggfunc="sum")
    every = pd.MultiIndex.from_product([snapshots["snapshot"], range(-weeks, 0)], names=["snapshot", "week"])
    wide = wide.reindex(every).fillna(0)
    return wide.reindex(columns=list(KEY_EVENTS), fill_value=0).assign(any=wide.sum(axis=1)).reset_index()


if __name__ == "__main__":
    answer(compute)
