"""A block of accounts through time: at every `as_of`, the views that features receive."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day, Days, Grid, day, days_between
from churnrisk.contract import TABLES
from churnrisk.history.daily import Daily, read_daily
from churnrisk.history.facts import Facts
from churnrisk.history.ledger import Columns, Known, Ledger
from churnrisk.history.milestones import Milestones, Spells, joined_on, reached_on
from churnrisk.history.people import People
from churnrisk.history.spells import ends_on, running
from churnrisk.history.usage import Usage
from churnrisk.history.weeks import Axis, Weeks, weeks_of
from churnrisk.params.sections import Milestone

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
    """What was known of `n` accounts at `as_of`; one attribute a view, named as features ask for it.

    `facts` holds the other contract tables that the company offers, by name, `accounts` the columns of the accounts.
    """

    as_of: Day
    account_id: npt.NDArray[Any]
    accounts: Columns
    usage: Usage
    milestones: Milestones
    people: People | None
    facts: Mapping[str, Facts]
    new_events: tuple[str, ...]

    def views(self) -> dict[str, Any]:
        """Every view by its name."""
        people = {"people": self.people} if self.people else {}
        own = {"accounts": self.accounts, "usage": self.usage, "milestones": self.milestones}
        return {**own, **people, **self.facts, "new_events": self.new_events}


def pasts(company: Company, snapshots: pd.DataFrame) -> Iterator[Past]:
    """The past at every `as_of` of `snapshots` (`account_id`, `as_of`, `spell_started_on`), in order of `as_of`, and of
    account within it.

    What is read grows with the block's accounts, and is read once for all its dates.
    """
    rows = snapshots.sort_values(["as_of", "account_id"])
    block = _Block(company, rows)
    dates, first = np.unique(rows["as_of"].to_numpy("M8[D]"), return_index=True)
    for as_of, start, stop in zip(dates, first, [*first[1:], len(rows)], strict=True):
        yield block.at(as_of, slice(start, stop))


class _Block:
    """Everything of some accounts, in memory, not yet cut at any date; `snapshots` are in order."""

    def __init__(self, company: Company, snapshots: pd.DataFrame) -> None:
        self._company = company
        self._ids = np.sort(snapshots["account_id"].unique().astype(object))
        accounts = pd.Index(self._ids)
        self._place = accounts.get_indexer(snapshots["account_id"])
        self._started = snapshots["spell_started_on"].to_numpy("M8[D]")
        axis = company.axis(day(snapshots["as_of"].max()))
        self._start_week = axis.week_of(self._started)
        self._entries = {name: ledger.of(accounts) for name, ledger in company.ledgers.items()}
        daily = read_daily(company.usage / "daily", self._ids, company.settle_days)
        self._usage = weeks_of(daily, len(self._ids), axis)
        people = self._read_people()
        self._reached, self._spell = self._milestones(daily, people)
        self._people = _by_person(people, axis) if people else None

    def at(self, as_of: Day, members: slice) -> Past:
        """What was known of the members, which are some of the snapshots, at their date."""
        company, rows, started = self._company, self._place[members], self._started[members]
        older, start_week = started < company.usage_from, self._start_week[members]
        facts = {name: self._facts(name, as_of, rows) for name in self._entries if name != "accounts"}
        return Past(
            as_of=as_of,
            account_id=self._ids[rows],
            accounts=self._accounts(as_of, rows).assign(tenure=days_between(as_of, started)),
            usage=self._usage.before(as_of, rows, older=older, start_week=start_week),
            milestones=self._milestones_at(as_of, members),
            people=self._people_at(as_of, rows, older, start_week),
            facts=facts,
            new_events=tuple(event for event, since in company.released.items() if since < as_of <= since + _NEW_FOR),
        )

    def _read_people(self) -> Daily | None:
        company = self._company
        if not company.has_people:
            return None
        return read_daily(company.usage / "people", self._ids, company.settle_days, by="user_id")

    def _facts(self, name: str, as_of: Day, rows: npt.NDArray[np.int64]) -> Facts:
        known, occurs = self._entries[name].before(as_of), TABLES[name].occurs
        position = self._positions(rows)
        # What is planned, such as a meeting in the calendar, is known and hasn't happened.
        known = known.take((position[known["place"]] >= 0) & (known[occurs] < as_of))
        more = {"ends_on": ends_on(known), "is_running": running(known, as_of)} if name == "subscriptions" else {}
        return Facts(known.assign(**more), position[known["place"]], len(rows), as_of, occurs)

    def _accounts(self, as_of: Day, rows: npt.NDArray[np.int64]) -> Known:
        known = self._entries["accounts"].before(as_of)
        at = np.full(len(self._ids), -1)
        at[known["place"]] = np.arange(len(known["place"]))
        return known.take(at[rows])

    def _milestones(self, daily: Daily, people: Daily | None) -> tuple[Days, npt.NDArray[np.int64]]:
        """When each spell reached each milestone, and the spell of each snapshot."""
        pairs = pd.DataFrame({"place": self._place, "started": self._started})
        spell = np.asarray(pairs.groupby(["place", "started"]).ngroup(), np.int64)
        found = pairs.drop_duplicates().sort_values(["place", "started"])
        spells = Spells(found["place"].to_numpy(), found["started"].to_numpy("M8[D]"))
        told = self._company.milestones.values()
        reached = [reached_on(daily, spells, each.event, each.times) for each in told]
        if people:
            together = [joined_on(people, spells, each.people) for each in told]
            reached = [np.maximum(one, other) for one, other in zip(reached, together, strict=True)]
        return np.asarray(np.array(reached, "M8[D]").reshape(len(reached), len(found))), spell

    def _milestones_at(self, as_of: Day, members: slice) -> Milestones:
        told, started = self._company.milestones, self._started[members]
        reached = self._reached[:, self._spell[members]]
        reached = np.where(reached < as_of, reached, np.datetime64("NaT"))
        older = started < self._company.usage_from
        targets = tuple(each.target_days for each in told.values())
        return Milestones(tuple(told), targets, reached, started, older, as_of)

    def _people_at(self, as_of: Day, rows: npt.NDArray[np.int64], older: Any, start_week: Any) -> People | None:
        if self._people is None:
            return None
        account_of, weeks = self._people
        account = self._positions(rows)[account_of]
        users = np.flatnonzero(account >= 0)
        account = account[users]
        usage = weeks.before(as_of, users, older=older[account], start_week=start_week[account])
        return People(usage, account, len(rows), older)

    def _positions(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Position among the members of each account of the block, -1 where it is not one."""
        position = np.full(len(self._ids), -1)
        position[rows] = np.arange(len(rows))
        return position


def _by_person(people: Daily, axis: Axis) -> tuple[npt.NDArray[np.int64], Weeks]:
    """The account of each person, and their weeks; they are in order of account, then of name."""
    many = max(len(people.names), 1)
    key = people.place * np.int64(many) + people.code
    # Rows of one person follow each other for a month, so that few of them need to be looked up.
    first = np.flatnonzero(np.diff(key, prepend=-1))
    who, found = np.unique(key[first], return_inverse=True)
    person = np.repeat(found, np.diff(first, append=len(key)))
    anything = replace(people, names=("any",), place=person, code=np.zeros_like(people.code))
    return who // many, weeks_of(anything, len(who), axis)
