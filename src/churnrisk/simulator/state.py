"""What is hidden: each account's state of mind, week by week, and the decision to leave that grows out of it."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.simulator.spells import Exits
from churnrisk.simulator.timeline import NEVER, Flags, Ints, Reals, Timeline

STATES = ("engaged", "wavering", "fading", "leaving")
WORSENS = np.array([0.012, 0.07, 0.10, 0.0])  # a week, at frailty 1
RECOVERS = np.array([0.0, 0.08, 0.06, 0.04])
DECIDES = np.array([0.0013, 0.010, 0.03, 0.08])  # a week in which the contract allows it, at frailty 1
ACAUSAL = 0.0008  # a week: bankrupt, acquired; nothing foretells it
ACAUSAL_DAYS = 30  # until the account is gone: 1 to 30
ABRUPT_SHARE = 0.15  # of the monthly decisions: it just stops paying, it is gone the next day, which is noted later
STALL_FACTOR, STALL_WEEKS = 2.2, 26
_TARGETS = np.array([1.0, 0.62, 0.32, 0.10])
_FOLLOWS = 0.5  # part of the way to its target that engagement goes in a week


@dataclass(frozen=True)
class Rates:
    """The weekly rates of every spell, all that the chain and the truth about it need. One row a spell, one column a week.

    `worsens` and `decides` multiply `WORSENS` and `DECIDES`; `acausal` is a probability.
    """

    worsens: Reals
    decides: Reals
    acausal: Reals

    @classmethod
    def of(cls, spells: pd.DataFrame, exits: Exits, time: Timeline) -> "Rates":
        frailty = spells["frailty"].to_numpy()[:, None]
        age = time.all_weeks[None, :] - first_week(spells)[:, None]
        stalled = spells["stalled"].to_numpy()[:, None] & (age < STALL_WEEKS)
        rush = np.sqrt(frailty) * spells["rush"].to_numpy()[:, None]
        return cls(frailty * np.where(stalled, STALL_FACTOR, 1.0), rush * exits.weekly_share(), np.where(age >= 4, ACAUSAL, 0.0))


@dataclass(frozen=True)
class Fate:
    """What became of every spell; `state` has one column a week of `time.all_weeks`, -1 where the spell doesn't run.

    `ends` is the first day without the account (`NEVER`: it stays), `known` the day on which the company knows it, `week` the week
    of the decision. A trial that doesn't convert ends with the trial and without a decision.
    """

    state: npt.NDArray[np.int8]
    week: Ints
    ends: Ints
    known: Ints
    acausal: Flags
    abrupt: Flags

    def joined(self, other: "Fate") -> "Fate":
        """The spells of both, one after the other."""
        return Fate(*(np.concatenate([getattr(each, field.name) for each in (self, other)]) for field in fields(self)))


def first_week(spells: pd.DataFrame) -> Ints:
    """The first whole week of paying."""
    return -(-spells["begins"].to_numpy() // 7)


def live(spells: pd.DataFrame, exits: Exits, time: Timeline, rng: np.random.Generator) -> Fate:
    """Run the chain: every week an account first decides by its state, and moves to a neighbouring state if it stays."""
    rates, begins, opens = Rates.of(spells, exits, time), first_week(spells), spells["opens"].to_numpy() // 7
    count = len(spells)
    now = np.where(spells["stalled"], 1, rng.choice(3, count, p=(0.86, 0.11, 0.03)))
    now = np.where((spells["begins"] >= NEVER) & (rng.random(count) < 0.6), 2, now)
    state, week, acausal = np.full((count, len(time.all_weeks)), -1, np.int8), np.full(count, NEVER), np.zeros(count, bool)
    for column, date in enumerate(time.all_weeks.tolist()):
        state[:, column] = np.where(date >= opens, now, -1)
        stays = (date >= begins) & (week == NEVER) & (date < time.weeks)
        draw, by_mind = rng.random(count), DECIDES[now] * rates.decides[:, column]
        decides = stays & (draw < by_mind + rates.acausal[:, column])
        acausal |= decides & (draw >= by_mind)
        week[decides] = date
        now = np.where(decides & ~acausal, 3, now + _step(now, rates.worsens[:, column], rng) * (stays & ~decides))
    return _ended(spells, exits, state, week, acausal, time, rng)


def step_odds(worsens: Reals) -> tuple[Reals, Reals]:
    """Weekly probabilities of the next worse and the next better state; a last axis of states is added to `worsens`."""
    worse = np.minimum(worsens[..., None] * WORSENS, 0.6)
    return worse, np.broadcast_to(RECOVERS, worse.shape)


def _step(now: Ints, worsens: Reals, rng: np.random.Generator) -> Ints:
    draw = rng.random(len(now))
    worse = np.minimum(worsens * WORSENS[now], 0.6)
    return (draw < worse).astype(np.int64) - ((draw >= worse) & (draw < worse + RECOVERS[now]))


def _ended(spells: pd.DataFrame, exits: Exits, state: npt.NDArray[np.int8], week: Ints, acausal: Flags, time: Timeline,
           rng: np.random.Generator) -> Fate:
    """Turn weeks of decision into days: of the decision, of the end, and of the company's knowing."""
    count = len(spells)
    decided = week < NEVER
    first = np.where(decided, (week + time.before) * 7, 0)[:, None] + np.arange(7)
    may = np.where(acausal[:, None], True, np.take_along_axis(exits.open_days, first, axis=1))
    offset = (rng.random((count, 7)) * may).argmax(axis=1)
    day = week * 7 + offset
    gap = np.take_along_axis(exits.gap, first, axis=1)[np.arange(count), offset]
    abrupt = ~acausal & (spells["term"] == 1).to_numpy() & (rng.random(count) < ABRUPT_SHARE)
    gap = np.where(acausal, 1 + rng.integers(ACAUSAL_DAYS, size=count), np.where(abrupt, 1, gap))
    ends = np.where(decided, day + gap, NEVER)
    ends = np.where(spells["begins"] >= NEVER, spells["trial_ends"], ends)
    unforeseen = abrupt | (acausal & (gap == 1))
    known = np.where(unforeseen, ends + rng.integers(7, size=count), np.where(decided, day, ends))
    state[time.all_weeks[None, :] * 7 >= ends[:, None]] = -1
    return Fate(state, week, ends, known, acausal & decided, abrupt & decided)


def engagement(spells: pd.DataFrame, fate: Fate) -> npt.NDArray[np.float32]:
    """Level of engagement by week, 1 for a contented account: it follows the state with a delay, so it decays over weeks."""
    level = np.where(spells["stalled"], 0.45, 0.8)
    levels = np.zeros(fate.state.shape, np.float32)
    for column in range(fate.state.shape[1]):
        now = fate.state[:, column]
        level = np.where(now >= 0, level + _FOLLOWS * (_TARGETS[now] - level), level)
        levels[:, column] = np.where(now >= 0, level, 0)
    return levels
