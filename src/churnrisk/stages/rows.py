"""Reading features and labels back, as training, evaluation and scoring need them."""

import hashlib

import pandas as pd

from churnrisk.clock import Day, day
from churnrisk.errors import StaleFeedError
from churnrisk.store import blocks
from churnrisk.store.workspace import Workspace, read_json, read_table


def read_features(workspace: Workspace, as_of: Day) -> pd.DataFrame:
    """Features of one date, in order of account."""
    rows = blocks.read_features(workspace, filters=[("as_of", "==", pd.Timestamp(as_of))])
    return rows.sort_values("account_id", ignore_index=True)


def read_mature(workspace: Workspace, horizon_days: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Features and labels of every mature snapshot, row by row the same, in order of date and account.

    The labels have `account_id`, `as_of`, `label`, `matures_on`.
    """
    labels = read_table(workspace.labels / "labels.parquet", filters=[("horizon_days", "==", horizon_days)])
    labels = labels.dropna(subset=["label"])[[*blocks.KEYS, "label", "matures_on"]]
    features = blocks.read_features(workspace)
    rows = features.merge(labels, on=blocks.KEYS).sort_values(["as_of", "account_id"], ignore_index=True)
    return rows[list(features)], rows[list(labels)]


def read_ladder(workspace: Workspace, labels: pd.DataFrame, horizons: list[int]) -> pd.DataFrame:
    """Labels of further horizons for the same snapshots: a column a horizon, NaN where it is not mature."""
    rows = (
        read_table(workspace.labels / "labels.parquet", filters=[("horizon_days", "in", horizons)])
        if horizons
        else None
    )
    keys = labels[blocks.KEYS]
    if rows is None:
        return pd.DataFrame(index=keys.index)
    wide = rows.pivot(index=blocks.KEYS, columns="horizon_days", values="label").reindex(columns=horizons)
    return keys.merge(wide.reset_index(), how="left", on=blocks.KEYS)[horizons].set_index(keys.index)


def list_date(workspace: Workspace) -> Day:
    """The date of the list."""
    return day(read_json(workspace.snapshots / "as_of.json")["as_of"])


def require_open_gate(workspace: Workspace, as_of: Day) -> None:
    """Raise StaleFeedError where the gate holds the list of that date, or was not asked about it."""
    gate = read_json(workspace.reports / "feeds.json")
    if gate["held"] or gate["as_of"] != str(as_of):
        raise StaleFeedError(
            "the gate holds it" if gate["held"] else f"the gate was asked about {gate['as_of']}",
            where=f"the list of {as_of}",
            fix="run `churnrisk gate`, which says what is broken and what to do",
        )


def data_hash(workspace: Workspace) -> str:
    """One hash of all features and labels."""
    digest = hashlib.sha256()
    for file in [*blocks.all_files(workspace.features), workspace.labels / "labels.parquet"]:
        digest.update(file.read_bytes())
    return digest.hexdigest()
