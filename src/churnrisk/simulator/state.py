"""What is hidden: each account's state of mind, week by week, and the decision to leave that grows out of it."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.simulator.spells import Exits
from churnrisk.simulator.timeline import NEVER, Flags, Ints, Reals, Timeline

STATES = ("engaged", "wavering", "fading", "leaving")
LEAVING = len(STATES) - 1
WORSENS = np.array([0.012, 0.08, 0.11, 0.0])  # a week, at frailty 1
RECOVERS = np.array([0.0, 0.08, 0.06, 0.04])  # a week
DECIDES = np.array([0.0018, 0.010, 0.03, 0.065])  # a week in which the contract allows it, at frailty 1
MOST_WORSENS = 0.6
ACAUSAL = 0.001  # a week: bankrupt, acquired; nothing foretells it
ACAUSAL_DAYS = 30  # the account is then gone after 1 to so many days
ABRUPT_SHARE = 0.15  # of the decisions by the month: it stops paying and is gone the next day
_NOTED_WITHIN_DAYS = 7  # what comes without notice is noted so much later
_STALL_FACTOR, _STALL_WEEKS = 2.2, 26
_STARTS = (0.86, 0.11, 0.03)  # states at the start, where onboarding didn't stall
_TARGETS = np.array([1.0, 0.55, 0.25, 0.07])  # level of engagement that each state tends to
_FOLLOWS = 0.55  # part of the way to its target that engagement goes in a week
_STARTS_AT, _STARTS_AT_STALLED = 0.8, 0.45


@dataclass(frozen=True)
class Rates:
    """The weekly rates of every spell, all that the chain and the truth about it need. A row a spell, a column a week.

    `worsens` multiplies `WORSENS`, `decides` multiplies `DECIDES` (`urge`, by spell, times the share of the week's days
    on which the contract allows it), `acausal` is a probability.
    """

    worsens: Reals
    urge: Reals
    decides: Reals
    acausal: Reals

    @classmethod
    def of(cls, spells: pd.DataFrame, exits: Exits, time: Timeline) -> "Rates":
        frailty = spells["frailty"].to_numpy()
        age = time.all_weeks - first_week(spells)[:, None]
        stalled = spells["stalled"].to_numpy()[:, None] & (age < _STALL_WEEKS)
        urge = np.sqrt(frailty) * spells["rush"].to_numpy()
        return cls(
            worsens=frailty[:, None] * np.where(stalled, _STALL_FACTOR, 1.0),
            urge=urge,
            decides=urge[:, None] * exits.weekly_share(),
            acausal=np.where(age >= 4, ACAUSAL, 0.0),
        )


@dataclass(frozen=True)
class Fate:
    """What became of every spell; `state` has one column a week of `time.all_weeks`, -1 where the spell doesn't run.

    `week` is the week of the decision, `ends` the first day without the account, `known` the day on which the company
    knows it; `NEVER` where it stays. A trial that doesn't convert ends with the trial and without a decision.
    """

    state: npt.NDArray[np.int8]
    week: Ints
    ends: Ints
    known: Ints
    acausal: Flags
    abrupt: Flags

    def joined(self, other: "Fate") -> "Fate":
        """The spells of both, one after the other."""
        names = [part.name for part in fields(self)]
        return Fate(**{name: np.concatenate([getattr(each, name) for each in (self, other)]) for name in names})


def first_week(spells: pd.DataFrame) -> Ints:
    """The first whole week of paying."""
    return -(-spells["begins"].to_numpy() // 7)


def live(spells: pd.DataFrame, exits: Exits, time: Timeline, rng: np.random.Generator) -> Fate:
    """Run the chain: every week an account decides by its state, and moves to a neighbouring state if it stays."""
    rates, begins, opens = Rates.of(spells, exits, time), first_week(spells), spells["opens"].to_numpy() // 7
    count, now = len(spells), _at_first(spells, rng)
    state = np.full((count, len(time.all_weeks)), -1, np.int8)
    week, acausal = np.full(count, NEVER), np.zeros(count, bool)
    for column, date in enumerate(time.all_weeks.tolist()):
        state[:, column] = np.where(date >= opens, now, -1)
        stays = (date >= begins) & (week == NEVER) & (date < time.weeks)
        draw, by_mind = rng.random(count), DECIDES[now] * rates.decides[:, column]
        decides = stays & (draw < by_mind + rates.acausal[:, column])
        acausal |= decides & (draw >= by_mind)
        week[decides] = date
        moved = now + _step(now, rates.worsens[:, column], rng) * (stays & ~decides)
        now = np.where(decides & ~acausal, LEAVING, moved)
    # When it ends and is known follows from the week of the decision; until then that week stands for both.
    decided = Fate(state=state, week=week, ends=week, known=week, acausal=acausal, abrupt=acausal)
    return _ended(spells, exits, decided, time, rng)


def _at_first(spells: pd.DataFrame, rng: np.random.Generator) -> Ints:
    """States at the start. Most trials that won't convert have no heart in it."""
    count = len(spells)
    started = np.where(spells["stalled"], 1, rng.choice(len(_STARTS), count, p=_STARTS))
    heartless = (spells["begins"].to_numpy() >= NEVER) & (rng.random(count) < 0.6)
    return np.where(heartless, 2, started)


