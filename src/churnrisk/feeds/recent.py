"""Findings of usage, and which of them are recent enough to hold a list."""

from dataclasses import dataclass

import numpy as np

from churnrisk.clock import Day
from churnrisk.feeds.finding import FeedFinding, Severity
from churnrisk.feeds.seen import Seen
from churnrisk.feeds.usual import Mask, Series

LEANED_ON = 28  # days that the features of a list lean on most
_LONG = 3  # so many of those days hold a list even when they are not of its last week


@dataclass(frozen=True)
class Recent:
    """Makes findings of usage: what lies in the last `days` days, or is long, holds; what is older is a note."""

    seen: Seen
    days: int = 7

    def finding(
        self, check: str, places: Mask, found: float, ordinary: float, evidence: str, *, note: bool = False
    ) -> FeedFinding:
        """A finding on the days of `places`; the evidence is about one of them."""
        days, where = self.seen.days, np.flatnonzero(places)
        recent = len(days) - where[-1] <= self.days or len(where) >= _LONG
        severity: Severity = "hold" if recent and not note else "note"
        return FeedFinding(
            "usage", check, severity, days[where[0]], days[where[-1]], float(found), float(ordinary), evidence
        )

    def leaned_on(self, flags: Mask) -> Mask:
        """Flags of the days that a list leans on, no others."""
        return flags & (np.arange(len(flags)) >= len(flags) - LEANED_ON)


def worst(flags: Mask, values: Series) -> int:
    """The place of the flag with the greatest value.

    >>> worst(np.array([True, False, True]), np.array([-2.0, 5, -1]))
    2
    """
    return int(np.argmax(np.where(flags, values, -np.inf)))


def weekday(day: Day) -> str:
    """Its name.

    >>> weekday(Day("2025-03-10"))
    'Monday'
    """
    return str(day.astype("M8[s]").item().strftime("%A"))
