"""Featuretools: deep feature synthesis with cutoff times, once for each window."""

import warnings

import featuretools
import pandas as pd
from asked import KEY_EVENTS, WEEKS, answer

warnings.filterwarnings("ignore")


def compute(usage: pd.DataFrame, cutoffs: pd.DataFrame) -> pd.DataFrame:
    entities = _entities(usage)
    # A row that is known at the cutoff itself counts there; it must be known before.
    times = pd.DataFrame({"account_id": cutoffs["account_id"], "time": cutoffs["as_of"] - pd.Timedelta(1, "us")})
    return pd.concat([_window(entities, times, weeks) for weeks in WEEKS], axis=1)


def _entities(usage: pd.DataFrame) -> featuretools.EntitySet:
    rows = usage.reset_index(names="row").astype({"user_id": "category", "event": "category", "day": "category"})
    entities = featuretools.EntitySet("company")
    entities.add_dataframe(rows, "usage", index="row", time_index="known_at")
    entities.normalize_dataframe("usage", "accounts", "account_id", make_time_index=False)
    entities.add_interesting_values(dataframe_name="usage", values={"event": list(KEY_EVENTS)})
    return entities


def _window(entities: featuretools.EntitySet, times: pd.DataFrame, weeks: int) -> pd.DataFrame:
    values, _ = featuretools.dfs(
        entityset=entities,
        target_dataframe_name="accounts",
        cutoff_time=times,
        training_window=f"{weeks * 7} days",
        agg_primitives=["sum", "mean", "count", "num_unique", "time_since_last"],
        where_primitives=["sum", "count"],
        trans_primitives=[],
        max_depth=1,
        n_jobs=1,
        verbose=False,
    )
    return values.add_suffix(f"_{weeks}w")


if __name__ == "__main__":
    answer(compute)
