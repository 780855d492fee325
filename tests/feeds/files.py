"""A small company as files: tables and rollup, as `conform` and `rollup` would have written them."""

from pathlib import Path

import numpy as np
import pandas as pd

from churnrisk.clock import Day
from churnrisk.contract import TABLES
from churnrisk.feeds.check import Inspected
from churnrisk.feeds.flow import Feeds
from churnrisk.feeds.reading import read_feeds, read_seen
from churnrisk.rollup.build import rollup
from churnrisk.store.workspace import Workspace

START, END = pd.Timestamp("2024-12-30"), pd.Timestamp("2025-03-10")  # Mondays; the end is the first day without facts


def daily(accounts: int = 40, start: pd.Timestamp = START, end: pd.Timestamp = END) -> pd.DataFrame:
    """Raw usage: everybody logs in on every workday, and every twentieth at weekends."""
    days, who = pd.date_range(start, end, inclusive="left"), np.arange(accounts)
    rows = pd.MultiIndex.from_product([days, who], names=["day", "who"]).to_frame(index=False)
    rows = rows[(rows["day"].dt.day_of_week < 5) | (rows["who"] % 20 == 0)]
    return pd.DataFrame(
        {
            "account_id": "a" + rows["who"].astype(str),
            "user_id": "u" + rows["who"].astype(str),
            "day": rows["day"],
            "event": "login",
            "quantity": 1.0,
            "known_at": rows["day"],
        }
    )


def contracts(accounts: int = 40) -> pd.DataFrame:
    """A subscription an account; one begins every day before the end, so that the feed is alive."""
    began = pd.date_range(END - pd.Timedelta(days=accounts), END, inclusive="left")
    table = pd.DataFrame({"subscription_id": [f"s{n}" for n in range(accounts)], "started_on": began})
    return full("subscriptions", table.assign(account_id=[f"a{n}" for n in range(accounts)], known_at=began))


def full(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with every column of their table."""
    empty = TABLES[name].empty().reindex(range(len(rows)))
    flags = {column: False for column in empty if TABLES[name].kind(column) == "flag"}
    return empty.assign(**flags).assign(**{column: rows[column].to_numpy() for column in rows})


def write(folder: Path, usage: pd.DataFrame, **tables: pd.DataFrame) -> tuple[Path, Path]:
    """The folders of the tables and of the rollup."""
    (folder / "data" / "tables" / "usage").mkdir(parents=True)
    for month, part in usage.groupby(usage["day"].dt.strftime("%Y-%m")):
        part.to_parquet(folder / "data" / "tables" / "usage" / f"{month}.parquet", index=False)
    for name, rows in tables.items():
        rows.to_parquet(folder / "data" / "tables" / f"{name}.parquet", index=False)
    workspace = Workspace(folder)
    rollup(workspace)
    return workspace.tables, workspace.usage


def inspected(
    tables: Path,
    usage: Path,
    as_of: Day,
    *,
    due: Day | None = None,
    every_days: int = 7,
    settle_days: int = 0,
    feeds: Feeds | None = None,
) -> Inspected:
    """What checks look at of these folders, with a list due on the date."""
    return Inspected(
        feeds=feeds or read_feeds(tables, usage),
        seen=read_seen(tables, usage, as_of, settle_days),
        as_of=as_of,
        due=as_of if due is None else due,
        every_days=every_days,
        settle_days=settle_days,
    )
