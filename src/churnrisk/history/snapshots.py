"""Of whom, and when, the past is asked for."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churnrisk.history.arrays import Mask


@dataclass(frozen=True)
class Snapshots:
    """`n` snapshots: the `place` of the account among all of the block, and the `week` that begins at `as_of`.

    `older` marks accounts that were there before the first week of the axis; `start_week` is the week in which each
    began (it may be below 0). All are (n,).
    """

    place: npt.NDArray[np.int64]
    week: npt.NDArray[np.int64]
    older: Mask
    start_week: npt.NDArray[np.int64]

    def some(self, members: slice) -> "Snapshots":
        """Those at some positions."""
        return Snapshots(self.place[members], self.week[members], self.older[members], self.start_week[members])
