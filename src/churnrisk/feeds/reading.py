"""Reading feeds: of all tables how many facts became known when, and usage as it was known before a date."""

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day, Days, days
from churnrisk.contract import TABLES
from churnrisk.feeds.contracts import Contracts
from churnrisk.feeds.flow import Feeds
from churnrisk.feeds.recent import LEANED_ON
from churnrisk.feeds.seen import SPAN, Counts, Seen
from churnrisk.past.arrays import Mask
from churnrisk.rollup.schema import DAILY, USERS
from churnrisk.store.engine import file

_MOST_ACCOUNTS = 4000
"""Accounts in the sample. A drop that many accounts share shows in it with a standard error under 1 %, and it bounds
memory; it is drawn by hash, so that it is always the same one."""

_MOST_EVENTS = 20
"""Events looked at one by one, the most frequent first: the others are too rare to judge within a week."""

_GROUPED_BY = ("region", "segment")
"""Columns of accounts by which companies run systems apart, so that one of them can fail alone."""

# Accounts are told apart by hash: numbers are joined and counted several times faster than texts.
_CUT = """
    CREATE TABLE usage AS
    SELECT date_diff('day', $first::DATE, day::DATE) AS day_index, hash(account_id) AS account, event, quantity, rows,
           copies, ahead, date_diff('day', day::DATE, known_on::DATE) AS late
    FROM read_parquet({file}) WHERE day >= $first::DATE AND day < $stop::DATE AND known_on < $cut::DATE
"""
_DAYS = """
    SELECT day_index, count(DISTINCT account) AS accounts, sum(rows)::BIGINT AS rows, sum(copies)::BIGINT AS copies,
           sum(ahead)::BIGINT AS ahead
    FROM usage GROUP BY day_index
"""
_USERS = """
    SELECT date_diff('day', $first::DATE, day::DATE) AS day_index, count(*) AS users, sum(rows)::BIGINT AS rows
    FROM read_parquet({file}) WHERE day >= $first::DATE AND day < $stop::DATE AND known_on < $cut::DATE
    GROUP BY day_index
"""
_AGAIN = """
    SELECT late.day_index, sum(late.rows)::BIGINT AS rows FROM usage AS late
    SEMI JOIN usage AS first ON late.day_index = first.day_index AND late.account = first.account
        AND late.event = first.event AND late.quantity = first.quantity AND late.rows = first.rows
        AND late.late > first.late
    WHERE late.late > 0 GROUP BY late.day_index
"""
_REPEATED = """
    SELECT greatest(count(*) FILTER (rows % 2 = 0 AND copies * 2 >= rows),
        count(*) FILTER (rows % 3 = 0 AND copies * 3 >= rows * 2)) / greatest(count(*), 1) FROM usage
"""
_SAMPLE = f"SELECT account FROM usage GROUP BY account ORDER BY account LIMIT {_MOST_ACCOUNTS}"
_EVENTS = f"""
    SELECT event, min(day_index) AS began, sum(rows) AS total FROM usage
    GROUP BY event ORDER BY total DESC, event LIMIT {_MOST_EVENTS}
"""
_CELLS = """
    SELECT sample.number AS account, events.number AS event, day_index, rows
    FROM usage JOIN sample USING (account) JOIN events USING (event)
"""
_ACTIVE = """
    SELECT DISTINCT account_id FROM read_parquet({file})
    WHERE day >= $first::DATE AND day < $stop::DATE AND known_on < $cut::DATE
        AND account_id NOT IN (SELECT account_id FROM {accounts} WHERE is_internal)
"""
_GROUPS = """
    SELECT sample.number AS account, {columns}
    FROM (
        FROM read_parquet({file}) WHERE known_at < $cut::DATE
        QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY known_at DESC) = 1
    ) JOIN sample ON account = hash(account_id)
"""
_RUNS = """
    SELECT sample.number AS account, started_on::DATE AS opens,
           coalesce(
               CASE WHEN end_known_at < $cut::DATE THEN ended_on END, if(auto_renew = 1, NULL, planned_end_on)
           )::DATE AS closes
    FROM (
        FROM read_parquet({file}) WHERE known_at < $cut::DATE
        QUALIFY row_number() OVER (PARTITION BY subscription_id ORDER BY known_at DESC) = 1
    ) JOIN sample ON account = hash(account_id)
    WHERE NOT is_paused
"""


