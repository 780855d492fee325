"""Dates that are all the same: a table without dates was given one, that of its export."""

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from churnrisk.contract import Table

_FEWEST = 20
"""Dates from which on it is no accident that all are the same; a small company may have two churns on one Monday."""


@dataclass(frozen=True)
class Dates:
    """How many dates there are, the first and the last.

    >>> days = Dates(count=20, first=dt.date(2025, 1, 1), last=dt.date(2025, 1, 1))
    >>> days.are_one, days.joined(Dates(count=1, first=dt.date(2025, 1, 2), last=dt.date(2025, 1, 2))).are_one
    (True, False)
    """

    count: int = 0
    first: dt.date = dt.date.max
    last: dt.date = dt.date.min

    def joined(self, other: "Dates") -> "Dates":
        """These and others."""
        return Dates(self.count + other.count, min(self.first, other.first), max(self.last, other.last))

    @property
    def are_one(self) -> bool:
        """Are they many, and all the same?"""
        return self.count >= _FEWEST and self.first == self.last


def dates(rows: pd.DataFrame, table: Table) -> dict[str, Dates]:
    """The dates of sound rows that a model learns from, by what they are called: starts and ends, days of usage.

    Ends as planned are left out, because a season or a course is over for all on the same day.
    """
    if table.name == "usage":
        return {"days": _of(rows["day"])}
    if table.name != "subscriptions":
        return {}
    unplanned = rows["ended_on"].where(rows["ended_on"] != rows["planned_end_on"])
    return {"starts": _of(rows["started_on"]), "ends": _of(unplanned)}


def _of(days: "pd.Series[pd.Timestamp]") -> Dates:
    known = days.dropna()
    return Dates(len(known), known.min().date(), known.max().date()) if len(known) else Dates()
