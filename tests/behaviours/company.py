"""A few accounts as the stages write them, with a feature of every kind; those who are little active leave."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from churnrisk.store.blocks import write_features
from churnrisk.store.catalogue.featurize import BLOCK, PEERS
from churnrisk.store.columns import KEYS
from churnrisk.store.workspace import Workspace

from ..company import ROOT
from ..tables import rows

ACCOUNTS, WEEKS = 90, 20
FIRST = pd.Timestamp("2025-01-06")
PLANS = ("Basic", "Pro", "<script>alert(1)</script>")

DESCRIBED = [
    ("mrr", "price", "money", "its price is not known"),
    ("plan", "price", "category", "no plan given"),
    ("active_days", "use", "days", "usage not recorded"),
    ("usage_against_own", "use", "ratio", "no usage <i>before</i>"),
    ("auto_renews", "price", "yes/no", "no subscription"),
    ("constant", "profile", "count", "not known"),
    ("never_known", "profile", "score", "never asked"),
]


def features(seed: int = 0) -> pd.DataFrame:
    """Features of every account and date, in order of account."""
    random, n = np.random.default_rng(seed), ACCOUNTS * WEEKS
    account = np.repeat(np.arange(ACCOUNTS), WEEKS)
    active = random.integers(0, 29, n).astype(float)
    return pd.DataFrame(
        {
            "account_id": [f"a{each:03d}" for each in account],
            "as_of": np.tile(pd.date_range(FIRST, periods=WEEKS, freq="7D").to_numpy("M8[us]"), ACCOUNTS),
            "mrr": np.where(account % 10 == 9, np.nan, 100.0 * (1 + account % 7)).astype("f4"),
            "plan": pd.array(np.array(PLANS, object)[account % 3], dtype="str"),
            "active_days": np.where(random.random(n) < 0.1, np.nan, active).astype("f4"),
            "usage_against_own": np.where(random.random(n) < 0.2, np.nan, random.lognormal(size=n)).astype("f4"),
            "auto_renews": (account % 2).astype("f4"),
            "constant": np.ones(n, "f4"),
            "never_known": np.full(n, np.nan, "f4"),
        }
    )


def labels(values: pd.DataFrame, horizon: int = 90, seed: int = 1) -> pd.DataFrame:
    """A label for all but the last four dates, and those of another horizon, in an order of their own."""
    random = np.random.default_rng(seed)
    left = (random.random(len(values)) < np.where(values["active_days"] < 7, 0.5, 0.04)).astype(float)
    mature = values["as_of"] < values["as_of"].max() - pd.Timedelta(days=21)
    keys = values[["account_id", "as_of"]].assign(horizon_days=horizon, label=np.where(mature, left, np.nan))
    other = keys.assign(horizon_days=horizon + 1, label=1.0)
    return pd.concat([keys, other]).sample(frac=1, random_state=seed)


def write(folder: Path, values: pd.DataFrame | None = None, known: pd.DataFrame | None = None) -> Workspace:
    """A workspace with all that the study reads; `values` and `known` instead of the features and labels above."""
    workspace = Workspace(folder)
    for each in (workspace.features, workspace.labels, workspace.snapshots, workspace.tables):
        each.mkdir(parents=True)
    shutil.copy(ROOT / "params.yaml", workspace.params)
    values = features() if values is None else values
    known = labels(values) if known is None else known
    for number, rows_of_block in enumerate(np.array_split(np.arange(len(values)), 3)):
        write_features(values.iloc[rows_of_block], BLOCK, workspace, number)
        write_features(values.iloc[rows_of_block][KEYS], PEERS, workspace, number)
    names = ("name", "fact", "unit", "missing")
    described = [dict(zip(names, each, strict=True)) for each in DESCRIBED if each[0] in values]
    described = [each | {"theme": "ours", "meaning": f"What {each['name']} means."} for each in described]
    (workspace.features / "features.json").write_text(
        json.dumps({"features": described, "off": {}, "unknown_events": [], "unknown_plans": [], "account_words": []})
    )
    known.assign(rule="", churned_on=pd.NaT, matures_on=known["as_of"]).astype({"churned_on": "M8[us]"}).to_parquet(
        workspace.labels / "labels.parquet", index=False
    )
    (workspace.snapshots / "as_of.json").write_text(json.dumps({"as_of": "2025-05-26", "covered_until": "2025-06-02"}))
    write_tables(workspace)
    return workspace


def write_tables(
    workspace: Workspace, accounts: pd.DataFrame | None = None, subscriptions: pd.DataFrame | None = None
) -> None:
    """Who the accounts are, and what they have bought; by default 30 that began on one day, half of which left."""
    if accounts is None or subscriptions is None:
        ids = [f"a{each:03d}" for each in range(30)]
        lines = [f"{each} 2023-01-02 {'partner' if int(each[1:]) % 3 else '-'}" for each in ids]
        accounts = rows("accounts", "\n".join(["account_id created_on acquisition", *lines]))
        ends = [f"{each} 2023-01-02 {'2024-01-02' if int(each[1:]) % 2 else '-'}" for each in ids]
        subscriptions = rows("subscriptions", "\n".join(["account_id started_on ended_on", *ends]))
    accounts.to_parquet(workspace.tables / "accounts.parquet", index=False)
    subscriptions.to_parquet(workspace.tables / "subscriptions.parquet", index=False)