def read_feeds(tables: Path, usage: Path) -> Feeds:
    """The facts of every feed, from `data/tables/` and the rollup in `data/usage/`; `accounts` don't flow."""
    facts = {"usage": f"SELECT day, known_on FROM read_parquet({all_of(usage / DAILY)})"}
    for name, table in TABLES.items():
        path = tables / f"{name}.parquet"
        if name not in ("usage", "accounts") and not table.ours and path.exists():
            for column in sorted({"known_at", *table.known_by().values()}):
                facts[f"{name}.{column}"] = f"SELECT {column} AS day, {column} AS known_on FROM {file(path)}"
    happened = {"usage": facts["usage"]}
    for name, table in TABLES.items():
        path = tables / f"{name}.parquet"
        if name != "usage" and not table.ours and path.exists():
            first = f"SELECT min({table.occurs}) AS day, min(known_at) AS known_on FROM {file(path)}"
            happened[name] = f"{first} GROUP BY {', '.join(table.key)}"
    with duckdb.connect(config={"threads": 2}) as connection:
        # Usage is the same in both, and by far the longest.
        counted = {sql: _counted(connection, sql) for sql in dict.fromkeys([*facts.values(), *happened.values()])}
    return Feeds(*({name: counted[sql] for name, sql in each.items()} for each in (facts, happened)))


def read_seen(tables: Path, usage: Path, as_of: Day, settle_days: int = 0) -> Seen:
    """What was known of usage before `as_of`, from the rollup in `usage` and the subscriptions in `tables`.

    The last `settle_days` days are left out. Without usage, all counts are 0.
    """
    stop = as_of - days(settle_days)
    seen_days = np.arange(stop - days(SPAN), stop)
    cut = {"first": str(seen_days[0]), "stop": str(stop), "cut": str(as_of)}
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(_CUT.format(file=all_of(usage / DAILY)), cut)
        totals = _by_day(connection.execute(_DAYS), seen_days)
        repeated = float(connection.execute(_REPEATED).fetchall()[0][0])
        again = _by_day(connection.execute(_AGAIN), seen_days)
        users = _by_day(connection.execute(_USERS.format(file=all_of(usage / USERS)), cut), seen_days)
        sample, events = (_columns(connection.execute(sql)) for sql in (_SAMPLE, _EVENTS))
        connection.register("sample", _numbered("account", sample["account"]))
        connection.register("events", _numbered("event", events["event"]))
        cells = _columns(connection.execute(_CELLS))
        subscriptions = file(tables / "subscriptions.parquet")
        runs = _columns(connection.execute(_RUNS.format(file=subscriptions), {"cut": str(as_of)}))
        groups = _read_groups(connection, tables / "accounts.parquet", as_of, len(sample["account"]))
    rows, used = _cubes(cells, (len(events["event"]), len(sample["account"]), len(seen_days)))
    return Seen(
        days=seen_days,
        rows=totals["rows"],
        copies=totals["copies"],
        ahead=totals["ahead"],
        again=again["rows"],
        accounts=totals["accounts"],
        users=users["users"],
        user_rows=users["rows"],
        cells=rows,
        events=used,
        running=_running(runs, len(sample["account"]), seen_days),
        names=tuple(map(str, events["event"])),
        began=seen_days[events["began"]],
        repeated=repeated,
        groups=groups,
    )


