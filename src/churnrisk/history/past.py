"""A block of accounts through time: at every `as_of`, the views that features receive."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day, Days, Grid, day, days_between
from churnrisk.contract import TABLES
from churnrisk.history.facts import Facts
from churnrisk.history.ledger import Columns, Ledger
from churnrisk.history.milestones import Milestones, joined_on, reached_on
from churnrisk.history.people import People
from churnrisk.history.spells import ends_on, running
from churnrisk.history.usage import Usage
from churnrisk.history.weeks import Axis, Weeks, cube, read_days, read_people, read_weeks

_NEW_FOR = np.timedelta64(182, "D")


@dataclass(frozen=True)
class Step:
    """A milestone: `times` of `event` since the start of the spell, by `target_days` in a healthy account; and so many
    `people` active since the start.
    """

    event: str
    times: int
    target_days: int
    people: int = 1


@dataclass(frozen=True)
class Company:
    """What all blocks share: where usage lies, the other tables, and the calendar."""

    usage: Path
    tables: Mapping[str, pd.DataFrame]
    grid: Grid
    feed_starts: Day
    settle_days: int
    steps: Mapping[str, Step]
    has_people: bool
    released: Mapping[str, Day] = field(default_factory=dict)
    """When new parts of the product came out, by event."""

    def axis(self, last: Day) -> Axis:
        """All weeks from the one in which usage begins to the one before the last snapshot."""
        weeks = Axis(self.grid, self.settle_days, first=0, stop=int(self.grid.week_of(last)))
        return replace(weeks, first=int(weeks.week_of(self.feed_starts)))


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
    """The past at every `as_of` of `snapshots` (`account_id`, `as_of`, `spell_started_on`), in order of `as_of`.

    What is read grows with the block's accounts, and is read once for all its dates.
    """
    block = _Block(company, snapshots)
    for as_of, members in snapshots.groupby("as_of", sort=True):
        yield block.at(day(as_of), members.sort_values("account_id"))


class _Block:
    """Everything of some accounts, in memory, not yet cut at any date."""

    def __init__(self, company: Company, snapshots: pd.DataFrame) -> None:
        self._company = company
        self._ids = np.sort(snapshots["account_id"].unique().astype(object))
        self._index = pd.Index(self._ids)
        self._axis = company.axis(day(snapshots["as_of"].max()))
        self._usage = self._weeks_by_event()
        self._people = self._weeks_by_user() if company.has_people else None
        self._ledgers = {name: self._ledger(name) for name in company.tables}
        self._spells = snapshots[["account_id", "spell_started_on"]].drop_duplicates()
        self._spells = self._spells.rename(columns={"spell_started_on": "started_on"})
        self._spells = self._spells.sort_values(["account_id", "started_on"], ignore_index=True)
        self._reached = self._milestones()

    def at(self, as_of: Day, members: pd.DataFrame) -> Past:
        company, ids = self._company, members["account_id"].to_numpy(object)
        rows = self._index.get_indexer(ids)
        started = members["spell_started_on"].to_numpy("M8[D]")
        began = self._axis.week_of(started)
        older = started < company.feed_starts
        facts = {name: self._facts(name, as_of, rows) for name in self._ledgers if name != "accounts"}
        return Past(
            as_of=as_of,
            account_id=ids,
            accounts=self._accounts(as_of, rows) | {"tenure": days_between(as_of, started)},
            usage=self._usage.before(as_of, rows, older=older, started=began),
            milestones=self._milestones_at(as_of, members, started),
            people=self._people_at(as_of, rows, older, began),
            facts=facts,
            new_events=tuple(event for event, since in company.released.items() if since < as_of <= since + _NEW_FOR),
        )

    def _weeks_by_event(self) -> Weeks:
        rows = read_weeks(self._company.usage / "daily", self._ids, self._company.grid, self._company.settle_days)
        event, events = pd.factorize(rows["event"], sort=True)
        return cube(
            rows, rows["place"].to_numpy(), event, events=tuple(events) or ("none",), n=len(self._ids), axis=self._axis
        )

    def _weeks_by_user(self) -> tuple[npt.NDArray[np.int64], Weeks]:
        company = self._company
        rows = read_weeks(company.usage / "people", self._ids, company.grid, company.settle_days, by="user_id")
        name, names = pd.factorize(rows["user_id"], sort=True)
        user, who = pd.factorize(rows["place"].to_numpy(np.int64) * len(names) + name, sort=True)
        account = who // len(names)
        event = np.zeros(len(rows), int)
        return account, cube(rows, user, event, events=("any",), n=len(who), axis=self._axis)

    def _ledger(self, name: str) -> Ledger:
        rows = self._company.tables[name]
        place = self._index.get_indexer(rows["account_id"])
        # A correction may give a row to an account elsewhere; it stays, so that it takes the place of the row here.
        key = list(TABLES[name].key)
        ours = rows[key].merge(rows.loc[place >= 0, key].drop_duplicates(), how="left", indicator="found")["found"]
        return Ledger(rows.assign(place=place)[ours.eq("both").to_numpy()], TABLES[name])

    def _known(self, name: str, as_of: Day) -> Columns:
        known = self._ledgers[name].before(as_of)
        here = known["place"] >= 0
        return known if here.all() else {column: values[here] for column, values in known.items()}

    def _facts(self, name: str, as_of: Day, rows: npt.NDArray[np.int64]) -> Facts:
        known = self._known(name, as_of)
        account = self._place(rows)[known["place"]]
        # What is planned, such as a meeting in the calendar, is known and hasn't happened.
        here = np.flatnonzero((account >= 0) & (known[TABLES[name].occurs] < as_of))
        if name == "subscriptions":
            known |= {"ends_on": ends_on(known), "is_running": running(known, as_of)}
        return Facts(known, account[here], len(rows), as_of, TABLES[name].occurs, here)

    def _accounts(self, as_of: Day, rows: npt.NDArray[np.int64]) -> Columns:
        known = self._known("accounts", as_of)
        at = np.full(len(self._ids), -1)
        at[known["place"]] = np.arange(len(known["place"]))
        return {column: values[at[rows]] for column, values in known.items()}

    def _milestones(self) -> Days:
        company = self._company
        events = sorted({step.event for step in company.steps.values()})
        days = read_days(company.usage / "daily", self._ids, events, company.settle_days)
        spells = self._spells.assign(place=self._index.get_indexer(self._spells["account_id"]))
        reached = [reached_on(days, spells, step.event, step.times) for step in company.steps.values()]
        if any(step.people > 1 for step in company.steps.values()):
            who = read_people(company.usage / "people", self._ids, company.settle_days)
            together = [joined_on(who, spells, step.people) for step in company.steps.values()]
            reached = [np.maximum(one, other) for one, other in zip(reached, together, strict=True)]
        return np.array(reached, "M8[D]").reshape(len(reached), len(self._spells))

    def _milestones_at(self, as_of: Day, members: pd.DataFrame, started: Days) -> Milestones:
        steps = self._company.steps
        spell = pd.MultiIndex.from_frame(self._spells).get_indexer(
            pd.MultiIndex.from_arrays([members["account_id"], members["spell_started_on"]])
        )
        reached = self._reached[:, spell]
        reached = np.where(reached < as_of, reached, np.datetime64("NaT"))
        older = started < self._company.feed_starts
        return Milestones(tuple(steps), tuple(s.target_days for s in steps.values()), reached, started, older, as_of)

    def _people_at(self, as_of: Day, rows: npt.NDArray[np.int64], older: Any, began: Any) -> People | None:
        if self._people is None:
            return None
        account_of, weeks = self._people
        account = self._place(rows)[account_of]
        users = np.flatnonzero(account >= 0)
        account = account[users]
        usage = weeks.before(as_of, users, older=older[account], started=began[account])
        return People(usage, account, len(rows), older)

    def _place(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Position among the members of each account of the block, -1 where it is not one."""
        place = np.full(len(self._ids), -1)
        place[rows] = np.arange(len(rows))
        return place
