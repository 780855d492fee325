"""Who of an account's people did something. Distinct people are counted, never summed over weeks."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from churnrisk.past.arrays import Array, Mask, Numbers, is_first, ratio
from churnrisk.past.snapshots import OfSnapshots, Snapshots
from churnrisk.past.usage.running_totals import RunningTotals
from churnrisk.past.usage.weeks import Axis, weeks_of
from churnrisk.rollup.read import Daily


class Users:
    """The users of `n` accounts: their `track`, and the place of the account of each, in order."""

    def __init__(self, track: RunningTotals, account: npt.NDArray[np.int64], n: int) -> None:
        self.track, self.n = track, n
        self._first = np.flatnonzero(is_first(account))
        self._many = np.diff(self._first, append=len(account))
        self.accounts = account[self._first]

    def count(self, which: Mask) -> Array:
        """How many of those that are marked, (begins, users), each account has: (begins, accounts)."""
        return np.add.reduceat(which, self._first, axis=1, dtype=np.int32)

    def heaviest(self, totals: Array, last_day: Array) -> Array:
        """Of the heaviest user by `totals`, the share of them and the `last_day`: (2, begins, accounts).

        Both have the shape (begins, users).
        """
        most = np.maximum.reduceat(totals, self._first, axis=1)
        who = np.where(totals == np.repeat(most, self._many, axis=1), np.arange(totals.shape[1]), 0)
        last = np.take_along_axis(last_day, np.maximum.reduceat(who, self._first, axis=1), axis=1)
        share = ratio(most, np.add.reduceat(totals, self._first, axis=1))
        return np.array([share, np.where(most > 0, last, np.nan)])


class People(OfSnapshots):
    """Past usage by the people of `n` snapshots, as it was known at the `as_of` of each; every summary has the shape
    (n,).

    What they did before usage was recorded is not known, and how many did is NaN for accounts that were there, if the
    window reaches so far back; who did most is told of the record alone.

    >>> from churnrisk.clock import Grid, day
    >>> from churnrisk.rollup.read import Daily
    >>> from churnrisk.past.usage.weeks import Axis, weeks_of
    >>> days, user = np.array(["2025-01-06", "2025-01-06", "2025-01-13", "2025-01-13"], "M8[D]"), np.array([0, 1, 1, 2])
    >>> daily = Daily(("any",), user, np.zeros(4, int), days, days, np.array([5.0, 1, 1, 2]))
    >>> weeks = weeks_of([daily], 3, Axis(Grid(day("2025-01-06")), settle_days=0, first=0, stop=2))
    >>> snapshots = Snapshots(np.arange(2), np.array([2, 2]), np.zeros(2, bool), np.zeros(2, int))
    >>> people = People(Users(weeks.track(), np.array([0, 0, 1]), n=2), snapshots, settle_days=0)
    >>> people.active(weeks=1), people.active(weeks=2), people.lost(weeks=1, of=1)
    (array([1., 1.]), array([2., 1.]), array([1., 0.]))
    >>> people.heaviest_share(weeks=2), people.heaviest_silent_days(weeks=2)
    (array([0.71428571, 1.        ]), array([14.,  7.]))
    """

    def __init__(self, users: Users, snapshots: Snapshots, settle_days: int) -> None:
        super().__init__(snapshots)
        self._users, self._settle_days = users, settle_days

    def active(self, weeks: int, before: int = 0) -> Numbers:
        """How many different people were active."""
        return self._count(("active", weeks, before), lambda: self._active(weeks, before), weeks + before)

    def lost(self, weeks: int, of: int) -> Numbers:
        """How many of those active in the `of` weeks before were not active in the last `weeks`."""
        return self._count(("lost", weeks, of), lambda: self._active(of, weeks) & ~self._active(weeks), weeks + of)

    def heaviest_share(self, weeks: int) -> Numbers:
        """Share of all usage by the one heaviest user; NaN where there was none."""
        return np.asarray(self._heaviest(weeks)[0])

    def heaviest_silent_days(self, weeks: int) -> Numbers:
        """Days since the heaviest user of the last weeks was last active; NaN where nobody was."""
        return np.asarray(7.0 * self._snapshots.week + 1 - self._heaviest(weeks)[1] + self._settle_days)

    def _active(self, weeks: int, before: int = 0) -> Mask:
        """Who was active: (begins, users)."""
        return np.asarray(self._users.track.window("weeks", self._snapshots.begins, weeks, before) > 0)

    def _count(self, asked: Hashable, which: Callable[[], Mask], reach: int) -> Numbers:
        """How many of those that are marked, (begins, users)."""
        # Of who has no people, `_each` has NaN, and nobody is 0.
        counts = self._once(asked, lambda: self._each(self._users.count(which())))
        return self._if_known(np.nan_to_num(counts), reach)

    def _heaviest(self, weeks: int) -> Array:
        """Of the heaviest user, of equal ones the last by name, the share and the last day: (2, n)."""

        def find() -> Array:
            track, begins = self._users.track, self._snapshots.begins
            totals = track.window("quantity", begins, weeks)
            return self._each(self._users.heaviest(totals, track.last_day[begins.start : begins.stop]))

        return self._once(("heaviest", weeks), find)

    def _each(self, table: Array) -> Array:
        """Of a table, (..., begins, accounts with people), each snapshot's value: (..., all); NaN: it has nobody."""
        found = np.full((*table.shape[:-1], self._users.n), np.nan)
        found[..., self._users.accounts] = table
        return np.asarray(found[..., self._snapshots.week - self._snapshots.begins.start, self._snapshots.place])


def users_of(people: Sequence[Daily], n: int, axis: Axis) -> Users:
    """The users of `n` accounts, in order of account, then of name; of what `people` did, in parts."""
    many = np.int64(len(people[0].names))
    key = [part.place * many + part.code for part in people]
    # Rows of one person follow each other for a month, so that few of them need to be looked up.
    runs = [np.flatnonzero(is_first(each)) for each in key]
    begins = np.concatenate([each[run] for each, run in zip(key, runs, strict=True)])
    who, found = np.unique(begins, return_inverse=True)
    persons = np.split(found, np.cumsum([len(run) for run in runs])[:-1])
    rows = [
        replace(part, names=("any",), place=np.repeat(person, np.diff(run, append=len(part.code))), code=0 * part.code)
        for part, person, run in zip(people, persons, runs, strict=True)
    ]
    return Users(weeks_of(rows, len(who), axis).track(), who // many, n)
