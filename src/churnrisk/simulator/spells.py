"""Spells: from an account's start to its end. Trials, paid terms, when a contract lets an account go, and returns."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.simulator.timeline import NEVER, Flags, Ints, Reals, Timeline

TERMS = np.array([1, 3, 12, 24])
_TERM_SHARES = np.array([[0.62, 0.10, 0.28, 0.0], [0.32, 0.14, 0.50, 0.04], [0.06, 0.08, 0.68, 0.18]])
_TRIAL_SHARE = np.array([0.42, 0.28, 0.12])
_TRIAL_DAYS = np.array([14, 30])
_CONVERTS = (0.72, 0.38)  # of the trials that started well, and that stalled
_STALL_SHARE = 0.3
_NOTICE_DAYS = np.array([31, 31, 60, 60])  # how long before the end of a term people give notice
_RUSH = np.array([1.0, 1.3, 1.6, 1.6])  # decisions crowd into the notice days
ONBOARDING_DAYS = 28
"""Nobody leaves in the first days of paying."""


def first_spells(population: pd.DataFrame, time: Timeline, rng: np.random.Generator) -> pd.DataFrame:
    """One row an account: its first spell.

    `opens` is the first day of any use, `begins` the first paid day (`NEVER` for a trial that doesn't convert), so a trial runs
    from `opens` to `trial_ends` where they differ.
    """
    segment, count = population["segment"].to_numpy(), len(population)
    tried = rng.random(count) < _TRIAL_SHARE[segment]
    stalled = rng.random(count) < _STALL_SHARE * np.sqrt(population["frailty"])
    trial = np.where(tried, rng.choice(_TRIAL_DAYS, count, p=(0.7, 0.3)), 0)
    starts = _billable(population["created"].to_numpy() + trial, time)
    converts = ~tried | (rng.random(count) < np.where(stalled, *_CONVERTS[::-1]))
    return _spells(population, rng).assign(
        opens=np.where(tried, population["created"], starts), trial_ends=starts,
        begins=np.where(converts, starts, NEVER), stalled=stalled, returned=False,
    )


def return_spells(population: pd.DataFrame, before: pd.DataFrame, ends: Ints, acausal: Flags, time: Timeline,
                  rng: np.random.Generator) -> pd.DataFrame:
    """Second spells of some accounts that left: 30 days later or more, without a trial. Who went bankrupt stays away."""
    back = ends + 32 + rng.gamma(1.6, 60, len(ends)).astype(np.int64)
    returns = (before["begins"] < NEVER) & ~acausal & (rng.random(len(ends)) < 0.14) & (back < time.days - 30)
    starts = _billable(back[returns], time)
    spells = _spells(population.iloc[before["account"][returns]], rng)
    return spells.assign(opens=starts, trial_ends=starts, begins=starts, stalled=rng.random(len(starts)) < 0.2, returned=True)


def _spells(population: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The terms on which these accounts come, one row each."""
    segment, count = population["segment"].to_numpy(), len(population)
    term = (rng.random((count, 1)) > _TERM_SHARES.cumsum(axis=1)[segment]).sum(axis=1).clip(0, 3)
    by_month = rng.random(count) < 0.35
    return pd.DataFrame({
        "account": population.index.to_numpy(),
        "term": TERMS[term],
        "billing": np.where(by_month, 1, np.minimum(TERMS[term], 12)),
        "notice_days": _NOTICE_DAYS[term],
        "rush": _RUSH[term],
        "plan": np.minimum(segment + (rng.random(count) < 0.3), 3),
        "auto_renews": (TERMS[term] < 12) | (rng.random(count) < 0.75),
        **{trait: population[trait].to_numpy() for trait in ("seats", "frailty", "level", "mastery", "driver", "segment", "region", "payment_habit")},
    })


def _billable(days: Ints, time: Timeline) -> Ints:
    """Terms begin by the 28th of a month, so that a renewal never falls on a day that a month lacks."""
    late = time.month_days(days) >= 28
    return np.where(late, time.add_months(days - time.month_days(days), 1), days)


@dataclass(frozen=True)
class Exits:
    """When a contract lets its account go. One row a spell, one column a day of `time.all_days`.

    `open_days` says whether a decision to leave can be taken on that day, `gap` how many days later the account is then gone:
    at the end of the running term.
    """

    open_days: Flags
    gap: npt.NDArray[np.int16]

    @classmethod
    def of(cls, spells: pd.DataFrame, time: Timeline) -> "Exits":
        begins, term = spells["begins"].to_numpy()[:, None], spells["term"].to_numpy()[:, None]
        anchor = np.where(begins < NEVER, begins, 0)
        shape = (len(spells), len(time.all_days))
        open_days, gap = np.zeros(shape, bool), np.zeros(shape, np.int16)
        for first in range(0, shape[1], 7):
            week = slice(first, first + 7)
            days = time.all_days[None, week]
            gap[:, week] = time.next_renewal(anchor, term, days) - days
            open_days[:, week] = (days >= begins + ONBOARDING_DAYS) & (gap[:, week] <= spells["notice_days"].to_numpy()[:, None])
        return cls(open_days, gap)

    def joined(self, other: "Exits") -> "Exits":
        """The spells of both, one after the other."""
        return Exits(np.concatenate([self.open_days, other.open_days]), np.concatenate([self.gap, other.gap]))

    def weekly_share(self) -> Reals:
        """Share of each week's days on which a decision can be taken."""
        return self.open_days.reshape(len(self.gap), -1, 7).mean(axis=2)
