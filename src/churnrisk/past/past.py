"""A block of accounts through time: at every `as_of`, the views that features receive."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day, Days, Grid, days_between
from churnrisk.contract import TABLES
from churnrisk.errors import SourceError
from churnrisk.params.sections import Milestone
from churnrisk.past.arrays import read_only
from churnrisk.past.snapshots import Snapshots
from churnrisk.past.tables.columns import LazyColumns
from churnrisk.past.tables.facts import Facts
from churnrisk.past.tables.ledger import Ledger
from churnrisk.past.tables.spells import terms_at
from churnrisk.past.usage.milestones import Milestones, Spells, all_reached_on
from churnrisk.past.usage.people import People, users_of
from churnrisk.past.usage.usage import Usage
from churnrisk.past.usage.weeks import Axis, weeks_of
from churnrisk.rollup.read import Daily, read_daily

_SNAPSHOTS_AT_A_TIME = 2**14
"""Dates that follow each other are looked at together until they have so many, which fit into a processor's cache."""

_ROWS_A_SNAPSHOT = 32
"""So many rows of a table cost as much as one snapshot."""

_NEW_FOR = np.timedelta64(182, "D")


@dataclass(frozen=True)
class Company:
    """What all blocks share: where usage lies, the other tables, and the calendar."""

    usage: Path
    tables: Mapping[str, pd.DataFrame]
    grid: Grid
    usage_from: Day
    settle_days: int
    milestones: Mapping[str, Milestone]
    has_people: bool
    released: Mapping[str, Day] = field(default_factory=dict)
    """When new parts of the product came out, by event."""

    @cached_property
    def ledgers(self) -> Mapping[str, Ledger]:
        """The tables, as they were known at any date."""
        return {name: Ledger(rows, TABLES[name]) for name, rows in self.tables.items()}

    def new_events(self, as_of: Day) -> tuple[str, ...]:
        """Events that came out in the half year before `as_of`."""
        return tuple(event for event, since in self.released.items() if since < as_of <= since + _NEW_FOR)

    def axis(self, last: Day) -> Axis:
        """All weeks from the one in which usage begins to the one before the last snapshot."""
        weeks = Axis(self.grid, self.settle_days, first=0, stop=int(self.grid.week_of(last)))
        first = int(weeks.week_of(self.usage_from))
        return replace(weeks, first=first, stop=max(weeks.stop, first))


@dataclass(frozen=True)
class Past:
    """What was known of `n` snapshots, each at its `as_of`: `views` has what features may ask to see, by name."""

    account_id: npt.NDArray[Any]
    as_of: Days
    views: Mapping[str, Any]


class Block:
    """Everything of some accounts, in memory: the past of `snapshots` (`account_id`, `as_of`, `spell_started_on`), in
    order of `as_of`, and of account within it.

    What is read grows with the block's accounts, and is read once for all its dates.
    """

    def __init__(self, company: Company, snapshots: pd.DataFrame) -> None:
        self._company = company
        rows = snapshots.sort_values(["as_of", "account_id"])
        self._ids = np.sort(rows["account_id"].unique().astype(object))
        accounts = pd.Index(self._ids)
        self._place = accounts.get_indexer(rows["account_id"])
        self._as_of, self._started = (read_only(rows[name].to_numpy("M8[D]")) for name in ("as_of", "spell_started_on"))
        self._entries = {name: ledger.of(accounts) for name, ledger in company.ledgers.items()}
        facts = [name for name in self._entries if name != "accounts"]
        dates, self._first, date = np.unique(self._as_of, return_index=True, return_inverse=True)
        self._happened = {name: self._entries[name].happened(dates, date, self._place) for name in facts}
        axis = company.axis(self._as_of.max())
        daily = read_daily(company.usage / "daily", self._ids, company.settle_days)
        self._weeks = weeks_of(daily, len(self._ids), axis)
        self._snapshots = self._placed_on(axis)
        people: Sequence[Daily] = []
        if company.has_people:
            people = read_daily(company.usage / "people", self._ids, company.settle_days, by="user_id")
            self._users = users_of(people, len(self._ids), axis)
        self._milestones = self._milestones_of(daily, people)

    def spans(self) -> Iterator[Past]:
        """The past of all snapshots, those of some dates at a time."""
        for members in self._together():
            placed = self._snapshots.some(members)
            views = {"usage": Usage(self._weeks, placed), "milestones": self._milestones.some(members)}
            if self._company.has_people:
                views["people"] = People(self._users, placed, self._company.settle_days)
            views |= {name: self._facts(name, members) for name in self._happened}
            views["accounts"] = self._accounts(members)
            # The same on all dates of `members`, as `_together` sees to it.
            views["new_events"] = self._company.new_events(self._as_of[members.start])
            yield Past(self._ids[self._place[members]], self._as_of[members], views)

    def _together(self) -> Iterator[slice]:
        """The snapshots of dates that follow each other, cut so that all cost about as much, and that on all dates of a
        cut the same events were new.
        """
        first = np.append(self._first, len(self._as_of))
        rows = [(stop - begin) / _ROWS_A_SNAPSHOT for begin, stop in self._happened.values()]
        cost = np.maximum.reduce([np.ones(len(self._as_of)), *rows])
        batch = (np.cumsum(cost) - cost)[self._first] // _SNAPSHOTS_AT_A_TIME
        told = [(batch[date], self._company.new_events(self._as_of[first[date]])) for date in range(len(batch))]
        for _, alike in groupby(range(len(told)), told.__getitem__):
            dates = list(alike)
            yield slice(int(first[dates[0]]), int(first[dates[-1] + 1]))

    def _placed_on(self, axis: Axis) -> Snapshots:
        predates_usage = self._started < self._company.usage_from
        return Snapshots(self._place, axis.begins_at(self._as_of), predates_usage, axis.week_of(self._started))

    def _facts(self, name: str, members: slice) -> Facts:
        """What some snapshots know of a table and has happened; of subscriptions, their terms at the date too."""
        first, stop = self._happened[name]
        snapshot, known = self._entries[name].known(first[members], stop[members], self._as_of[members])
        facts = Facts(known, snapshot, self._as_of[members], TABLES[name].occurs)
        return facts.assign(terms_at(known, facts.as_of)) if name == "subscriptions" else facts

    def _accounts(self, members: slice) -> LazyColumns:
        """What some snapshots know of their accounts, one value a snapshot, and how long these have been there."""
        place, as_of = self._place[members], self._as_of[members]
        snapshot, known = self._entries["accounts"].known(*self._entries["accounts"].all(place), as_of)
        at = np.full(len(place), -1)
        at[snapshot] = np.arange(len(snapshot))
        if np.any(at < 0):
            unknown = np.argmin(at)
            raise SourceError(
                f"account {self._ids[place[unknown]]} has a snapshot on {as_of[unknown]} and was not known then",
                where="data/snapshots",
                fix="make the snapshots of the tables that are there, with `dvc repro`",
            )
        return known.take(at).assign({"tenure": partial(days_between, as_of, self._started[members])})

    def _milestones_of(self, daily: Sequence[Daily], people: Sequence[Daily]) -> Milestones:
        told, (spells, spell) = self._company.milestones, Spells.of(self._place, self._started)
        known = all_reached_on(tuple(told.values()), daily, people, spells)[:, spell]
        reached = np.where(known < self._as_of, known, np.datetime64("NaT"))
        targets = tuple(each.target_days for each in told.values())
        return Milestones(tuple(told), targets, reached, self._started, self._snapshots.predates_usage, self._as_of)
