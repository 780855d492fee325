"""What `gate` writes: whether the feeds can be trusted."""

import datetime as dt
from typing import Literal

from churnrisk.store.files import Record, RecordFile


class FeedFinding(Record):
    """A fault of one feed: which check reports it, on which days, the two numbers it compares, and the evidence."""

    feed: str
    check: str
    severity: Literal["hold", "note"]
    first_day: dt.date
    last_day: dt.date
    found: float
    usual: float
    evidence: str


class GateReport(Record):
    """Whether the list of a date is held, and every finding; `override` is the reason why it goes out all the same."""

    as_of: dt.date
    held: bool
    override: str | None
    findings: list[FeedFinding]


GATE = RecordFile(
    path="reports/feeds.json",
    stage="gate",
    says="what is wrong with which feed, with the evidence, and whether that holds the list",
    record=GateReport,
)
