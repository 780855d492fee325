"""Weeks of many accounts up to a date, as they were known at that date."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churnrisk.history.arrays import Array


@dataclass(frozen=True)
class Seen:
    """The weeks up to a date, (weeks, events, n); those in `then` as they were known then."""

    whole: Array
    then: Mapping[int, Array]

    @property
    def stop(self) -> int:
        """How many weeks there are."""
        return len(self.whole)

    def window(self, weeks: int, before: int = 0) -> Iterator[Array]:
        """The weeks of the window that there are, oldest first, some at a time; it never wraps round."""
        stop = max(self.stop - before, 0)
        start = max(stop - weeks, 0)
        for week in sorted(week for week in self.then if start <= week < stop):
            yield self.whole[start:week]
            yield self.then[week][None]
            start = week + 1
        yield self.whole[start:stop]

    def at(self, week: npt.NDArray[np.int64], event: int, row: npt.NDArray[np.int64]) -> Array:
        """One value for each of some rows, each of its own week."""
        found = self.whole[week, event, row]
        for each, values in self.then.items():
            here = week == each
            found[here] = values[event, row[here]]
        return np.asarray(found)
