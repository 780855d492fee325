"""Gaps of a few days between an account's subscriptions that are paperwork: the end is moved to the start after it."""

from typing import Any

import pandas as pd

_KEY = "subscription_id"
_ENDS = ("ended_on", "planned_end_on")
_NEVER = pd.Timestamp("2262-01-01")


def gaps(subscriptions: pd.DataFrame) -> pd.DataFrame:
    """The gaps between subscriptions: days on which nothing of an account runs, between an end and the next start.

    One row a gap, in order of account and start: `account_id`, `end`, `resumes_on`, `days`.

    >>> rows = pd.DataFrame({"account_id": "a", "started_on": pd.to_datetime(["2024-01-01", "2024-06-02"])})
    >>> ends = pd.to_datetime(["2024-06-01", None])
    >>> gaps(rows.assign(ended_on=ends, planned_end_on=pd.NaT, auto_renew=float("nan")))["days"].tolist()
    [1]
    """
    rows = subscriptions[["account_id", "started_on"]].assign(end=_ends(subscriptions).fillna(_NEVER))
    rows = rows.sort_values(["account_id", "started_on"], kind="stable")
    # All that began earlier, since a short subscription may lie inside a longer one.
    last_end = rows.groupby("account_id")["end"].cummax().groupby(rows["account_id"]).shift()
    found = rows.assign(end=last_end, resumes_on=rows["started_on"])[rows["started_on"] > last_end]
    days = (found["resumes_on"] - found["end"]).dt.days
    return found[["account_id", "end", "resumes_on"]].assign(days=days).reset_index(drop=True)


def bridged(rows: pd.DataFrame, most: int) -> tuple[pd.DataFrame, int]:
    """The subscriptions without gaps of up to `most` days, and how many there were; `known_at` is filled everywhere.

    An end is moved to the day on which the next subscription of the account starts, from when that one is known: until
    then the row stays as it is, and its other version is a correction. Until a gap would be too long, nobody can tell
    whether it is one. So an end that was not known ahead becomes known that much later, or each gap would look like
    churn on the dates that lie in it. The latest versions of the rows say which gaps there are.
    """
    if not most:
        return rows, 0
    rows = rows.assign(end_known_at=_awaited(rows, most))
    found = gaps(rows.sort_values("known_at", kind="stable").drop_duplicates(_KEY, keep="last"))
    found = found[found["days"] <= most]
    moved = _moved(rows, found)
    at_once = moved["resumes_known_at"] <= moved["known_at"]
    later = moved[~at_once & ~(moved["replaced_at"] <= moved["resumes_known_at"])]
    parts = [
        rows.drop(index=moved.index[at_once]),
        moved.loc[at_once, list(rows)],
        later.assign(known_at=later["resumes_known_at"])[list(rows)],
    ]
    together = pd.concat([part for part in parts if len(part)])
    return together.sort_values([_KEY, "known_at"], kind="stable", ignore_index=True), len(found)


def _ends(rows: pd.DataFrame) -> Any:
    """As `past.tables.spells.ends_on` has them, which lies above this room; empty: unknown."""
    return rows["ended_on"].fillna(rows["planned_end_on"].mask(rows["auto_renew"] == 1))


def _awaited(rows: pd.DataFrame, most: int) -> Any:
    ahead = rows["end_known_at"] < rows["ended_on"]
    return rows["end_known_at"].where(ahead, rows["end_known_at"] + pd.Timedelta(days=most))


def _moved(rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """All versions of rows before a gap, with the end moved, and when that became known and the version was replaced.

    They have the index of `rows`.
    """
    starts = rows.groupby(["account_id", "started_on"], as_index=False).agg(resumes_known_at=("known_at", "min"))
    found = found.merge(starts, left_on=["account_id", "resumes_on"], right_on=["account_id", "started_on"])
    found = found.drop(columns=["started_on", "days"])
    replaced_at = rows.sort_values("known_at", kind="stable").groupby(_KEY)["known_at"].shift(-1)
    versions = rows.assign(end=_ends(rows), replaced_at=replaced_at, index=rows.index)
    moved = versions.merge(found, on=["account_id", "end"]).set_index("index")
    # A fixed term that ended as planned is still one, so both days move.
    return moved.assign(**{name: moved[name].mask(moved[name] == moved["end"], moved["resumes_on"]) for name in _ENDS})
