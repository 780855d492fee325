"""How many facts of a feed became known on each day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day, Days, days, of_column


@dataclass(frozen=True)
class Flow:
    """Days that have facts, in order, and how many each has: both (days,).

    `dense`: some facts are expected on every ordinary day.
    """

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
        number = (self.days - self.days[0]).astype(np.int64) // step
        starts = self.days[0] + np.arange(number[-1] + 1) * days(step)
        return starts, np.bincount(number, self.counts).astype(np.int64)


@dataclass(frozen=True)
class Feeds:
    """The feeds of a company, read once.

    `columns` has, by column such as `subscriptions.end_known_at`, a table with the number of `facts` of each `day` and
    `known_on`, the day on which they became known. `facts` has the same by table, by the day on which the facts of its
    rows happened; of a row with corrections the first version counts.
    """

    columns: Mapping[str, pd.DataFrame]
    facts: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def flows(self, before: Day | None = None) -> dict[str, Flow]:
        """The flow of every feed that has facts; with `before`, of what was known before that day.

        A day of usage counts the rows of its rollup by the day on which they happened. Of another table each column
        that says when something became known is a fact, so an end tells of a feed's life as a start does.
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


def _flow(name: str, parts: list[pd.DataFrame], before: Day | None) -> Flow:
    rows = pd.concat(parts)
    if before is not None:
        rows = rows[rows["known_on"] < pd.Timestamp(before)]
    by_day = rows.groupby("day")["facts"].sum()
    days = of_column(by_day.index)
    return Flow(name, days, by_day.to_numpy(np.int64), dense=name == "usage")


def _filled(flows: Iterable[Flow]) -> dict[str, Flow]:
    return {flow.name: flow for flow in flows if len(flow.days)}
