"""Did they leave? The only stage that looks past `as_of`."""

import numpy as np
import pandas as pd

from churnrisk.clock import day
from churnrisk.contract import TABLES
from churnrisk.history.ledger import Ledger
from churnrisk.intake.tables import feed
from churnrisk.labels import counts, label
from churnrisk.params import Params
from churnrisk.workspace import Workspace, read_table, write_json, write_table


def run(workspace: Workspace, params: Params) -> None:
    snapshots = read_table(workspace.snapshots / "snapshots.parquet")
    subscriptions = Ledger(read_table(workspace.tables / "subscriptions.parquet"), TABLES["subscriptions"])
    _, last_day = feed(workspace.reports / "intake.json")
    seen_until = last_day + np.timedelta64(1, "D")
    labels = pd.concat(
        [
            label(rows, subscriptions, day(as_of), params.churn.window(horizon), seen_until)
            for as_of, rows in snapshots.groupby("as_of", sort=True)
            for horizon in params.churn.horizons
        ],
        ignore_index=True,
    )
    write_table(labels, workspace.labels / "labels.parquet")
    write_json({"horizons": counts(labels)}, workspace.reports / "labels.json")
