"""When spells reached their milestones: steps towards first value, such as the first report."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day, Days, days_between
from churnrisk.history.arrays import Mask, Numbers
from churnrisk.history.daily import Daily


@dataclass(frozen=True)
class Spells:
    """When spells began, in order of `place`, the position of their account, then of `started`."""

    place: npt.NDArray[np.int64]
    started: Days


@dataclass(frozen=True)
class Milestones:
    """Milestones of `n` accounts at `as_of`, counted from the start of the spell.

    `older` marks who began before usage was recorded: what they reached, and when, is not known. `reached` has a row
    a milestone: the day from which the company knew that it was reached, NaT: not by `as_of`. A milestone that is not
    reached is never a number of days to reach it: it is a number of days waited so far.

    >>> reached = np.array([["2025-03-05", "NaT"]], "M8[D]")
    >>> started = np.array(["2025-03-01", "2025-03-01"], "M8[D]")
    >>> milestones = Milestones(("first_report",), (14,), reached, started, np.zeros(2, bool), Day("2025-03-31"))
    >>> milestones.days_to("first_report"), milestones.days_waiting("first_report")
    (array([ 4., nan]), array([nan, 30.]))
    >>> milestones.reached_share(), milestones.overdue()
    (array([1., 0.]), array([0., 1.]))
    """

    names: tuple[str, ...]
    target_days: tuple[int, ...]
    reached: Days
    started: Days
    older: Mask
    as_of: Day

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
        return np.where(self.older, np.nan, values)


def reached_on(daily: Daily, spells: Spells, event: str, times: int) -> Days:
    """The day on which it became known that each spell had done `event` `times` times; NaT: never.

    What was done before the start doesn't count; what was done after a later start does, as a date that sees this
    spell as the current one knows of no later start.
    """
    if event not in daily.names:
        return np.full(len(spells.place), np.datetime64("NaT"), "M8[D]")
    row, spell = _since_start(daily, np.flatnonzero(daily.code == daily.names.index(event)), spells)
    order = np.lexsort((daily.day[row], daily.visible_on[row], spell))
    row, spell = row[order], spell[order]
    done = pd.Series(daily.quantity[row]).groupby(spell).cumsum().to_numpy()
    return _first(daily.visible_on[row], spell, done >= times, len(spells.place))


def joined_on(people: Daily, spells: Spells, many: int) -> Days:
    """The day on which it became known that so many different people had been active since the start of each spell."""
    if many == 1:
        return np.full(len(spells.place), np.datetime64("0001-01-01"), "M8[D]")
    row, spell = _since_start(people, np.arange(len(people.place)), spells)
    order = np.lexsort((people.code[row], people.visible_on[row], spell))
    rows = pd.DataFrame({"spell": spell[order], "user": people.code[row[order]], "on": people.visible_on[row[order]]})
    rows = rows.drop_duplicates(["spell", "user"])
    found = rows.groupby("spell").cumcount().to_numpy() == many - 1
    return _first(rows["on"].to_numpy("M8[D]"), rows["spell"].to_numpy(), found, len(spells.place))


def _since_start(
    daily: Daily, rows: npt.NDArray[np.int64], spells: Spells
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Which of `rows` lie in which spells, in pairs."""
    first, stop = (np.searchsorted(spells.place, daily.place[rows], side) for side in ("left", "right"))
    row = np.repeat(rows, stop - first)
    spell = np.arange(len(row)) + np.repeat(first - np.append(0, np.cumsum(stop - first)[:-1]), stop - first)
    here = daily.day[row] >= spells.started[spell]
    return row[here], spell[here]


def _first(when: Days, spell: npt.NDArray[np.int64], found: npt.NDArray[np.bool_], spells: int) -> Days:
    """The first day of each spell on which it was found."""
    first = np.full(spells, np.datetime64("NaT"), "M8[D]")
    first[spell[found][::-1]] = when[found][::-1]
    return first
