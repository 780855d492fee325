"""Who of an account's people did something. Distinct people are counted, never summed over weeks."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from churnrisk.history.arrays import Mask, Numbers, ratio
from churnrisk.history.usage import Usage


@dataclass(frozen=True)
class People:
    """Past usage of every user of `n` accounts, already cut to what was known at `as_of`.

    `usage` has a row a user, `account` the position of the user's account. `older` marks accounts that were there
    before usage was recorded: a window that reaches back so far is NaN for them.

    >>> from churnrisk.clock import Grid, day
    >>> from churnrisk.history.daily import Daily
    >>> from churnrisk.history.weeks import Axis, weeks_of
    >>> days, user = np.array(["2025-01-06", "2025-01-06", "2025-01-13", "2025-01-13"], "M8[D]"), np.array([0, 1, 1, 2])
    >>> daily = Daily(("any",), user, np.zeros(4, int), days, days, np.array([5.0, 1, 1, 2]))
    >>> weeks = weeks_of(daily, 3, Axis(Grid(day("2025-01-06")), settle_days=0, first=0, stop=2))
    >>> usage = weeks.before(day("2025-01-20"), np.arange(3), older=np.zeros(3, bool), start_week=np.zeros(3, int))
    >>> people = People(usage, np.array([0, 0, 1]), accounts=2, older=np.zeros(2, bool))
    >>> people.active(weeks=1), people.active(weeks=2), people.lost(weeks=1, of=1)
    (array([1., 1.]), array([2., 1.]), array([1., 0.]))
    >>> people.heaviest_share(weeks=2), people.heaviest_silent_days(weeks=2)
    (array([0.71428571, 1.        ]), array([14.,  7.]))
    """

    usage: Usage
    account: npt.NDArray[np.int64]
    accounts: int
    older: Mask

    def active(self, weeks: int, before: int = 0) -> Numbers:
        """How many different people were active."""
        return self._count(self._active(weeks, before), weeks + before)

    def lost(self, weeks: int, of: int) -> Numbers:
        """How many of those active in the `of` weeks before were not active in the last `weeks`."""
        return self._count(self._active(of, weeks) & ~self._active(weeks), weeks + of)

    def heaviest_share(self, weeks: int) -> Numbers:
        """Share of all usage by the one heaviest user; NaN where there was none."""
        total = self.usage.recorded(weeks)
        return ratio(self._most(total), np.bincount(self.account, total, self.accounts))

    def heaviest_silent_days(self, weeks: int) -> Numbers:
        """Days since the heaviest user of the last weeks was last active; NaN where nobody was."""
        total = self.usage.recorded(weeks)
        heaviest = np.flatnonzero((total > 0) & (total == self._most(total)[self.account]))
        silent = np.full(self.accounts, np.nan)
        silent[self.account[heaviest]] = self.usage.days_since()[heaviest]
        return silent

    def _most(self, total: Numbers) -> Numbers:
        """That of the heaviest user; 0 where there is none."""
        most = np.zeros(self.accounts)
        np.maximum.at(most, self.account, total)
        return most

    def _active(self, weeks: int, before: int = 0) -> npt.NDArray[np.bool_]:
        return self.usage.is_active(weeks, before)

    def _count(self, which: Mask, reach: int) -> Numbers:
        counts = np.bincount(self.account[which], minlength=self.accounts).astype(float)
        return np.where(self.older, np.nan, counts) if reach > self.usage.weeks else counts
