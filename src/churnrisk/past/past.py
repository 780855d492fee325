"""A block of accounts through time: the views that features receive, at every `as_of`."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day, Days, days_between
from churnrisk.contract import TABLES
from churnrisk.errors import SourceError
from churnrisk.past.company import Company
from churnrisk.past.snapshots import SnapshotKeys, Snapshots, account_ids
from churnrisk.past.tables.columns import LazyColumns
from churnrisk.past.tables.entries import AccountRows, Positions
from churnrisk.past.tables.records import Records
from churnrisk.past.tables.spells import terms_at
from churnrisk.past.usage.many_events import ManyEvents, usage_by_week
from churnrisk.past.usage.milestones import Milestones
from churnrisk.past.usage.rhythm import Rhythm, SpellRhythm
from churnrisk.past.usage.usage import Usage
from churnrisk.past.usage.users import Users, UsersInReach
from churnrisk.past.usage.weeks import Weeks
from churnrisk.rollup.read import Daily, daily_of, read_daily
from churnrisk.rollup.schema import DAILY, USERS

_SNAPSHOTS_AT_A_TIME = 2**14
"""Snapshots that are looked at together. An array of so many numbers takes 128 kB, so the few that a feature works with
stay in a core's cache; with more they don't, with fewer the fixed cost of each call to numpy weighs more."""

_ROWS_A_SNAPSHOT = 32
"""Rows of a table that cost as much as one snapshot. Where accounts know many rows, fewer dates are looked at together,
so that memory does not grow with the history of an account."""

_OF_EVENTS = frozenset({"usage", "rhythm", "milestones"})
OF_USAGE = _OF_EVENTS | {"users"}
"""The views that are made of the rollup; those of tables are always there."""

By = Literal["event", "user_id"]
Rows = Callable[[By, Day], Sequence[Daily]]
"""Gives the parts of the rollup of a block's accounts, by event or by user, that have all rows from a day on; they may
have earlier ones too."""
_FOLDERS: Mapping[By, str] = {"event": DAILY, "user_id": USERS}


@dataclass(frozen=True)
class Past:
    """What was known of `n` snapshots, each at its own `as_of`; `views` has what features may ask to see, by name."""

    account_id: npt.NDArray[Any]
    as_of: Days
    views: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Block:
    """Some accounts through all their dates, in memory.

    Memory grows with the accounts of the block and the rows of their usage, not with how many different events there
    are; what is laid out is laid out once for all dates.
    """

    company: Company
    keys: SnapshotKeys
    snapshots: Snapshots
    weeks: Weeks | ManyEvents
    rhythm: SpellRhythm
    users: UsersInReach | None
    milestones: Milestones
    tables: Mapping[str, AccountRows]
    needs: Collection[str]

    @classmethod
    def read(cls, company: Company, snapshots: pd.DataFrame, needs: Collection[str] = OF_USAGE) -> "Block":
        """The block of some snapshots, whose usage is read from the company's rollup; see `of`."""
        accounts = account_ids(snapshots)

        def rows(by: By, since: Day) -> list[Daily]:
            return read_daily(company.usage / _FOLDERS[by], accounts, company.settle_days, by=by, since=since)

        return cls.of(company, snapshots, rows, needs)

    @classmethod
    def of(cls, company: Company, snapshots: pd.DataFrame, rows: Rows, needs: Collection[str] = OF_USAGE) -> "Block":
        """The block of `snapshots`, which have `account_id`, `as_of` and `spell_started_on`.

        `rows` gives the parts of the rollup of these accounts (see `rollup.read.daily_of`). It is asked for no more
        than the views among `needs` look at, which may name other things too; of the views of usage, only these are
        there. Users are asked for where the company `has_users`, and again later where a view looks far back.
        """
        keys = SnapshotKeys.of(snapshots)
        axis, n = company.axis(keys.as_of.max()), len(keys.accounts)
        # Days before the axis lie in no week, and none of them is one since the start of a spell that is on record.
        begins = axis.starts_on(0)
        daily = rows("event", begins) if _OF_EVENTS & set(needs) else daily_of([], keys.accounts, axis.settle_days)
        several = "milestones" in needs and any(each.users > 1 for each in company.milestones.values())
        by_user = rows("user_id", begins) if several else None
        recorded_from = company.recorded(keys.as_of)
        placed = Snapshots(
            account_index=keys.account_index,
            week=axis.begins_at(keys.as_of),
            predates_usage=keys.started_on < recorded_from,
            start_week=axis.week_of(keys.started_on),
            recorded_week=axis.week_of(recorded_from),
        )
        accounts, weeks = pd.Index(keys.accounts), usage_by_week(daily, n, axis)
        return cls(
            company=company,
            keys=keys,
            snapshots=placed,
            weeks=weeks,
            rhythm=SpellRhythm(weeks, company.activity_events or None, keys),
            users=UsersInReach(partial(rows, "user_id"), axis, n=n, first=placed.begins.start, everything=by_user)
            if company.has_users
            else None,
            milestones=Milestones.of(company.milestones, daily, by_user or (), keys, placed.predates_usage),
            tables={name: ledger.of(accounts) for name, ledger in company.ledgers.items()},
            needs=needs,
        )

    def spans(self) -> Iterator[Past]:
        """The past of all snapshots, those of some dates at a time."""
        rows = self._rows_before()
        for members in self._cuts(rows):
            yield Past(
                self.keys.accounts[self.keys.account_index[members]],
                self.keys.as_of[members],
                dict(self._views(members, rows)),
            )

    def _views(self, members: slice, rows: "Ranges") -> Iterator[tuple[str, Any]]:
        # Of what was not read, a view would say that nothing was done: whoever asks for one that is missing is told.
        yield from ((name, view) for name, view in self._of_usage(members) if name in self.needs)
        for name in rows:
            yield name, self._records(name, rows, members)
        yield "accounts", self._accounts(members)
        # The same on all dates of `members`: `_cuts` sees to it.
        yield "new_events", self.company.new_events(self.keys.as_of[members.start])

    def _of_usage(self, members: slice) -> Iterator[tuple[str, Any]]:
        snapshots = self.snapshots.some(members)
        yield "usage", Usage(self.weeks, snapshots)
        yield "rhythm", Rhythm(self.rhythm, snapshots, self.rhythm.spell[members])
        yield "milestones", self.milestones.some(members)
        if self.users is not None:
            yield "users", Users(self.users, snapshots)

    def _rows_before(self) -> "Ranges":
        """For every table but `accounts`, where the rows begin and end that each snapshot may know."""
        dates, date = np.unique(self.keys.as_of, return_inverse=True)
        index = self.keys.account_index
        return {name: rows.before(dates, date, index) for name, rows in self.tables.items() if name != "accounts"}

    def _cuts(self, rows: "Ranges") -> Iterator[slice]:
        """The snapshots of dates that follow each other, cut so that all cuts cost about the same.

        On all dates of a cut the same events were new.
        """
        as_of = self.keys.as_of
        dates, first = np.unique(as_of, return_index=True)
        first = np.append(first, len(as_of))
        by_table = [(stop - begin) / _ROWS_A_SNAPSHOT for begin, stop in rows.values()]
        cost = np.maximum.reduce([np.ones(len(as_of)), *by_table])
        batch = (np.cumsum(cost) - cost)[first[:-1]] // _SNAPSHOTS_AT_A_TIME
        shared = [(each, self.company.new_events(date)) for each, date in zip(batch, dates, strict=True)]
        for _, alike in groupby(range(len(dates)), shared.__getitem__):
            together = list(alike)
            yield slice(int(first[together[0]]), int(first[together[-1] + 1]))

    def _records(self, name: str, rows: "Ranges", members: slice) -> Records:
        """What some snapshots know of a table and has happened; of subscriptions, also their terms at the date."""
        (first, stop), as_of = rows[name], self.keys.as_of[members]
        snapshot, known = self.tables[name].known(first[members], stop[members], as_of)
        records = Records(known, snapshot=snapshot, dates=as_of, occurs=TABLES[name].occurs)
        return records.assign(terms_at(known, records.as_of)) if name == "subscriptions" else records

    def _accounts(self, members: slice) -> LazyColumns:
        """What some snapshots know of their accounts, one value a snapshot, and the days since their spell began."""
        index, as_of = self.keys.account_index[members], self.keys.as_of[members]
        snapshot, known = self.tables["accounts"].known(*self.tables["accounts"].all(index), as_of)
        row = np.full(len(index), -1)
        row[snapshot] = np.arange(len(snapshot))
        if np.any(row < 0):
            unknown = np.argmin(row)
            account = self.keys.accounts[index[unknown]]
            raise SourceError(
                f"account {account} has a snapshot on {as_of[unknown]} and was not known then",
                where="data/snapshots",
                fix="make the snapshots of the tables that are there, with `dvc repro`",
            )
        started_on = self.keys.started_on[members]
        return known.take(row).assign(
            {
                "tenure": partial(days_between, as_of, started_on),
                "observed_days": partial(self.company.observed_days, as_of, started_on),
                "predates_usage": lambda: self.snapshots.predates_usage[members],
            }
        )


Ranges = Mapping[str, tuple[Positions, Positions]]
"""By table, the first of each snapshot's rows and the one after its last: both (n,)."""
