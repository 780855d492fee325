"""When accounts reached their milestones: steps towards first value, such as the first report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Days, days_between, of_column
from churnrisk.params.sections import Milestone
from churnrisk.past.arrays import Mask, Numbers, expand_ranges
from churnrisk.past.snapshots import SnapshotKeys
from churnrisk.rollup.read import Daily, joined


@dataclass(frozen=True)
class SpellStarts:
    """When spells began, both (spells,), in order of `account_index`, then of `started_on`."""

    account_index: npt.NDArray[np.int64]
    started_on: Days

    @classmethod
    def of(cls, account_index: npt.NDArray[np.int64], started_on: Days) -> tuple["SpellStarts", npt.NDArray[np.int64]]:
        """The different spells among those of some snapshots, and the position of each snapshot's spell in them."""
        pairs = pd.DataFrame({"account_index": account_index, "started_on": started_on})
        which = np.asarray(pairs.groupby(["account_index", "started_on"]).ngroup(), np.int64)
        spells = pairs.drop_duplicates().sort_values(["account_index", "started_on"])
        return cls(spells["account_index"].to_numpy(), of_column(spells["started_on"])), which


@dataclass(frozen=True, kw_only=True)
class Milestones:
    """Milestones of `n` snapshots, each as it was known at its own `as_of`, counted from the start of the spell.

    `reached`, (milestones, n), has the day on which the company knew that a milestone was reached; NaT: not by `as_of`,
    or not known.
    `predates_usage`, (n,), marks accounts that began before usage was recorded: what they reached, and when, is not
    known. A milestone that is not reached is never a number of days to reach it, but of days waited so far.

    >>> from churnrisk.past.example import views
    >>> milestones = views()["milestones"]
    >>> milestones.days_to("first_report"), milestones.days_waiting("first_report")
    (array([nan, nan, nan, 15.]), array([nan, 14., nan, nan]))
    >>> milestones.reached_share(), milestones.overdue()
    (array([nan,  0., nan,  1.]), array([nan,  0., nan,  0.]))
    """

    names: tuple[str, ...]
    target_days: tuple[int, ...]
    reached: Days
    started_on: Days
    predates_usage: Mask
    as_of: Days

    @classmethod
    def of(
        cls,
        configured: Mapping[str, Milestone],
        daily: Sequence[Daily],
        by_user: Sequence[Daily],
        keys: SnapshotKeys,
        predates_usage: Mask,
    ) -> "Milestones":
        """The `configured` milestones of some snapshots, from the parts of the rollup of their accounts."""
        spells, spell = SpellStarts.of(keys.account_index, keys.started_on)
        known_on = all_reached_on(tuple(configured.values()), daily, by_user, spells)[:, spell]
        return cls(
            names=tuple(configured),
            target_days=tuple(each.target_days for each in configured.values()),
            # Of accounts that began before usage was recorded, only what was done since then may have been read.
            reached=np.where((known_on < keys.as_of) & ~predates_usage, known_on, np.datetime64("NaT")),
            started_on=keys.started_on,
            predates_usage=predates_usage,
            as_of=keys.as_of,
        )

    def some(self, members: slice) -> "Milestones":
        """Those of some of the snapshots."""
        mine = {name: getattr(self, name)[members] for name in ("started_on", "predates_usage", "as_of")}
        return replace(self, reached=self.reached[:, members], **mine)

    def days_to(self, name: str) -> Numbers:
        """Days from the start until it was reached; NaN while it is not."""
        return self._if_known(days_between(self.reached[self.names.index(name)], self.started_on))

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
        return days_between(self.as_of, self.started_on)

    def _if_known(self, values: npt.NDArray[Any]) -> Numbers:
        return np.where(self.predates_usage, np.nan, values)


def all_reached_on(
    milestones: Sequence[Milestone], daily: Sequence[Daily], by_user: Sequence[Daily], spells: SpellStarts
) -> Days:
    """The day on which it became known that each spell had reached each milestone: (milestones, spells); NaT: never."""
    # The few events that milestones ask for are picked once, instead of all usage once a milestone.
    steps = [joined([part.of({each.event for each in milestones}) for part in daily])]
    reached = np.empty((len(milestones), len(spells.account_index)), "M8[D]")
    for row, each in enumerate(milestones):
        done = reached_on(steps, spells, each.event, each.times)
        reached[row] = np.maximum(done, joined_on(by_user, spells, each.users))
    return reached


def reached_on(daily: Sequence[Daily], spells: SpellStarts, event: str, times: int) -> Days:
    """The day on which it became known that each spell had done `event` `times` times: (spells,); NaT: never.

    What was done before the start doesn't count. What was done after a later start does: a date that sees this spell as
    the current one knows of no later start.
    """
    spell, _, known_on, quantity = _since_start(daily, spells, event)
    # Where every single row is enough, nothing needs to be added up: the first one decides.
    if quantity.min(initial=times) < times:
        order = np.lexsort((known_on, spell))
        spell, known_on = spell[order], known_on[order]
        done = pd.Series(quantity[order]).groupby(spell).cumsum().to_numpy() >= times
        spell, known_on = spell[done], known_on[done]
    return _first(known_on, spell, len(spells.account_index))


def joined_on(by_user: Sequence[Daily], spells: SpellStarts, many: int) -> Days:
    """The day on which it became known that `many` different users had been active since each spell's start: (spells,).

    NaT: never. One user needs no look: whoever did the milestone's event is one.
    """
    if many == 1:
        return np.full(len(spells.account_index), np.datetime64("0001-01-01"), "M8[D]")
    spell, user, known_on, _ = _since_start(by_user, spells)
    rows = pd.DataFrame({"spell": spell, "on": known_on, "user": user}).sort_values(["spell", "on", "user"])
    rows = rows.drop_duplicates(["spell", "user"])
    rows = rows[rows.groupby("spell").cumcount() == many - 1]
    return _first(of_column(rows["on"]), rows["spell"].to_numpy(), len(spells.account_index))


def _since_start(daily: Sequence[Daily], spells: SpellStarts, event: str = "") -> tuple[npt.NDArray[Any], ...]:
    """What was done (of an event, if it is named) since each spell began: `spell`, `code`, `known_on`, `quantity`."""
    found = [(np.empty(0, int), np.empty(0, int), np.empty(0, "M8[D]"), np.empty(0))]
    accounts = np.arange(spells.account_index.max(initial=-1) + 2)
    bounds = np.searchsorted(spells.account_index, accounts)
    for part in daily:
        wanted = part.code == part.names.index(event) if event in part.names else np.full(len(part.code), not event)
        rows = np.flatnonzero(wanted)
        # A row may count for several spells of its account.
        which, spell = expand_ranges(bounds[part.account_index[rows]], bounds[part.account_index[rows] + 1])
        row = rows[which]
        here = part.day[row] >= spells.started_on[spell]
        row, spell = row[here], spell[here]
        found.append((spell, part.code[row], part.known_on[row], part.quantity[row]))
    return tuple(np.concatenate(each) for each in zip(*found, strict=True))


def _first(when: Days, spell: npt.NDArray[np.int64], spells: int) -> Days:
    """The first day of each spell: (spells,); NaT: none."""
    # As whole numbers, since a minimum of dates would be NaT wherever one of them is.
    never = np.iinfo(np.int64).max
    first = np.full(spells, never)
    np.minimum.at(first, spell, when.astype("M8[D]").view(np.int64))
    return np.where(first < never, first.view("M8[D]"), np.datetime64("NaT"))
