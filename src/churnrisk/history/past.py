"""A block of accounts through time: at every `as_of`, the views that features receive."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day, Days, Grid, days_between
from churnrisk.contract import TABLES
from churnrisk.errors import SourceError
from churnrisk.history.daily import Daily, read_daily
from churnrisk.history.facts import Facts
from churnrisk.history.ledger import Known, Ledger
from churnrisk.history.milestones import Milestones, Spells, joined_on, reached_on
from churnrisk.history.people import People, Users
from churnrisk.history.snapshots import Snapshots
from churnrisk.history.spells import terms_at
from churnrisk.history.usage import Usage
from churnrisk.history.weeks import Axis, weeks_of
from churnrisk.params.sections import Milestone

_SNAPSHOTS_AT_A_TIME = 2**14
"""Of as many dates as have about so many, usage is looked at together: so many fit into the cache of a processor."""

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

    def axis(self, last: Day) -> Axis:
        """All weeks from the one in which usage begins to the one before the last snapshot."""
        weeks = Axis(self.grid, self.settle_days, first=0, stop=int(self.grid.week_of(last)))
        first = int(weeks.week_of(self.usage_from))
        return replace(weeks, first=first, stop=max(weeks.stop, first))


@dataclass(frozen=True)
class Past:
    """What was known of `n` snapshots, each at its `as_of`: `views` has what features may ask to see, by name.

    `members` are their positions among those of the block.
    """

    account_id: npt.NDArray[Any]
    as_of: Days
    views: Mapping[str, Any]
    members: slice


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
        self._as_of, self._started = (rows[name].to_numpy("M8[D]") for name in ("as_of", "spell_started_on"))
        self._ledgers = {name: ledger.of(accounts) for name, ledger in company.ledgers.items()}
        axis = company.axis(self._as_of.max())
        daily = read_daily(company.usage / "daily", self._ids, company.settle_days)
        self._weeks = weeks_of(daily, len(self._ids), axis)
        self._snapshots = self._placed_on(axis)
        people: Sequence[Daily] = []
        if company.has_people:
            people = read_daily(company.usage / "people", self._ids, company.settle_days, by="user_id")
            self._users = _users(people, len(self._ids), axis)
        self._milestones = self._milestones_of(daily, people)

    def spans(self) -> Iterator[Past]:
        """The past of all dates, some of them at a time: what accounts and their people did."""
        first = np.flatnonzero(np.diff(self._as_of.view(np.int64), prepend=-1))
        span = first[np.unique(first // _SNAPSHOTS_AT_A_TIME, return_index=True)[1]]
        for start, stop in zip(span, [*span[1:], len(self._as_of)], strict=True):
            members = slice(int(start), int(stop))
            placed = self._snapshots.some(members)
            views = {"usage": Usage(self._weeks, placed), "milestones": self._milestones.some(members)}
            if self._company.has_people:
                views["people"] = People(self._users, placed, self._company.settle_days)
            yield Past(self._ids[self._place[members]], self._as_of[members], views, members)

    def dates(self, span: Past) -> Iterator[Past]:
        """The past date by date: the same, and the other tables, of which each date sees rows of its own."""
        dates, first = np.unique(span.as_of, return_index=True)
        for as_of, start, stop in zip(dates, first, [*first[1:], len(span.as_of)], strict=True):
            its = slice(int(start), int(stop))
            members = slice(span.members.start + its.start, span.members.start + its.stop)
            views = {name: view.some(its) for name, view in span.views.items()} | self._tables(as_of, members)
            yield Past(span.account_id[its], span.as_of[its], views, members)

    def _tables(self, as_of: Day, members: slice) -> dict[str, Any]:
        """What was known of some snapshots, those of a date, by the tables, and what was new then."""
        rows, released = self._place[members], self._company.released
        views: dict[str, Any] = {name: self._facts(name, as_of, rows) for name in self._ledgers if name != "accounts"}
        tenure = partial(days_between, as_of, self._started[members])
        views["accounts"] = self._accounts_at(as_of, rows).assign(tenure=tenure)
        views["new_events"] = tuple(event for event, since in released.items() if since < as_of <= since + _NEW_FOR)
        return views

    def _placed_on(self, axis: Axis) -> Snapshots:
        older = self._started < self._company.usage_from
        return Snapshots(self._place, axis.begins_at(self._as_of), older, axis.week_of(self._started))

    def _facts(self, name: str, as_of: Day, rows: npt.NDArray[np.int64]) -> Facts:
        ledger, occurs = self._ledgers[name], TABLES[name].occurs
        position = np.full(len(self._ids), -1)
        position[rows] = np.arange(len(rows))
        account = position.take(ledger.columns["place"])
        # What is planned, such as a meeting in the calendar, is known and hasn't happened.
        known = ledger.before(as_of, (account >= 0) & (ledger.columns[occurs] < as_of))
        columns = known.assign(**terms_at(known, as_of)) if name == "subscriptions" else known
        return Facts(columns, account.take(known.rows), len(rows), as_of, occurs)

    def _accounts_at(self, as_of: Day, rows: npt.NDArray[np.int64]) -> Known:
        known = self._ledgers["accounts"].before(as_of)
        at = np.full(len(self._ids), -1)
        at[known["place"]] = np.arange(len(known["place"]))
        if np.any(at[rows] < 0):
            raise SourceError(
                f"account {self._ids[rows][at[rows] < 0][0]} has a snapshot on {as_of} and was not known then",
                where="data/snapshots",
                mend="make the snapshots of the tables that are there, with `dvc repro`",
            )
        return known.take(at[rows])

    def _milestones_of(self, daily: Sequence[Daily], people: Sequence[Daily]) -> Milestones:
        pairs = pd.DataFrame({"place": self._place, "started": self._started})
        spell = np.asarray(pairs.groupby(["place", "started"]).ngroup(), np.int64)
        found = pairs.drop_duplicates().sort_values(["place", "started"])
        spells = Spells(found["place"].to_numpy(), found["started"].to_numpy("M8[D]"))
        told = self._company.milestones
        reached = np.empty((len(told), len(spell)), "M8[D]")
        for row, each in enumerate(told.values()):
            known = reached_on(daily, spells, each.event, each.times)
            if people:
                known = np.maximum(known, joined_on(people, spells, each.people))
            reached[row] = np.where(known[spell] < self._as_of, known[spell], np.datetime64("NaT"))
        targets = tuple(each.target_days for each in told.values())
        return Milestones(tuple(told), targets, reached, self._started, self._snapshots.older, self._as_of)


def _users(people: Sequence[Daily], n: int, axis: Axis) -> Users:
    """The users of `n` accounts; they are in order of account, then of name."""
    many = np.int64(len(people[0].names))
    key = [part.place * many + part.code for part in people]
    # Rows of one person follow each other for a month, so that few of them need to be looked up.
    runs = [np.flatnonzero(np.diff(each, prepend=-1)) for each in key]
    begins = np.concatenate([each[run] for each, run in zip(key, runs, strict=True)])
    who, found = np.unique(begins, return_inverse=True)
    persons = np.split(found, np.cumsum([len(run) for run in runs])[:-1])
    rows = [
        replace(part, names=("any",), place=np.repeat(person, np.diff(run, append=len(part.code))), code=0 * part.code)
        for part, person, run in zip(people, persons, runs, strict=True)
    ]
    return Users(weeks_of(rows, len(who), axis).track(), who // many, n)
