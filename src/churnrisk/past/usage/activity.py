"""On which days accounts were active, as it was known at some date."""

import glob
from collections.abc import Collection
from pathlib import Path

import duckdb
import pandas as pd

from churnrisk.clock import Day, days, to_column
from churnrisk.rollup.events import events_of, unknown_events
from churnrisk.rollup.schema import DAILY

_DAYS = """
    SELECT account_id, day, min(known_on) AS known_on
    FROM read_parquet($files) WHERE len($events) = 0 OR list_contains($events, event)
    GROUP BY ALL ORDER BY ALL
"""


class Activity:
    """Active days of every account, one row each: `account_id`, `day`, `known_on`.

    >>> days = pd.to_datetime(["2025-03-01", "2025-03-05", "2025-03-08"])
    >>> activity = Activity(pd.DataFrame({"account_id": ["a", "a", "b"], "day": days, "known_on": days}))
    >>> activity.summary(Day("2025-03-08"))
      account_id  active_days   first_on    last_on
    0          a            2 2025-03-01 2025-03-05
    """

    def __init__(self, days: pd.DataFrame) -> None:
        self._days = days

    def before(self, date: Day) -> pd.DataFrame:
        """The days that were known before a date: `account_id`, `day`."""
        return self._days.loc[self._days["known_on"] < date, ["account_id", "day"]]

    def heard_of(self, since: Day) -> set[str]:
        """The accounts of which an active day became known on or after a date."""
        return set(self._days.loc[self._days["known_on"] >= since, "account_id"])

    def only(self, accounts: set[str]) -> "Activity":
        """The same of some accounts."""
        return Activity(self._days[self._days["account_id"].isin(accounts)])

    def numbered(self, ids: pd.Index) -> "Activity":
        """The same with the position of each account among `ids` in the place of its id; others are left out."""
        rows = self._days.assign(account_id=ids.get_indexer(pd.Index(self._days["account_id"])))
        return Activity(rows[rows["account_id"] >= 0])

    def summary(self, as_of: Day) -> pd.DataFrame:
        """One row an account that was active before `as_of`: `account_id`, `active_days`, `first_on`, `last_on`."""
        active = self.before(as_of)
        by = active[active["day"] < as_of].groupby("account_id")["day"]
        return by.agg(active_days="size", first_on="min", last_on="max").reset_index()

    def days_active(self, as_of: Day, span: int) -> "pd.Series[int]":
        """On how many of the last `span` days before `as_of` accounts were active, by id; the others were on none."""
        seen = self.before(as_of)
        seen = seen[seen["day"] >= as_of - days(span)]
        return seen.groupby("account_id").size()


def read_activity(usage: Path, events: Collection[str]) -> Activity:
    """Active days from the rollup in `usage`; only `events` are activity, unless there are none.

    Raises ParamsError for an event that is not in the rollup: every account would look inactive.
    """
    unknown = unknown_events({"churn.activity_events": events}, events_of(usage)) if events else []
    if unknown:
        raise unknown[0]
    values = {"files": f"{glob.escape(str(usage / DAILY))}/*.parquet", "events": list(events)}
    with duckdb.connect() as connection:
        return Activity(connection.execute(_DAYS, values).df())


def silent_on(
    activity: Activity, accounts: "pd.Series[str]", as_of: Day, *, span: int, until: Day, decided_on: Day
) -> "pd.Series[pd.Timestamp]":
    """The last day of the first `span` days in a row without activity, counted from `as_of` at the earliest.

    One value an account, by its id. It is decided by what was known before `decided_on`, and by activity before
    `until`.
    """
    seen = activity.before(decided_on)
    seen = seen[(seen["day"] >= as_of) & (seen["day"] < until)]
    # A run of silence begins after the eve of `as_of`, or after an active day.
    eve = pd.DataFrame({"account_id": accounts.to_numpy(), "day": to_column(as_of - days(1))})
    rows = pd.concat([eve, seen[seen["account_id"].isin(accounts)]]).sort_values(["account_id", "day"])
    gap = rows.groupby("account_id")["day"].shift(-1) - rows["day"]
    silent = rows[~(gap <= pd.Timedelta(days=span))].drop_duplicates("account_id").set_index("account_id")
    return silent["day"] + pd.Timedelta(days=span)
