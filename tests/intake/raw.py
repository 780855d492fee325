"""A small company as `pull` would have written it."""

from pathlib import Path

import pandas as pd

from churnrisk.intake.conform import conform
from churnrisk.store.workspace import Workspace

TABLES = {
    "accounts": pd.DataFrame(
        {
            "account_id": ["a", "b"],
            "created_on": ["2025-01-01", "2025-01-10"],
            "attribute_size": [3, 12],
            "attribute_tier": ["x", None],
        }
    ),
    "subscriptions": pd.DataFrame(
        {
            "subscription_id": ["s1", "s2"],
            "account_id": ["a", "b"],
            "started_on": ["2025-01-01", "2025-01-10"],
            "ended_on": ["2025-02-20", None],
            "mrr": ["100", "250.5"],
        }
    ),
    "usage": pd.DataFrame(
        {
            "account_id": ["a", "a", "b", "b"],
            "day": ["2025-01-02", "2025-02-03", "2025-01-11", "2025-01-11"],
            "event": ["login", "login", "report", "report"],
            "user_id": ["u1", None, "u2", "u2"],
            "quantity": [1, 2, 3, 3],
        }
    ),
}
"""Enough of every required table: two accounts, one of which leaves."""


def write_raw(raw: Path, **tables: pd.DataFrame | None) -> Path:
    """Write the company's raw tables; a table given by name stands instead, None leaves it out."""
    for name, rows in (TABLES | tables).items():
        if rows is not None and name != "usage":
            raw.mkdir(parents=True, exist_ok=True)
            rows.to_parquet(raw / f"{name}.parquet", index=False)
        elif rows is not None:
            (raw / "usage").mkdir(parents=True)
            month = rows["day"].astype("str").str.extract(r"^(\d{4}-\d\d)")[0].fillna("unknown")
            for name_of_month, part in rows.groupby(month):
                part.to_parquet(raw / "usage" / f"{name_of_month}.parquet", index=False)
    return raw


def conform_in(folder: Path, max_rejected_share: float = 1.0, bridge_days: int = 0) -> None:
    """Run `conform` on the raw tables of the workspace `folder`."""
    conform(Workspace(folder), max_rejected_share, bridge_days)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by name."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def read(tables: Path, name: str) -> pd.DataFrame:
    """One table as `conform` wrote it."""
    return pd.read_parquet(tables / f"{name}.parquet")
