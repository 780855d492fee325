"""What is asked of each peer: the same windows, the same events and the same snapshots of the same rows."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

WEEKS = (2, 4, 12, 26)
"""Windows: how many weeks back from `as_of`; those that most features of usage here look at, and as many features."""

KEY_EVENTS = ("login", "report_created", "dashboard_viewed", "integration_synced")

Asked = Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]
"""From `usage` and `cutoffs` (`account_id`, `as_of`) to a row a snapshot and a column a feature."""


def answer(compute: Asked) -> None:
    """Compute on the tables in the folder that the command line names; print the time and the shape as JSON."""
    folder = Path(sys.argv[1])
    usage, cutoffs = (pd.read_parquet(folder / f"{name}.parquet") for name in ("usage", "cutoffs"))
    began = time.perf_counter()
    values = compute(usage, cutoffs)
    seconds = time.perf_counter() - began
    if len(values) != len(cutoffs):
        raise ValueError(f"{len(values)} rows for {len(cutoffs)} snapshots")
    print(json.dumps({"seconds": seconds, "snapshots": len(values), "features": values.shape[1]}))  # noqa: T201


def known(usage: pd.DataFrame, as_of: pd.Timestamp, weeks: int) -> pd.DataFrame:
    """The rows of the last weeks that were known at a date."""
    first = as_of - pd.Timedelta(weeks=weeks)
    return usage[(usage["day"] >= first) & (usage["day"] < as_of) & (usage["known_at"] < as_of)]
