"""What `snapshot` writes: whom we watch, and when."""

import datetime as dt

from churnrisk.store.columns import KEYS, SNAPSHOT
from churnrisk.store.files import Column, Record, RecordFile, TableFile


class ListDate(Record):
    """The date of the list, and the first day that the required feeds do not cover."""

    as_of: dt.date
    covered_until: dt.date


class SnapshotCounts(Record):
    """Snapshots of all dates together."""

    dates: int
    watched: int
    left_out: dict[str, int]


class CohortCounts(Record):
    """How many accounts are watched and left out, by rule: on the date of the list, and over all snapshots."""

    as_of: dt.date
    watched: int
    left_out: dict[str, int]
    snapshots: SnapshotCounts


SNAPSHOTS = TableFile(
    path="data/snapshots/snapshots.parquet",
    stage="snapshot",
    says="one row an account at risk and date",
    key=KEYS,
    columns={**SNAPSHOT, "spell_started_on": Column("time", "the day on which its present spell began")},
)
LEFT_OUT = TableFile(
    path="data/snapshots/left_out.parquet",
    stage="snapshot",
    says="one row an account that is known and not at risk, and date",
    key=KEYS,
    columns={
        **SNAPSHOT,
        "rule": Column("text", "the rule that leaves it out"),
        "ended_on": Column("time", "the first day without it; empty while no end is known", may_be_empty=True),
    },
)
LIST_DATE = RecordFile(
    path="data/snapshots/as_of.json",
    stage="snapshot",
    says="the date of the list, and the first day that the required feeds do not cover",
    record=ListDate,
)
COHORT_COUNTS = RecordFile(
    path="data/snapshots/counts.json",
    stage="snapshot",
    says="how many accounts are watched, and left out by which rule",
    record=CohortCounts,
)
