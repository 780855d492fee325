"""When spells reached their milestones: steps towards first value, such as the first report."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Days, days_between
from churnrisk.params.sections import Milestone
from churnrisk.past.arrays import Mask, Numbers, expand_ranges
from churnrisk.rollup.read import Daily, joined


@dataclass(frozen=True)
class Spells:
    """When spells began, in order of `place`, the position of their account, then of `started`."""

    place: npt.NDArray[np.int64]
    started: Days

    @classmethod
    def of(cls, place: npt.NDArray[np.int64], started: Days) -> tuple["Spells", npt.NDArray[np.int64]]:
        """Those that there are among some, which may repeat, and which of them each is."""
        pairs = pd.DataFrame({"place": place, "started": started})
        which = np.asarray(pairs.groupby(["place", "started"]).ngroup(), np.int64)
        found = pairs.drop_duplicates().sort_values(["place", "started"])
        return Spells(found["place"].to_numpy(), found["started"].to_numpy("M8[D]")), which


@dataclass(frozen=True)
class Milestones:
    """Milestones of `n` snapshots, each as it was known at its `as_of`, counted from the start of the spell.

    `predates_usage` marks accounts that began before usage was recorded: what they reached, and when, is not known.
    `reached` has a row a milestone: the day from which the company knew that it was reached, NaT: not by `as_of`. A
    milestone that is not reached is never a number of days to reach it: it is a number of days waited so far.

    >>> reached = np.array([["2025-03-05", "NaT"]], "M8[D]")
    >>> started = np.array(["2025-03-01", "2025-03-01"], "M8[D]")
    >>> milestones = Milestones(("first_report",), (14,), reached, started, np.zeros(2, bool), started + 30)
    >>> milestones.days_to("first_report"), milestones.days_waiting("first_report")
    (array([ 4., nan]), array([nan, 30.]))
    >>> milestones.reached_share(), milestones.overdue()
    (array([1., 0.]), array([0., 1.]))
    """

    names: tuple[str, ...]
    target_days: tuple[int, ...]
    reached: Days
    started: Days
    predates_usage: Mask
    as_of: Days

    def some(self, members: slice) -> "Milestones":
        """Those of some of the snapshots."""
        mine = {name: getattr(self, name)[members] for name in ("started", "predates_usage", "as_of")}
        return replace(self, reached=self.reached[:, members], **mine)

    def days_to(self, name: str) -> Numbers:
        """Days from the start until it was reached; NaN while it is not."""
        return self._if_known(days_between(self.reached[self.names.index(name)], self.started))

    def days_waiting(self, name: str) -> Numbers:
        """Days from the start until `as_of` without reaching it; NaN once it is reached."""
        return self._if_known(np.where(np.isnat(self.reached[self.names.index(name)]), self.age(), np.nan))

    def reached_share(self) -> Numbers:
        """Share of the milestones reached so far."""
        return self._if_known((~np.isnat(self.reached)).mean(axis=0))

    def overdue(self) -> Numbers:
        """How many are not reached though their target days have passed."""
        late = self.age()[None, :] > np.array(self.target_days)[:, None]
        return self._if_known((np.isnat(self.reached) & late).sum(axis=0))

    def days_since_last(self) -> Numbers:
        """Days since the newest milestone was reached; NaN: none yet."""
        ago = days_between(self.as_of, self.reached)
        return self._if_known(np.where(np.isnan(ago).all(axis=0), np.nan, np.fmin.reduce(ago, axis=0)))

    def age(self) -> Numbers:
        """Days since the start."""
        return days_between(self.as_of, self.started)

    def _if_known(self, values: npt.NDArray[Any]) -> Numbers:
        return np.where(self.predates_usage, np.nan, values)


def all_reached_on(
    told: Collection[Milestone], daily: Sequence[Daily], people: Sequence[Daily], spells: Spells
) -> Days:
    """The day on which it became known that each spell had reached each milestone: (milestones, spells); NaT: never."""
    steps = [joined([part.of({each.event for each in told}) for part in daily])]
    reached = np.empty((len(told), len(spells.place)), "M8[D]")
    for row, each in enumerate(told):
        done = reached_on(steps, spells, each.event, each.times)
        reached[row] = np.maximum(done, joined_on(people, spells, each.people))
    return reached


def reached_on(daily: Sequence[Daily], spells: Spells, event: str, times: int) -> Days:
    """The day on which it became known that each spell had done `event` `times` times; NaT: never.

    What was done before the start doesn't count; what was done after a later start does, as a date that sees this
    spell as the current one knows of no later start.
    """
    spell, _, when, quantity = _since_start(daily, spells, event)
    if quantity.min(initial=times) < times:
        order = np.lexsort((when, spell))
        spell, when = spell[order], when[order]
        done = pd.Series(quantity[order]).groupby(spell).cumsum().to_numpy() >= times
        spell, when = spell[done], when[done]
    return _first(when, spell, len(spells.place))


def joined_on(people: Sequence[Daily], spells: Spells, many: int) -> Days:
    """The day on which it became known that so many different people had been active since the start of each spell."""
    if many == 1:
        return np.full(len(spells.place), np.datetime64("0001-01-01"), "M8[D]")
    spell, user, when, _ = _since_start(people, spells)
    rows = pd.DataFrame({"spell": spell, "on": when, "user": user}).sort_values(["spell", "on", "user"])
    rows = rows.drop_duplicates(["spell", "user"])
    rows = rows[rows.groupby("spell").cumcount() == many - 1]
    return _first(rows["on"].to_numpy("M8[D]"), rows["spell"].to_numpy(), len(spells.place))


def _since_start(daily: Sequence[Daily], spells: Spells, event: str = "") -> tuple[npt.NDArray[Any], ...]:
    """What was done (of an event, if it is named) since each spell began: `spell`, `code`, `visible_on`, `quantity`."""
    found = [(np.empty(0, int), np.empty(0, int), np.empty(0, "M8[D]"), np.empty(0))]
    bounds = np.searchsorted(spells.place, np.arange(spells.place.max(initial=-1) + 2))
    for part in daily:
        wanted = part.code == part.names.index(event) if event in part.names else np.full(len(part.code), not event)
        rows = np.flatnonzero(wanted)
        which, spell = expand_ranges(bounds[part.place[rows]], bounds[part.place[rows] + 1])
        row = rows[which]
        here = part.day[row] >= spells.started[spell]
        row, spell = row[here], spell[here]
        found.append((spell, part.code[row], part.visible_on[row], part.quantity[row]))
    return tuple(np.concatenate(each) for each in zip(*found, strict=True))


def _first(when: Days, spell: npt.NDArray[np.int64], spells: int) -> Days:
    """The first day of each spell; NaT: none."""
    never = np.iinfo(np.int64).max
    first = np.full(spells, never)
    np.minimum.at(first, spell, when.astype("M8[D]").view(np.int64))
    return np.where(first < never, first.view("M8[D]"), np.datetime64("NaT"))
