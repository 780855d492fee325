"""Usage of the last year or so as it was known before a date: by day, and by account for a fair sample of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from churnrisk.clock import Days
from churnrisk.past.arrays import Mask

SPAN = 66 * 7
"""Days looked back on: a year, so that last year's holidays are among them, and fourteen weeks before it, which show
what was usual on its first days."""

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Usage on each of `days`, the last of which is the day before the date, less the days that may still settle.

    `rows`, `copies`, `ahead`, `again`, `accounts`, `users`, `user_rows` have one value a day. `cells` are the rows of
    sampled accounts, (accounts, days), `events` whether one used an event, (events, accounts, days), and `running`
    whether a subscription of theirs ran, (accounts, days). `began` is the first day of each event of `names` in the
    span. `repeated` is the share of the cells of account, day and event in which every row is there two times, or
    three. `groups` has, by column such as `region`, the value of each sampled account, (accounts,).
    """

    days: Days
    rows: Counts
    copies: Counts
    ahead: Counts
    again: Counts
    accounts: Counts
    users: Counts
    user_rows: Counts
    cells: npt.NDArray[np.float32]
    events: Mask
    running: Mask
    names: tuple[str, ...]
    began: Days
    repeated: float = 0.0
    groups: Mapping[str, npt.NDArray[np.object_]] = field(default_factory=dict)

    @property
    def start(self) -> int:
        """The index of the first day with any usage."""
        return int(np.argmax(self.rows > 0))
