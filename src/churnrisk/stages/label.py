"""Did they churn? The only stage that looks past `as_of`."""

import pandas as pd

from churnrisk.clock import day
from churnrisk.contract import TABLES
from churnrisk.labels.label import counts, label
from churnrisk.labels.meanings import Contraction, Inactivity, Logo, Meaning
from churnrisk.params import Churn, Params
from churnrisk.past.tables.ledger import Ledger
from churnrisk.past.usage.activity import read_activity
from churnrisk.store.workspace import Workspace, read_json, read_table, write_json, write_table


def run(workspace: Workspace, params: Params) -> None:
    snapshots = read_table(workspace.snapshots / "snapshots.parquet")
    covered_until = day(read_json(workspace.snapshots / "as_of.json")["covered_until"])
    meaning = _read_meaning(workspace, params.churn)
    by_date = [
        label(rows, day(as_of), params.churn.window(horizon), meaning, covered_until)
        for as_of, rows in snapshots.groupby("as_of", sort=True)
        for horizon in params.churn.horizons
    ]
    labels = pd.concat(by_date, ignore_index=True)
    cohort = read_json(workspace.snapshots / "cohort.json")
    write_table(labels, workspace.labels / "labels.parquet")
    write_json({**cohort, "labels": counts(labels)}, workspace.reports / "cohort.json")


def _read_meaning(workspace: Workspace, churn: Churn) -> Meaning:
    if churn.inactive_days is not None:
        return Inactivity(read_activity(workspace.usage, churn.activity_events), churn.inactive_days)
    subscriptions = Ledger(read_table(workspace.tables / "subscriptions.parquet"), TABLES["subscriptions"])
    if churn.contraction_share is not None:
        return Contraction(subscriptions, churn.contraction_share)
    return Logo(subscriptions)
