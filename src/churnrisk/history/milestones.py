"""When spells reached their milestones: steps towards first value, such as the first report."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day, Days, days_between
from churnrisk.history.usage import Mask, Numbers


@dataclass(frozen=True)
class Milestones:
    """Milestones of `n` accounts at `as_of`, counted from the start of the spell.

    `older` marks who began before usage was recorded: what they reached, and when, is not known. `reached` has a row
    a milestone: the day from which the company knew that it was reached, NaT: not by `as_of`. A milestone that is not
    reached is never a number of days to reach it: it is a number of days waited so far.

    >>> reached = np.array([["2025-03-05", "NaT"]], "M8[D]")
    >>> started = np.array(["2025-03-01", "2025-03-01"], "M8[D]")
    >>> steps = Milestones(("first_report",), (14,), reached, started, np.zeros(2, bool), Day("2025-03-31"))
    >>> steps.days_to("first_report"), steps.days_waiting("first_report")
    (array([ 4., nan]), array([nan, 30.]))
    >>> steps.reached_share(), steps.overdue()
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


def reached_on(usage: pd.DataFrame, spells: pd.DataFrame, event: str, times: int) -> Days:
    """The day on which it became known that each spell had done `event` `times` times.

    `usage` has `place`, `day`, `event`, `quantity`, `visible_on`; `spells` has `place`, `started_on`. What
    was done before the start doesn't count; what was done after a later start does, as a date that sees this spell as
    the current one knows of no later start. Returns one day a spell, NaT: never.
    """
    rows = usage[usage["event"] == event]
    if rows.empty:
        return np.full(len(spells), np.datetime64("NaT"), "M8[D]")
    rows = _since_start(rows, spells).sort_values(["spell", "visible_on", "day"], kind="stable")
    done = rows.groupby("spell")["quantity"].cumsum()
    return _first(rows[done >= times], len(spells))


def joined_on(people: pd.DataFrame, spells: pd.DataFrame, many: int) -> Days:
    """The day on which it became known that so many different people had been active since the start of each spell.

    `people` has `place`, `user_id`, `day`, `visible_on`; `spells` as for `reached_on`. NaT: never.
    """
    if many == 1:
        return np.full(len(spells), np.datetime64("0001-01-01"), "M8[D]")
    rows = _since_start(people, spells).sort_values(["spell", "visible_on", "user_id"], kind="stable")
    rows = rows.drop_duplicates(["spell", "user_id"])
    return _first(rows[rows.groupby("spell").cumcount() == many - 1], len(spells))


def _since_start(usage: pd.DataFrame, spells: pd.DataFrame) -> pd.DataFrame:
    rows = usage.merge(spells.rename_axis("spell").reset_index(), on="place")
    return rows[rows["day"] >= rows["started_on"]]


def _first(rows: pd.DataFrame, spells: int) -> Days:
    """The day of the first of the rows of each spell."""
    first = rows.drop_duplicates("spell").set_index("spell")["visible_on"]
    return np.asarray(first.reindex(np.arange(spells)).to_numpy("M8[D]"))
