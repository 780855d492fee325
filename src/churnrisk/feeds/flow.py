"""How many facts of a feed became known on each day."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day, Days
from churnrisk.contract import TABLES
from churnrisk.store.engine import file


@dataclass(frozen=True)
class Flow:
    """Days that have facts, in order, and how many each has. `dense`: some are expected on every ordinary day."""

    name: str
    days: Days
    counts: npt.NDArray[np.int64]
    dense: bool = False

    def by(self, step: int) -> tuple[Days, npt.NDArray[np.int64]]:
        """Facts of every `step` days from the first day on: the first day of each step, and counts.

        >>> starts, counts = Flow("tickets", np.array(["2025-01-01", "2025-01-09"], "M8[D]"), np.array([3, 1])).by(7)
        >>> starts, counts
        (array(['2025-01-01', '2025-01-08'], dtype='datetime64[D]'), array([3, 1]))
        """
        place = (self.days - self.days[0]).astype(np.int64) // step
        starts = self.days[0] + np.arange(place[-1] + 1) * np.timedelta64(step, "D")
        return starts, np.bincount(place, self.counts).astype(np.int64)


@dataclass(frozen=True)
class Feeds:
    """The feeds of a company, read once: where their files are, and the facts by column.

    `columns` has, by column such as `subscriptions.end_known_at`, how many `facts` there are of each `day` and
    `known` day.
    """

    tables: Path
    usage: Path
    columns: dict[str, pd.DataFrame]

    def flows(self, before: Day | None = None) -> dict[str, Flow]:
        """The flow of every feed that has facts; with `before`, of what was known before that day.

        A day of usage counts the rows of its rollup by the day on which they happened. Of another table each column
        that says when something became known is a fact, so that an end tells of a feed's life as a start does.
        """
        names = dict.fromkeys(table_of(column) for column in self.columns)
        parts = {name: [rows for column, rows in self.columns.items() if table_of(column) == name] for name in names}
        return _filled(_flow(name, rows, before) for name, rows in parts.items())

    def columns_apart(self, before: Day | None = None) -> dict[str, Flow]:
        """The same, with a flow of its own for each column, such as `subscriptions.end_known_at`."""
        return _filled(_flow(column, [rows], before) for column, rows in self.columns.items())


def table_of(column: str) -> str:
    """The table of a column.

    >>> table_of("subscriptions.end_known_at"), table_of("usage")
    ('subscriptions', 'usage')
    """
    return column.split(".")[0]


def read_feeds(tables: Path, usage: Path) -> Feeds:
    """The facts of every feed, from `data/tables/` and the rollup in `data/usage/`; `accounts` don't flow."""
    facts = {"usage": f"SELECT day, known_on AS known FROM read_parquet({all_of(usage / 'daily')})"}
    for name, table in TABLES.items():
        path = tables / f"{name}.parquet"
        if name not in ("usage", "accounts") and path.exists():
            for column in sorted({"known_at", *table.known_by().values()}):
                facts[f"{name}.{column}"] = f"SELECT {column} AS day, {column} AS known FROM {file(path)}"
    with duckdb.connect(config={"threads": 2}) as connection:
        return Feeds(tables, usage, {name: _counted(connection, sql) for name, sql in facts.items()})


def all_of(folder: Path) -> str:
    """All Parquet files of a folder as SQL text.

    >>> all_of(Path("the boss's data"))
    "'the boss''s data/*.parquet'"
    """
    return file(folder).removesuffix("'") + "/*.parquet'"


def _counted(connection: duckdb.DuckDBPyConnection, facts: str) -> pd.DataFrame:
    days = "SELECT day::DATE AS day, known::DATE AS known, count(*) AS facts"
    return connection.execute(f"{days} FROM ({facts}) WHERE day IS NOT NULL GROUP BY ALL").df()


def _flow(name: str, parts: list[pd.DataFrame], before: Day | None) -> Flow:
    rows = pd.concat(parts)
    if before is not None:
        rows = rows[rows["known"] < pd.Timestamp(before)]
    by_day = rows.groupby("day")["facts"].sum()
    days = by_day.index.to_numpy("M8[D]")
    return Flow(name, days, by_day.to_numpy(np.int64), dense=name == "usage")


def _filled(found: Iterable[Flow]) -> dict[str, Flow]:
    return {flow.name: flow for flow in found if len(flow.days)}