def read_contracts(
    tables: Path, usage: Path, as_of: Day, subscriptions: pd.DataFrame, *, settle_days: int, most_without: float
) -> Contracts:
    """Who was active lately without a subscription, beside the `subscriptions` that were known at the date."""
    stop = as_of - days(settle_days)
    cut = {"first": str(stop - days(LEANED_ON)), "stop": str(stop), "cut": str(as_of)}
    sql = _ACTIVE.format(file=all_of(usage / DAILY), accounts=file(tables / "accounts.parquet"))
    with duckdb.connect(config={"threads": 2}) as connection:
        active = _columns(connection.execute(sql, cut))["account_id"]
    return Contracts(
        subscriptions=subscriptions,
        active=len(active),
        without=set(active) - set(subscriptions["account_id"]),
        most_without=most_without,
    )


def all_of(folder: Path) -> str:
    """All Parquet files of a folder as SQL text.

    >>> all_of(Path("the boss's data"))
    "'the boss''s data/*.parquet'"
    """
    return file(folder).removesuffix("'") + "/*.parquet'"


def _read_groups(
    connection: duckdb.DuckDBPyConnection, accounts: Path, as_of: Day, many: int
) -> dict[str, npt.NDArray[np.object_]]:
    """`Seen.groups`; none where there is no table of accounts."""
    if not accounts.exists():
        return {}
    sql = _GROUPS.format(file=file(accounts), columns=", ".join(_GROUPED_BY))
    found = _columns(connection.execute(sql, {"cut": str(as_of)}))
    groups = {column: np.full(many, None, object) for column in _GROUPED_BY}
    for column, values in groups.items():
        values[found["account"]] = found[column]
    return groups


def _counted(connection: duckdb.DuckDBPyConnection, facts: str) -> pd.DataFrame:
    days = "SELECT day::DATE AS day, known_on::DATE AS known_on, count(*) AS facts"
    return connection.execute(f"{days} FROM ({facts}) WHERE day IS NOT NULL GROUP BY ALL").df()


def _numbered(name: str, values: npt.NDArray[Any]) -> pd.DataFrame:
    return pd.DataFrame({name: values, "number": np.arange(len(values))})


def _columns(result: duckdb.DuckDBPyConnection) -> dict[str, npt.NDArray[Any]]:
    rows = result.df()
    return {str(name): rows[name].to_numpy() for name in rows}


def _by_day(result: duckdb.DuckDBPyConnection, days: Days) -> dict[str, Counts]:
    """Counts by day: an array over all days for each column but `day_index`."""
    columns = _columns(result)
    index = columns.pop("day_index")
    counts = {name: np.zeros(len(days), np.int64) for name in columns}
    for name, values in columns.items():
        counts[name][index] = values
    return counts


def _cubes(cells: dict[str, npt.NDArray[Any]], shape: tuple[int, int, int]) -> tuple[npt.NDArray[np.float32], Mask]:
    """`Seen.cells` and `Seen.events`, of the `shape` (events, accounts, days)."""
    _, accounts, days = shape
    cell = cells["account"] * days + cells["day_index"]
    rows = np.bincount(cell, cells["rows"], minlength=accounts * days).reshape(accounts, days).astype(np.float32)
    used = np.zeros(shape, bool)
    used[cells["event"], cells["account"], cells["day_index"]] = True
    return rows, used


def _running(runs: dict[str, npt.NDArray[Any]], accounts: int, days: Days) -> Mask:
    """On which days a subscription of each account ran: (accounts, days)."""
    span = len(days)
    opens = np.clip((runs["opens"].astype("M8[D]") - days[0]).astype(np.int64), 0, span)
    closes = runs["closes"].astype("M8[D]")
    ends = np.where(np.isnat(closes), span, np.clip((closes - days[0]).astype(np.int64), 0, span))
    # 1 where a subscription opens, -1 where it closes: the running sum is how many run.
    change = np.zeros((accounts, span + 1), np.int32)
    np.add.at(change, (runs["account"], opens), 1)
    np.add.at(change, (runs["account"], np.maximum(ends, opens)), -1)
    return np.asarray(change.cumsum(axis=1)[:, :span] > 0)
