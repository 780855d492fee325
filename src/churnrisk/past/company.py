"""What all blocks of a company share."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from churnrisk.clock import Day, Days, Grid, days, days_between
from churnrisk.contract import TABLES
from churnrisk.params.sections import Milestone
from churnrisk.past.arrays import Numbers
from churnrisk.past.tables.ledger import Ledger
from churnrisk.past.usage.weeks import Axis

_NEW_FOR = days(182)
"""Half a year: by then whoever wants a new part of the product has tried it, so not using it says something else."""


@dataclass(frozen=True, kw_only=True)
class Company:
    """The tables and the calendar by which every block looks at them.

    `usage` is the folder of the rollup, which `Block.read` alone looks into. `usage_from` is the first day of recorded
    usage; a day's usage is complete `settle_days` after it. `has_users` says whether usage tells who did it.
    """

    usage: Path
    tables: Mapping[str, pd.DataFrame]
    grid: Grid
    usage_from: Day
    settle_days: int
    milestones: Mapping[str, Milestone]
    has_users: bool
    released: Mapping[str, Day] = field(default_factory=dict)
    """When new parts of the product came out, by event."""
    activity_events: tuple[str, ...] = ()
    """Events that are activity; none: all."""
    recorded_from: Mapping[Day, Day] = field(default_factory=dict)
    """By date, the first day of usage on record as far as the date knew, where that is not `usage_from`."""

    @cached_property
    def ledgers(self) -> Mapping[str, Ledger]:
        """The tables, as they were known at any date."""
        return {name: Ledger(rows, TABLES[name]) for name, rows in self.tables.items()}

    def new_events(self, as_of: Day) -> tuple[str, ...]:
        """Events that came out in the half year before `as_of`."""
        return tuple(event for event, since in self.released.items() if since < as_of <= since + _NEW_FOR)

    def recorded(self, as_of: Days) -> Days:
        """The first day of usage on record, as far as each of some dates knew."""
        dates, date = np.unique(as_of, return_inverse=True)
        return np.array([self.recorded_from.get(each, self.usage_from) for each in dates], "M8[D]")[date]

    def observed_days(self, as_of: Days, started_on: Days) -> Numbers:
        """Days since the start of which usage is on record and complete at `as_of`, NaN where there is none: (n,)."""
        observed = days_between(as_of, np.maximum(started_on, self.recorded(as_of))) - self.settle_days
        return np.where(observed > 0, observed, np.nan)

    def axis(self, last: Day) -> Axis:
        """All weeks from the one in which usage begins to the one before the date `last`."""
        weeks = Axis(grid=self.grid, settle_days=self.settle_days, first=0, stop=int(self.grid.week_of(last)))
        first = int(weeks.week_of(self.usage_from))
        return replace(weeks, first=first, stop=max(weeks.stop, first))
