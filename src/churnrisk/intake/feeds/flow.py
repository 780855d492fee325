"""How many facts of a feed became known on each day."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt

from churnrisk.clock import Day, Days
from churnrisk.contract import TABLES
from churnrisk.intake.engine import file

_EVER = "infinity"


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


def flows(tables: Path, usage: Path, before: Day | None = None, *, apart: bool = False) -> dict[str, Flow]:
    """The flow of every feed that has facts; with `before`, of what was known before that day.

    A day of usage counts the rows of its rollup by the day on which they happened. Of another table each column that
    says when something became known is a fact, so that an end tells of a feed's life as a start does; `apart` gives
    each such column a flow of its own, such as `subscriptions.end_known_at`.
    """
    cut = _EVER if before is None else str(before)
    facts = {
        "usage": f"SELECT day AS fact FROM read_parquet({all_of(usage / 'daily')}) WHERE known_on < $cut::TIMESTAMP"
    }
    for name, table in TABLES.items():
        if name not in ("usage", "accounts") and (tables / f"{name}.parquet").exists():
            columns = sorted({"known_at", *table.known_by().values()})
            for group in [[column] for column in columns] if apart else [columns]:
                facts[f"{name}.{group[0]}" if apart else name] = _known(tables / f"{name}.parquet", group)
    with duckdb.connect(config={"threads": 2}) as connection:
        found = {name: _flow(connection, name, sql, cut) for name, sql in facts.items()}
    return {name: flow for name, flow in found.items() if len(flow.days)}


def all_of(folder: Path) -> str:
    """All Parquet files of a folder as SQL text.

    >>> all_of(Path("the boss's data"))
    "'the boss''s data/*.parquet'"
    """
    return file(folder).removesuffix("'") + "/*.parquet'"


def _known(path: Path, columns: list[str]) -> str:
    each = (f"SELECT {column} AS fact FROM {file(path)} WHERE {column} < $cut::TIMESTAMP" for column in columns)
    return " UNION ALL ".join(each)


def _flow(connection: duckdb.DuckDBPyConnection, name: str, facts: str, cut: str) -> Flow:
    by_day = f"SELECT fact::DATE AS day, count(*) AS facts FROM ({facts}) GROUP BY day ORDER BY day"
    rows = connection.execute(by_day, {"cut": cut}).fetchnumpy()
    return Flow(name, np.asarray(rows["day"], "M8[D]"), np.asarray(rows["facts"], np.int64), dense=name == "usage")
