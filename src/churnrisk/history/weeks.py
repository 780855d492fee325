"""Usage of many accounts (or users) over all weeks, and the part of it that was known at `as_of`."""

import glob
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day, Grid
from churnrisk.history.usage import Mask, Usage

_SOME_ACCOUNTS = "FROM read_parquet($files) JOIN members USING (account_id) WHERE account_id BETWEEN $first AND $last"

# Accounts are grouped by their place: a number is grouped, and sent, in a third of the time of a text.
_WEEKS = f"""
    WITH rows AS (
        SELECT place, {{by}}, quantity, date_diff('day', $anchor::DATE, day::DATE) + $settle AS seen,
               greatest(date_diff('day', $anchor::DATE, known_on::DATE), seen) AS visible
        {_SOME_ACCOUNTS}
    )
    SELECT place, {{by}}, floor(seen / 7)::INT AS week, floor(visible / 7)::INT AS known_in,
           sum(quantity::DECIMAL(38, 4))::FLOAT AS quantity,
           bit_or((1 << (seen - 7 * floor(seen / 7))::INT)::UTINYINT) AS days
    FROM rows GROUP BY ALL
"""

_DAYS = f"""
    SELECT place, day, event, quantity, greatest(known_on, day + to_days($settle)) AS visible_on
    {_SOME_ACCOUNTS} AND list_contains($events, event)
"""

_PEOPLE = f"""
    SELECT place, user_id, day, min(greatest(known_on, day + to_days($settle))) AS visible_on
    {_SOME_ACCOUNTS}
    GROUP BY ALL
"""


@dataclass(frozen=True)
class Axis:
    """Weeks of a grid from `first` to the one before `stop`; a day lies in the week in which its usage is settled.

    The axis is that of the company, never that of a block, so that a value doesn't depend on who else is in the
    block.

    >>> axis = Axis(Grid(np.datetime64("2025-01-06")), settle_days=2, first=0, stop=9)
    >>> axis.week_of(["2025-01-10", "2025-01-11"]).tolist()
    [0, 1]
    """

    grid: Grid
    settle_days: int
    first: int
    stop: int

    def week_of(self, when: Any) -> npt.NDArray[np.int64]:
        """The week of a day, counted from the first."""
        return self.grid.week_of(np.asarray(when, "M8[D]") + np.timedelta64(self.settle_days, "D")) - self.first


@dataclass(frozen=True)
class Weeks:
    """Weekly usage as a cube (events, n, weeks) along an axis, and the rows that came late.

    In the cube stand the rows that were known by the end of their week. `late` are the others, as columns `row`,
    `event`, `week`, `known_in`, `quantity`, `days`: a snapshot sees them from the week after `known_in`.
    """

    events: tuple[str, ...]
    quantity: npt.NDArray[np.float32]
    days: npt.NDArray[np.uint8]
    late: pd.DataFrame
    axis: Axis

    def before(self, as_of: Day, rows: npt.NDArray[np.int64], *, older: Mask, started: npt.NDArray[np.int64]) -> Usage:
        """What was known of some rows at `as_of`; `started` is the week of the axis in which each began."""
        week = int(self.axis.grid.week_of(as_of))
        stop = max(week - self.axis.first, 0)
        quantity, days = _of(self.quantity, rows, stop), _of(self.days, rows, stop)
        late = self.late[self.late["known_in"] < week]
        place = np.full(self.quantity.shape[1], -1)
        place[rows] = np.arange(len(rows))
        late = late[place[late["row"]] >= 0]
        at = (late["event"].to_numpy(), place[late["row"]], late["week"].to_numpy() - self.axis.first)
        np.add.at(quantity, at, late["quantity"].to_numpy())
        np.bitwise_or.at(days, at, late["days"].to_numpy())
        return Usage(self.events, quantity, days, older, started, self.axis.settle_days)


def _of(values: npt.NDArray[Any], rows: npt.NDArray[np.int64], stop: int) -> npt.NDArray[Any]:
    """Some rows of a cube until a week, with the weeks side by side in memory as in the cube."""
    return values[:, :, :stop].transpose(0, 2, 1).take(rows, axis=2).transpose(0, 2, 1)


def read_weeks(
    files: Path, accounts: npt.NDArray[Any], grid: Grid, settle_days: int, by: str = "event"
) -> pd.DataFrame:
    """Rollup of some accounts (sorted ids) by week, in no order: `place` (among `accounts`), `by`, `week`, `known_in`,
    `quantity`, `days`.
    """
    return _query(_WEEKS.format(by=by), files, accounts, {"anchor": str(grid.anchor), "settle": settle_days})


def read_days(files: Path, accounts: npt.NDArray[Any], events: list[str], settle_days: int) -> pd.DataFrame:
    """Rollup of some accounts and events by day: `place`, `day`, `event`, `quantity`, `visible_on`.

    A snapshot sees a row if `visible_on` is before its `as_of`.
    """
    return _query(_DAYS, files, accounts, {"events": events, "settle": settle_days})


def read_people(files: Path, accounts: npt.NDArray[Any], settle_days: int) -> pd.DataFrame:
    """Who of some accounts was active by day: `place`, `user_id`, `day`, `visible_on`."""
    return _query(_PEOPLE, files, accounts, {"settle": settle_days})


def _query(sql: str, files: Path, accounts: npt.NDArray[Any], values: dict[str, Any]) -> pd.DataFrame:
    members = pd.DataFrame({"account_id": pd.array(accounts, dtype="str"), "place": np.arange(len(accounts))})
    values |= {"files": f"{glob.escape(str(files))}/*.parquet", "first": accounts[0], "last": accounts[-1]}
    with duckdb.connect() as connection:
        connection.register("members", members)
        rows: pd.DataFrame = connection.sql(sql, params=values).to_arrow_table().to_pandas()
        return rows


def cube(
    rows: pd.DataFrame, row: npt.NDArray[Any], event: npt.NDArray[Any], *, events: tuple[str, ...], n: int, axis: Axis
) -> Weeks:
    """The cube of `rows`, which stand at the positions `row` of `n` and `event` of `events`."""
    placed = rows[["week", "known_in", "quantity", "days"]].assign(row=row, event=event)
    placed = placed[placed["week"].between(axis.first, axis.stop - 1)]
    is_late = placed["known_in"] > placed["week"]
    on_time, late = placed[~is_late], placed[is_late].sort_values(["row", "event", "week", "known_in"])
    # The weeks of all lie side by side in memory, so that a window is added up week by week, over all at once.
    shape = len(events), axis.stop - axis.first, n
    quantity, days = (np.zeros(shape, kind).transpose(0, 2, 1) for kind in (np.float32, np.uint8))
    at = (on_time["event"], on_time["row"], on_time["week"] - axis.first)
    quantity[at], days[at] = on_time["quantity"], on_time["days"]
    return Weeks(events, quantity, days, late, axis)
