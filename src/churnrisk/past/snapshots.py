"""Of whom, and when, the past is asked for."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from churnrisk.past.arrays import Array, Mask, Numbers, read_only


@dataclass(frozen=True)
class Snapshots:
    """`n` snapshots: the `place` of the account among all of the block, and the `week` that begins at `as_of`.

    `predates_usage` marks accounts that were there before usage was recorded; `start_week` is the week in which each
    began (it may be below 0). All are (n,).
    """

    place: npt.NDArray[np.int64]
    week: npt.NDArray[np.int64]
    predates_usage: Mask
    start_week: npt.NDArray[np.int64]

    @cached_property
    def begins(self) -> range:
        """All weeks from the first that begins at an `as_of` to the last."""
        return range(int(self.week.min()), int(self.week.max()) + 1)

    def some(self, members: slice) -> "Snapshots":
        """Those at some positions."""
        return Snapshots(
            self.place[members], self.week[members], self.predates_usage[members], self.start_week[members]
        )


class OfSnapshots:
    """A view of snapshots, which computes once what several features ask for."""

    def __init__(self, snapshots: Snapshots) -> None:
        self._snapshots = snapshots
        self._found: dict[Hashable, Array] = {}

    def _once(self, asked: Hashable, compute: Callable[[], Array]) -> Array:
        """What is computed, (..., n), once for whoever asks."""
        if asked not in self._found:
            self._found[asked] = read_only(compute())
        return self._found[asked]

    def _if_known(self, values: Numbers, reach: int) -> Numbers:
        """NaN for who was there before the record, if so many weeks reach back to before it."""
        return np.where(self._snapshots.predates_usage & (reach > self._snapshots.week), np.nan, values)
