"""Which accounts churned? The only stage that looks past `as_of`."""

import pandas as pd

from churnrisk.clock import day
from churnrisk.feeds.list_date import covered_until
from churnrisk.labels.label import counts, label
from churnrisk.labels.meanings import read_meaning
from churnrisk.params import Params
from churnrisk.store.catalogue.label import COHORT, LABELS, CohortReport
from churnrisk.store.catalogue.snapshot import COHORT_COUNTS, SNAPSHOTS
from churnrisk.store.workspace import Workspace


def run(workspace: Workspace, params: Params) -> None:
    snapshots, covered = SNAPSHOTS.read(workspace), covered_until(workspace)
    meaning = read_meaning(workspace, params.churn)
    by_date = [
        label(rows, day(as_of), params.churn.window(horizon), meaning, covered)
        for as_of, rows in snapshots.groupby("as_of", sort=True)
        for horizon in params.churn.horizons
    ]
    labels = pd.concat(by_date, ignore_index=True)
    LABELS.write(labels, workspace)
    COHORT.write(CohortReport(**dict(COHORT_COUNTS.read(workspace)), labels=counts(labels)), workspace)
