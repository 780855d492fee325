"""Which of an account's users did something. Distinct users are counted, never summed over weeks."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from churnrisk.clock import Day
from churnrisk.past.arrays import Array, Mask, Numbers, is_first, ratio
from churnrisk.past.snapshots import OfSnapshots, Snapshots
from churnrisk.past.usage.running_totals import RunningTotals
from churnrisk.past.usage.weeks import Axis, weeks_of
from churnrisk.rollup.read import Daily

USUAL_WEEKS = 12
"""So far back the features and facts of this package look at users; whoever looks further pays for one more reading. No
value depends on this number."""

ByUser = Callable[[Day], Sequence[Daily]]
"""Gives the parts of a rollup by user that have all rows from a day on; they may have earlier ones too."""


class UserTotals:
    """Running totals of the users of `n` accounts along an axis.

    `account_index`, (users,), is the account of each user, in order. `accounts` are those that have any users.
    """

    def __init__(self, totals: RunningTotals, axis: Axis, *, account_index: npt.NDArray[np.int64], n: int) -> None:
        self.totals, self.axis, self.n = totals, axis, n
        self._first = np.flatnonzero(is_first(account_index))
        self._many = np.diff(self._first, append=len(account_index))
        self.accounts = account_index[self._first]

    def count(self, which: Mask) -> Array:
        """How many of the marked users, (begins, users), each account has: (begins, accounts)."""
        return np.add.reduceat(which, self._first, axis=1, dtype=np.int32)

    def heaviest(self, totals: Array, last_day: Array) -> Array:
        """Of the heaviest user of each account, their share of `totals` and their `last_day`: (2, begins, accounts).

        Both arguments are (begins, users). Of users with equal totals the last by name is taken.
        """
        most = np.maximum.reduceat(totals, self._first, axis=1)
        who = np.where(totals == np.repeat(most, self._many, axis=1), np.arange(totals.shape[1]), 0)
        last = np.take_along_axis(last_day, np.maximum.reduceat(who, self._first, axis=1), axis=1)
        share = ratio(most, np.add.reduceat(totals, self._first, axis=1))
        return np.array([share, np.where(most > 0, last, np.nan)])


class UsersInReach:
    """The users of `n` accounts along an axis, read as far back as views look, once they do.

    Users are the longer part of a rollup, and windows that count them are short. So with `first`, the first week that
    begins at a date of the block, only `USUAL_WEEKS` before it are read, and all months where a view looks further.
    Where all parts are at hand, as `everything`, nothing is read.
    """

    def __init__(
        self, by_user: ByUser, axis: Axis, *, n: int, first: int, everything: Sequence[Daily] | None = None
    ) -> None:
        self.axis, self.n = axis, n
        self._by_user = by_user
        self._usual = max(first - USUAL_WEEKS, 0) if everything is None else 0
        self._totals = {} if everything is None else {0: user_totals(everything, n, axis)}

    def since(self, week: int) -> UserTotals:
        """Totals in which all weeks of the axis from this one on are whole; weeks before may lack rows."""
        first = self._usual if week >= self._usual else 0
        if first not in self._totals:
            self._totals[first] = user_totals(self._by_user(self.axis.starts_on(first)), self.n, self.axis)
        return self._totals[first]


class Users(OfSnapshots):
    """Past usage by the users of `n` snapshots, each as it was known at its own `as_of`; every summary is (n,).

    What users did before usage was recorded is not known. A count is NaN for accounts that were there, if the window
    reaches so far back; who used most is said of the record alone.

    >>> from churnrisk.past.example import views
    >>> users = views()["users"]
    >>> users.active(weeks=1), users.active(weeks=2), users.lost(weeks=1, of=1)
    (array([1., 0., 0., 1.]), array([1., 0., 2., 1.]), array([0., 0., 2., 0.]))
    >>> users.heaviest_share(weeks=2), users.heaviest_silent_days(weeks=2)
    (array([1. , nan, 0.6, 1. ]), array([ 7., nan,  8.,  6.]))
    """

    def __init__(self, users: UsersInReach, snapshots: Snapshots) -> None:
        super().__init__(snapshots)
        self._users = users

    def active(self, weeks: int, before: int = 0) -> Numbers:
        """How many different users were active."""
        return self._count(("active", weeks, before), lambda of: self._active(of, weeks, before), weeks + before)

    def lost(self, weeks: int, of: int) -> Numbers:
        """How many of the users active in the `of` weeks before were not active in the last `weeks`."""

        def gone(users: UserTotals) -> Mask:
            return self._active(users, of, weeks) & ~self._active(users, weeks)

        return self._count(("lost", weeks, of), gone, weeks + of)

    def heaviest_share(self, weeks: int) -> Numbers:
        """Share of all usage by the one heaviest user; NaN where there was none."""
        return np.asarray(self._heaviest(weeks)[0])

    def heaviest_silent_days(self, weeks: int) -> Numbers:
        """Days since the heaviest user of the last weeks was last active; NaN where nobody was."""
        return self._users.axis.days_since(self._heaviest(weeks)[1], self._snapshots.week)

    def _active(self, users: UserTotals, weeks: int, before: int = 0) -> Mask:
        """Which users were active: (begins, users)."""
        return np.asarray(users.totals.window("weeks", self._snapshots.begins, weeks, before) > 0)

    def _count(self, asked: Hashable, which: Callable[[UserTotals], Mask], reach: int) -> Numbers:
        """How many of the marked users, (begins, users), each snapshot has; `reach` weeks back are looked at."""

        def compute() -> Array:
            users = self._back(reach)
            return self._each(users, users.count(which(users)))

        # `_each` gives NaN for an account without users: none of them is 0.
        return self._if_known(np.nan_to_num(self._once(asked, compute)), reach)

    def _heaviest(self, weeks: int) -> Array:
        """The share and the last day of each snapshot's heaviest user: (2, n)."""

        def compute() -> Array:
            begins, users = self._snapshots.begins, self._back(weeks)
            totals = users.totals.window("quantity", begins, weeks)
            # Whoever is heaviest was active in these weeks, so no earlier one has their last day.
            last_day = users.totals.last_day[begins.start : begins.stop]
            return self._each(users, users.heaviest(totals, last_day))

        return self._once(("heaviest", weeks), compute)

    def _back(self, weeks: int) -> UserTotals:
        """Totals in which so many weeks before every snapshot are whole."""
        return self._users.since(self._snapshots.begins.start - weeks)

    def _each(self, users: UserTotals, table: Array) -> Array:
        """Each snapshot's value, (..., n), of a table (..., begins, accounts that have users); NaN: it has none."""
        everybody = np.full((*table.shape[:-1], users.n), np.nan)
        everybody[..., users.accounts] = table
        week = self._snapshots.week - self._snapshots.begins.start
        return np.asarray(everybody[..., week, self._snapshots.account_index])


def user_totals(by_user: Sequence[Daily], n: int, axis: Axis) -> UserTotals:
    """The users of `n` accounts, in order of account and then of name, from the parts of their rollup."""
    many = np.int64(len(by_user[0].names))
    key = [part.account_index * many + part.code for part in by_user]
    # The rows of a user follow each other for a month, so only the first of each run needs to be looked up.
    runs = [np.flatnonzero(is_first(each)) for each in key]
    begins = np.concatenate([each[run] for each, run in zip(key, runs, strict=True)])
    users, which = np.unique(begins, return_inverse=True)
    by_part = np.split(which, np.cumsum([len(run) for run in runs])[:-1])
    rows = [_by_user(part, user, run) for part, user, run in zip(by_user, by_part, runs, strict=True)]
    totals = weeks_of(rows, len(users), axis).running_totals()
    return UserTotals(totals, axis, account_index=users // many, n=n)


def _by_user(part: Daily, user: npt.NDArray[np.int64], run: npt.NDArray[np.int64]) -> Daily:
    """Rows in which a user stands in the place of the account; `user` is that of each run of rows, `run` its first."""
    index = np.repeat(user, np.diff(run, append=len(part.code)))
    return replace(part, names=("any",), account_index=index, code=0 * part.code)
