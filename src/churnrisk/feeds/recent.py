"""Usage as the checks look at it: what is recent enough to hold a list, and what is only worth a note."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from churnrisk.clock import Day
from churnrisk.feeds.finding import Evidence, Severity
from churnrisk.feeds.seen import Seen
from churnrisk.feeds.usual import Series
from churnrisk.past.arrays import Mask

Result = TypeVar("Result")

LEANED_ON = 28
"""Days before a date that its features lean on most: the four weeks that most of them compare with earlier ones."""

_LONG = 3
"""A fault on this many of those days holds a list even when none of them is in its last week: a weekend and a day."""


@dataclass(frozen=True)
class Recent:
    """Usage that was `seen`, of which a fault in the last `days` days, or a long one, holds a list.

    An older one is a note: it has misled the lists before, and says little about this one.
    """

    seen: Seen
    days: int = 7
    _computed: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def evidence(
        self, at: Mask, found: float, usual: float, sentence: str, *, note: bool = False, event: str = ""
    ) -> Evidence:
        """Evidence of a fault on the days that are marked, (days,); with `note` it holds no list in any case."""
        days, where = self.seen.days, np.flatnonzero(at)
        recent = len(days) - where[-1] <= self.days or len(where) >= _LONG
        severity: Severity = "hold" if recent and not note else "note"
        return Evidence(
            severity=severity,
            first_day=days[where[0]],
            last_day=days[where[-1]],
            found=float(found),
            usual=float(usual),
            sentence=sentence,
            event=event,
        )

    def leaned_on(self, flags: Mask) -> Mask:
        """Flags of the days that a list leans on, no others."""
        return flags & (np.arange(len(flags)) >= len(flags) - LEANED_ON)

    def once(self, name: str, compute: Callable[[], Result]) -> Result:
        """What `compute` gives; the next time it is asked for by this name, the same."""
        if name not in self._computed:
            self._computed[name] = compute()
        result: Result = self._computed[name]
        return result


def worst(flags: Mask, values: Series) -> int:
    """The index of the flag with the greatest value.

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
