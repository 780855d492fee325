"""Usage of the last year or so as it was known before a date: by day, and by account for a fair sample of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day, Days
from churnrisk.feeds.flow import all_of
from churnrisk.store.engine import file

SPAN = 66 * 7
"""Days looked back on: a year, so that last year's holidays are in it, and what is needed to know its habits."""

_MOST_ACCOUNTS = 4000  # a drop that is shared shows in a sample; it is drawn by hash, so it is always the same
_MOST_EVENTS = 20

Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

# Accounts are told apart by hash: numbers are joined and counted several times faster than texts.
_CUT = """
    CREATE TABLE usage AS
    SELECT date_diff('day', $first::DATE, day::DATE) AS place, hash(account_id) AS account, event, quantity, rows,
           copies, ahead, date_diff('day', day::DATE, known_on::DATE) AS late
    FROM read_parquet({file}) WHERE day >= $first::DATE AND day < $stop::DATE AND known_on < $cut::DATE
"""
_DAYS = """
    SELECT place, count(DISTINCT account) AS accounts, sum(rows)::BIGINT AS rows, sum(copies)::BIGINT AS copies,
           sum(ahead)::BIGINT AS ahead
    FROM usage GROUP BY place
"""
_PEOPLE = """
    SELECT date_diff('day', $first::DATE, day::DATE) AS place, count(*) AS people, sum(rows)::BIGINT AS rows
    FROM read_parquet({file}) WHERE day >= $first::DATE AND day < $stop::DATE AND known_on < $cut::DATE
    GROUP BY place
"""
_AGAIN = """
    SELECT late.place, sum(late.rows)::BIGINT AS rows FROM usage AS late
    SEMI JOIN usage AS first ON late.place = first.place AND late.account = first.account AND late.event = first.event
        AND late.quantity = first.quantity AND late.rows = first.rows AND late.late > first.late
    WHERE late.late > 0 GROUP BY late.place
"""
_SAMPLE = f"SELECT account FROM usage GROUP BY account ORDER BY account LIMIT {_MOST_ACCOUNTS}"
_EVENTS = f"""
    SELECT event, min(place) AS began, sum(rows) AS total FROM usage
    GROUP BY event ORDER BY total DESC, event LIMIT {_MOST_EVENTS}
"""
_CELLS = """
    SELECT sample.at AS account, events.at AS event, place, rows
    FROM usage JOIN sample USING (account) JOIN events USING (event)
"""
_RUNS = """
    SELECT sample.at AS account, started_on::DATE AS opens,
           coalesce(CASE WHEN end_known_at < $cut::DATE THEN ended_on END, planned_end_on)::DATE AS closes
    FROM (
        FROM read_parquet({file}) WHERE known_at < $cut::DATE
        QUALIFY row_number() OVER (PARTITION BY subscription_id ORDER BY known_at DESC) = 1
    ) JOIN sample ON account = hash(account_id)
    WHERE NOT is_paused
"""


@dataclass(frozen=True)
class Seen:
    """Usage on each of `days`, the last of which is the day before the date, less the days that may still settle.

    `rows`, `copies`, `ahead`, `again`, `accounts`, `people`, `people_rows` have one value a day. `cells` are the rows
    of sampled accounts, (accounts, days), `events` whether one used an event, (events, accounts, days), and `running`
    whether a subscription of theirs ran, (accounts, days). `began` is the first day of each event of `names` in the
    span.
    """

    days: Days
    rows: Counts
    copies: Counts
    ahead: Counts
    again: Counts
    accounts: Counts
    people: Counts
    people_rows: Counts
    cells: npt.NDArray[np.float32]
    events: Mask
    running: Mask
    names: tuple[str, ...]
    began: Days

    @property
    def start(self) -> int:
        """The place of the first day with any usage."""
        return int(np.argmax(self.rows > 0))


def see(tables: Path, usage: Path, as_of: Day, settle_days: int = 0) -> Seen:
    """What was known of usage before `as_of`, from the rollup in `usage` and the subscriptions in `tables`.

    Raises nothing of its own: without usage, all counts are 0.
    """
    stop = as_of - np.timedelta64(settle_days, "D")
    days = np.arange(stop - np.timedelta64(SPAN, "D"), stop)
    cut = {"first": str(days[0]), "stop": str(stop), "cut": str(as_of)}
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(_CUT.format(file=all_of(usage / "daily")), cut)
        totals = _by_place(connection.execute(_DAYS), days)
        again = _by_place(connection.execute(_AGAIN), days)
        people = _by_place(connection.execute(_PEOPLE.format(file=all_of(usage / "people")), cut), days)
        sample, events = (_columns(connection.execute(sql)) for sql in (_SAMPLE, _EVENTS))
        connection.register("sample", _places("account", sample["account"]))
        connection.register("events", _places("event", events["event"]))
        cells = _columns(connection.execute(_CELLS))
        subscriptions = file(tables / "subscriptions.parquet")
        runs = _columns(connection.execute(_RUNS.format(file=subscriptions), {"cut": str(as_of)}))
    rows, used = _cubes(cells, (len(events["event"]), len(sample["account"]), len(days)))
    return Seen(
        days,
        rows=totals["rows"],
        copies=totals["copies"],
        ahead=totals["ahead"],
        again=again["rows"],
        accounts=totals["accounts"],
        people=people["people"],
        people_rows=people["rows"],
        cells=rows,
        events=used,
        running=_running(runs, len(sample["account"]), days),
        names=tuple(map(str, events["event"])),
        began=days[events["began"]],
    )


def _places(name: str, values: npt.NDArray[Any]) -> pd.DataFrame:
    return pd.DataFrame({name: values, "at": np.arange(len(values))})


def _columns(result: duckdb.DuckDBPyConnection) -> dict[str, npt.NDArray[Any]]:
    rows = result.df()
    return {str(name): rows[name].to_numpy() for name in rows}


def _by_place(result: duckdb.DuckDBPyConnection, days: Days) -> dict[str, Counts]:
    """Counts by day: an array over all days for each column."""
    found = _columns(result)
    place = found.pop("place")
    counts = {name: np.zeros(len(days), np.int64) for name in found}
    for name, values in found.items():
        counts[name][place] = values
    return counts


def _cubes(cells: dict[str, npt.NDArray[Any]], shape: tuple[int, int, int]) -> tuple[npt.NDArray[np.float32], Mask]:
    _, accounts, days = shape
    place = cells["account"] * days + cells["place"]
    rows = np.bincount(place, cells["rows"], minlength=accounts * days).reshape(accounts, days).astype(np.float32)
    used = np.zeros(shape, bool)
    used[cells["event"], cells["account"], cells["place"]] = True
    return rows, used


def _running(runs: dict[str, npt.NDArray[Any]], accounts: int, days: Days) -> Mask:
    """On which days a subscription of each account ran."""
    span = len(days)
    opens = np.clip((runs["opens"].astype("M8[D]") - days[0]).astype(np.int64), 0, span)
    closes = runs["closes"].astype("M8[D]")
    ends = np.where(np.isnat(closes), span, np.clip((closes - days[0]).astype(np.int64), 0, span))
    change = np.zeros((accounts, span + 1), np.int32)
    np.add.at(change, (runs["account"], opens), 1)
    np.add.at(change, (runs["account"], np.maximum(ends, opens)), -1)
    return np.asarray(change.cumsum(axis=1)[:, :span] > 0)
