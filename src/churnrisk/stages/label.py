"""Which accounts churned? The only stage that looks past `as_of`."""

import pandas as pd

from churnrisk.clock import day
from churnrisk.feeds.list_date import covered_until
from churnrisk.labels.label import counts, label
from churnrisk.labels.meanings import read_meaning
from churnrisk.params import Churn, Params
from churnrisk.store.catalogue.label import COHORT, LABELS, SHORT_LABELS, CohortReport
from churnrisk.store.catalogue.snapshot import COHORT_COUNTS, SNAPSHOTS
from churnrisk.store.workspace import Workspace


def run(workspace: Workspace, params: Params) -> None:
    labels = _labels(workspace, params.churn)
    LABELS.write(labels, workspace)
    shortened = params.churn.shortened()
    SHORT_LABELS.write(labels.head(0) if shortened is None else _labels(workspace, shortened), workspace)
    COHORT.write(CohortReport(**dict(COHORT_COUNTS.read(workspace)), labels=counts(labels)), workspace)


def _labels(workspace: Workspace, churn: Churn) -> pd.DataFrame:
    """Those of all snapshots and horizons."""
    snapshots, covered = SNAPSHOTS.read(workspace), covered_until(workspace)
    meaning = read_meaning(workspace, churn)
    by_date = [
        label(rows, day(as_of), churn.window(horizon), meaning, covered)
        for as_of, rows in snapshots.groupby("as_of", sort=True)
        for horizon in churn.horizons
    ]
    return pd.concat(by_date, ignore_index=True)
