"""What `label` writes: who churned."""

import datetime as dt

from churnrisk.store.catalogue.snapshot import CohortCounts
from churnrisk.store.columns import HORIZON, KEYS, SNAPSHOT
from churnrisk.store.files import Column, Record, RecordFile, TableFile


class LabelCounts(Record):
    """How many snapshots have a label at one horizon, how many churned, and why the others have none."""

    horizon_days: int
    snapshots: int
    mature: int
    churned: int
    without_label: dict[str, int]
    last_mature_as_of: dt.date | None


class CohortReport(CohortCounts):
    """The counts of the cohort and of its labels."""

    labels: list[LabelCounts]


_COLUMNS = {
    **SNAPSHOT,
    "horizon_days": HORIZON,
    "label": Column("number", "1 churned in the window, 0 stayed; empty: neither is known", may_be_empty=True),
    "rule": Column("text", "why there is no label; else an empty text"),
    "churned_on": Column("time", "the day of churn, where it is in the window", may_be_empty=True),
    "matures_on": Column("time", "the day on which the window is over and its churn reported"),
}
LABELS = TableFile(
    path="data/labels/labels.parquet",
    stage="label",
    says="one row a snapshot and horizon",
    key=(*KEYS, "horizon_days"),
    columns=_COLUMNS,
)
SHORT_LABELS = TableFile(
    path="data/labels/short.parquet",
    stage="label",
    says="one row a snapshot: the label of half the main horizon, for choosing settings where history is short",
    key=tuple(KEYS),
    columns=_COLUMNS,
)
COHORT = RecordFile(
    path="reports/cohort.json",
    stage="label",
    says="how many accounts are watched, and left out by which rule; how many snapshots have a label, and why not",
    record=CohortReport,
)
