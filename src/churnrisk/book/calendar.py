"""Months, quarters, years and rolling twelve months, as ranges of months between two dates."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from churnrisk.clock import Day, Days
from churnrisk.words import MONTHS

Kind = Literal["month", "quarter", "year", "rolling"]

KINDS: dict[Kind, str] = {
    "month": "calendar months",
    "quarter": "calendar quarters",
    "year": "calendar years",
    "rolling": "twelve months up to the end of each month",
}

MOST_MONTHS = 60
"""Five years: what lies further back says little about a company of today, and would be most of the table."""


@dataclass(frozen=True)
class Period:
    """From the month boundary `start` until the boundary `stop`, by position among the boundaries; `months` long."""

    kind: Kind
    name: str
    start: int
    stop: int

    @property
    def months(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True)
class Calendar:
    """The first days of the months from the first complete one to the one after the last: (months + 1,).

    >>> calendar = Calendar.of(Day("2024-11-20"), Day("2025-02-10"))
    >>> calendar.boundaries
    array(['2024-12-01', '2025-01-01', '2025-02-01'], dtype='datetime64[D]')
    >>> [period.name for period in calendar.periods()]
    ['Dec 2024', 'Jan 2025']
    """

    boundaries: Days

    @classmethod
    def of(cls, first: Day, as_of: Day) -> "Calendar":
        """Of all months that lie between two days as a whole, the last `MOST_MONTHS` at most."""
        begin, last = first.astype("M8[M]"), as_of.astype("M8[M]")
        begin = begin if begin.astype("M8[D]") == first else begin + 1
        months = np.arange(max(begin, last - MOST_MONTHS), last + 1)
        return cls(months.astype("M8[D]"))

    def periods(self) -> list[Period]:
        """All periods that the boundaries hold as a whole: months, quarters, years, rolling twelve months, in order."""
        return [*self._steps("month", 1), *self._steps("quarter", 3), *self._steps("year", 12), *self._rolling()]

    def _steps(self, kind: Kind, months: int) -> Iterator[Period]:
        for at, when in enumerate(self.boundaries[:-1]):
            if int(when.astype("M8[M]").astype(int)) % months == 0 and at + months < len(self.boundaries):
                yield Period(kind, name_of(kind, when), at, at + months)

    def _rolling(self) -> Iterator[Period]:
        for stop in range(12, len(self.boundaries)):
            last = self.boundaries[stop - 1]
            yield Period("rolling", f"12 months to {name_of('month', last)}", stop - 12, stop)


def name_of(kind: Kind, first: Day) -> str:
    """A period in words, by its first day.

    >>> [name_of(kind, Day("2025-04-01")) for kind in ("month", "quarter", "year")]
    ['Apr 2025', 'Q2 2025', '2025']
    """
    month = int(first.astype("M8[M]").astype(int)) % 12
    year = str(first.astype("M8[Y]"))
    return {"month": f"{MONTHS[month]} {year}", "quarter": f"Q{month // 3 + 1} {year}"}.get(kind, year)
