"""Faults that feeds have, put into the tables of a company: what is lost, doubled, renamed, dated wrong or stopped."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from churnrisk.clock import Day
from churnrisk.contract import TABLES
from churnrisk.rollup.build import rollup
from churnrisk.rollup.schema import KEYS as ROLLUPS

_MONTHS = 2  # whose raw rows a fault may touch: the one of the date and the one before

Usage = pd.DataFrame
Fault = Callable[[Usage, pd.Timestamp, np.random.Generator], Usage]


def _last(rows: Usage, as_of: pd.Timestamp, days: int) -> "pd.Series[bool]":
    return rows["day"] >= as_of - pd.Timedelta(days=days)


def keep_rows(rows: Usage, as_of: pd.Timestamp, rng: np.random.Generator, *, share: float, days: int) -> Usage:
    """Only a share of the rows of the last days arrived."""
    return rows[~_last(rows, as_of, days) | (rng.random(len(rows)) < share)]


def lose_accounts(rows: Usage, as_of: pd.Timestamp, rng: np.random.Generator, *, share: float, days: int) -> Usage:
    """All rows of a share of the accounts are missing."""
    accounts = rows["account_id"].unique()
    lost = accounts[rng.random(len(accounts)) < share]
    return rows[~(_last(rows, as_of, days) & rows["account_id"].isin(lost))]


def lose_event(rows: Usage, as_of: pd.Timestamp, rng: np.random.Generator, *, event: str, days: int) -> Usage:
    """One event is no longer tracked."""
    return rows[~(_last(rows, as_of, days) & (rows["event"] == event))]


def rename_event(rows: Usage, as_of: pd.Timestamp, rng: np.random.Generator, *, event: str, days: int) -> Usage:
    """One event goes on under another name."""
    renamed = _last(rows, as_of, days) & (rows["event"] == event)
    return rows.assign(event=rows["event"].mask(renamed, f"{event}_v2"))


def load_twice(rows: Usage, as_of: pd.Timestamp, rng: np.random.Generator, *, days: int, later: bool = False) -> Usage:
    """The last days were loaded twice; `later`: the second time a day after, and stamped so."""
    again = rows[_last(rows, as_of, days)]
    if later:
        again = again.assign(known_at=again["known_at"] + pd.Timedelta(days=1))
    return pd.concat([rows, again], ignore_index=True)


def shift_days(rows: Usage, as_of: pd.Timestamp, rng: np.random.Generator, *, by: int, days: int) -> Usage:
    """The last days are dated some days too late (too early, where `by` is below 0); they are known as dated."""
    moved = pd.to_timedelta(np.where(_last(rows, as_of, days), by, 0), unit="D")
    return rows.assign(day=rows["day"] + moved, known_at=rows["known_at"] + moved)


def date_ahead(rows: Usage, as_of: pd.Timestamp, rng: np.random.Generator, *, days: int) -> Usage:
    """The last days but one are dated a day ahead of when they were known."""
    ahead = _last(rows, as_of, days) & (rows["day"] < as_of - pd.Timedelta(days=1))
    return rows.assign(day=rows["day"] + pd.to_timedelta(np.where(ahead, 1, 0), unit="D"))


def future_dates(rows: Usage, as_of: pd.Timestamp, rng: np.random.Generator, *, share: float) -> Usage:
    """A share of the rows of the last four weeks is dated up to two years on."""
    struck = _last(rows, as_of, 28) & (rng.random(len(rows)) < share)
    moved = pd.to_timedelta(np.where(struck, rng.integers(30, 730, len(rows)), 0), unit="D")
    return rows.assign(day=rows["day"] + moved, known_at=rows["known_at"] + moved)


def stop(rows: Usage, as_of: pd.Timestamp, rng: np.random.Generator, *, days: int) -> Usage:
    """Usage has stopped."""
    return rows[~_last(rows, as_of, days)]


def nothing(rows: Usage, as_of: pd.Timestamp, rng: np.random.Generator) -> Usage:
    """No fault."""
    return rows


def _usage_faults() -> dict[str, dict[str, Fault]]:
    partly = {f"{share:.0%} of the last day": partial(keep_rows, share=share, days=1) for share in (0.9, 0.6, 0.3, 0.1)}
    partly |= {f"{share:.0%} of the last workday on": partial(keep_rows, share=share, days=3) for share in (0.6, 0.3)}
    accounts = {
        f"{share:.0%} of accounts, {days} days": partial(lose_accounts, share=share, days=days)
        for share in (0.1, 0.3, 0.5)
        for days in (1, 3, 7)
    }
    names = ("login", "report_created")
    lost = {f"{name}, {n} days": partial(lose_event, event=name, days=n) for name in names for n in (3, 7)}
    renamed = {f"{name}, {n} days": partial(rename_event, event=name, days=n) for name in names for n in (3, 7)}
    twice = {f"last {n} days": partial(load_twice, days=n) for n in (1, 3)}
    twice["last 3 days, a day later"] = partial(load_twice, days=3, later=True)
    skew: dict[str, Fault] = {f"{by:+d} days, last week": partial(shift_days, by=by, days=7) for by in (-1, 1, 2)}
    skew["+1 day, known as before"] = partial(date_ahead, days=7)
    future = {f"{share:.1%} of rows": partial(future_dates, share=share) for share in (0.001, 0.01)}
    stale = {f"{days} days": partial(stop, days=days) for days in (3, 7, 21)}
    return {
        "partial days": dict(partly),
        "accounts missing": dict(accounts),
        "event lost": dict(lost),
        "event renamed": dict(renamed),
        "duplicated load": dict(twice),
        "clock skew": skew,
        "future dates": dict(future),
        "usage stale": dict(stale),
    }


USAGE_FAULTS = _usage_faults()
"""By kind, then by magnitude."""

DEAD_TABLES = {
    "subscriptions dead": {f"{days} days": ("subscriptions", days) for days in (14, 30, 60)},
    "tickets dead": {"30 days": ("tickets", 30)},
}
"""A table from which nothing has come for so many days."""


def with_usage_fault(company: Path, folder: Path, as_of: Day, fault: Fault, seed: int) -> None:
    """The company of `company` (`tables/`, `usage/`) as it stood at `as_of`, with a fault in its usage, in `folder`."""
    now, rng = pd.Timestamp(as_of), np.random.default_rng(seed)
    _link_tables(company, folder)
    files = [f for f in sorted((company / "data" / "tables" / "usage").glob("*.parquet")) if f.stem <= str(as_of)[:7]]
    rows = pd.concat([pd.read_parquet(file) for file in files[-_MONTHS:]], ignore_index=True)
    rows = fault(rows[rows["known_at"] < now], now, rng)
    changed = folder / "changed" / "usage"
    changed.mkdir(parents=True)
    for month, part in rows.groupby(rows["day"].dt.strftime("%Y-%m")):
        part.to_parquet(changed / f"{month}.parquet", index=False)
    rollup(folder / "changed", folder / "data" / "usage")
    for name in ROLLUPS:
        for file in files[:-_MONTHS]:
            (folder / "data" / "usage" / name / file.name).symlink_to(company / "data" / "usage" / name / file.name)


def with_dead_table(company: Path, folder: Path, as_of: Day, name: str, days: int) -> None:
    """The company as it stood at `as_of`, with nothing new in a table for some days."""
    with_usage_fault(company, folder, as_of, nothing, seed=0)
    stopped = pd.Timestamp(as_of) - pd.Timedelta(days=days)
    rows = pd.read_parquet(company / "data" / "tables" / f"{name}.parquet")
    rows = rows[rows["known_at"] < stopped]
    for known in set(TABLES[name].known_by().values()):
        late = rows[known] >= stopped
        later = [column for column, by in TABLES[name].known_by().items() if by == known]
        rows.loc[late, [*later, *({known} - set(later))]] = None
    (folder / "data" / "tables" / f"{name}.parquet").unlink()
    rows.to_parquet(folder / "data" / "tables" / f"{name}.parquet", index=False)


def _link_tables(company: Path, folder: Path) -> None:
    (folder / "data" / "tables").mkdir(parents=True)
    for file in (company / "data" / "tables").glob("*.parquet"):
        (folder / "data" / "tables" / file.name).symlink_to(file)