def step_odds(worsens: Reals) -> tuple[Reals, Reals]:
    """Weekly probabilities of the next worse and the next better state; a last axis of states is added to `worsens`."""
    worse = np.minimum(worsens[..., None] * WORSENS, MOST_WORSENS)
    return worse, np.broadcast_to(RECOVERS, worse.shape)


def _step(now: Ints, worsens: Reals, rng: np.random.Generator) -> Ints:
    """1 for the next worse state, -1 for the next better, 0 for no move."""
    draw = rng.random(len(now))
    worse = np.minimum(worsens * WORSENS[now], MOST_WORSENS)
    return np.where(draw < worse, 1, np.where(draw < worse + RECOVERS[now], -1, 0))


def _ended(spells: pd.DataFrame, exits: Exits, fate: Fate, time: Timeline, rng: np.random.Generator) -> Fate:
    """Turn weeks of decision into days: of the decision, of the end, and of the company's knowing."""
    count, acausal, decided = len(spells), fate.acausal, fate.week < NEVER
    columns = np.where(decided, 7 * (fate.week + time.before), 0)[:, None] + np.arange(7)
    allowed = acausal[:, None] | np.take_along_axis(exits.open_days, columns, axis=1)
    offset = (rng.random((count, 7)) * allowed).argmax(axis=1)
    at_term = np.take_along_axis(exits.gap, columns, axis=1)[np.arange(count), offset]
    abrupt = decided & ~acausal & (spells["term"].to_numpy() == 1) & (rng.random(count) < ABRUPT_SHARE)
    gap = np.where(acausal, 1 + rng.integers(ACAUSAL_DAYS, size=count), np.where(abrupt, 1, at_term))
    trial = np.where(spells["begins"].to_numpy() < NEVER, NEVER, spells["trial_ends"].to_numpy())
    ends = np.where(decided, 7 * fate.week + offset + gap, trial)
    unforeseen = abrupt | (acausal & (gap == 1))
    noted = ends + rng.integers(_NOTED_WITHIN_DAYS, size=count)
    known = np.where(unforeseen, noted, np.where(decided, ends - gap, ends))
    runs = 7 * time.all_weeks < ends[:, None]
    state = np.where(runs, fate.state, np.int8(-1))
    return Fate(state=state, week=fate.week, ends=ends, known=known, acausal=acausal, abrupt=abrupt)


def engagement(spells: pd.DataFrame, fate: Fate) -> npt.NDArray[np.float32]:
    """Level of engagement by week, 1 for the contented: it follows the state with a delay, so it decays over weeks."""
    level = np.where(spells["stalled"], _STARTS_AT_STALLED, _STARTS_AT)
    levels = np.zeros(fate.state.shape, np.float32)
    for column, now in enumerate(fate.state.T):
        level = np.where(now >= 0, level + _FOLLOWS * (_TARGETS[now] - level), level)
        levels[:, column] = np.where(now >= 0, level, 0)
    return levels
