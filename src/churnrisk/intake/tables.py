"""What `conform` wrote, for the stages after it."""

from pathlib import Path

import pandas as pd

from churnrisk.clock import Day, day
from churnrisk.contract import TABLES
from churnrisk.workspace import read_json, read_table


def read(tables: Path, name: str) -> pd.DataFrame | None:
    """One contract table in its declared types, sorted by key; None for an optional one that the source doesn't offer.

    Usage, which may be large, is read from its rollup instead. Raises SourceError where a required table isn't there:
    the stages before have not run.
    """
    path = tables / f"{name}.parquet"
    return read_table(path) if TABLES[name].required or path.exists() else None


def feed(report: Path, name: str = "usage") -> tuple[Day, Day]:
    """The first and the last day on which a fact of a table happened, from `reports/intake.json`; NaT for no facts."""
    counts = read_json(report)["tables"].get(name, {})
    first, last = (counts.get(end) or "NaT" for end in ("first", "last"))
    return day(first), day(last)
