"""Spells, from an account's start to its end: trials, paid terms, returns, and when a contract lets an account go."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.simulator.timeline import NEVER, Flags, Ints, Reals, Timeline

TERMS = np.array([1, 3, 12, 24])
_TERM_SHARES = np.array([[0.62, 0.10, 0.28, 0.0], [0.32, 0.14, 0.50, 0.04], [0.06, 0.08, 0.68, 0.18]])  # by segment
_NOTICE_DAYS = np.array([31, 31, 60, 60])  # how long before the end of a term people give notice, by term
_RUSH = np.array([1.0, 1.3, 1.6, 1.6])  # decisions crowd into the notice days, by term
_BILLED_BY_MONTH = 0.5  # of the longer terms
_TRIAL_SHARE = np.array([0.36, 0.22, 0.10])  # by segment
_TRIAL_DAYS, _TRIAL_DAYS_SHARES = np.array([14, 30]), (0.7, 0.3)
_CONVERTS, _CONVERTS_STALLED = 0.76, 0.45
_STALL_SHARE, _STALL_SHARE_RETURNED = 0.3, 0.2
_RETURNS, _AWAY_DAYS = 0.14, 32
_SAFE_DAYS = 28  # nobody leaves in the first days of paying
_TRAITS = ["seats", "frailty", "level", "mastery", "driver", "segment", "region", "payment_habit"]


def first_spells(population: pd.DataFrame, time: Timeline, rng: np.random.Generator) -> pd.DataFrame:
    """One row an account: its first spell.

    `opens` is the first day of any use, `begins` the first paid day (`NEVER` for a trial that doesn't convert); a trial
    runs from `opens` to `trial_ends` where they differ.
    """
    segment, created, count = population["segment"].to_numpy(), population["created"].to_numpy(), len(population)
    tried = rng.random(count) < _TRIAL_SHARE[segment]
    stalled = rng.random(count) < _STALL_SHARE * np.sqrt(population["frailty"].to_numpy())
    trial = np.where(tried, rng.choice(_TRIAL_DAYS, count, p=_TRIAL_DAYS_SHARES), 0)
    starts = _billable(created + trial, time)
    converts = ~tried | (rng.random(count) < np.where(stalled, _CONVERTS_STALLED, _CONVERTS))
    return _on_terms(population, rng).assign(
        opens=np.where(tried, created, starts),
        trial_ends=starts,
        begins=np.where(converts, starts, NEVER),
        stalled=stalled,
    )


def return_spells(
    population: pd.DataFrame, first: pd.DataFrame, ended: Ints, acausal: Flags, time: Timeline, rng: np.random.Generator
) -> pd.DataFrame:
    """Second spells of some accounts whose first has `ended`: over a month later, without a trial.

    Accounts that went bankrupt stay away.
    """
    back = ended + _AWAY_DAYS + rng.gamma(1.6, 60, len(ended)).astype(np.int64)
    willing = (rng.random(len(ended)) < _RETURNS) & ~acausal & (first["begins"].to_numpy() < NEVER)
    returns = willing & (back < time.days)
    starts = _billable(back[returns], time)
    spells = _on_terms(population.iloc[first["account"].to_numpy()[returns]], rng)
    stalled = rng.random(len(starts)) < _STALL_SHARE_RETURNED
    return spells.assign(opens=starts, trial_ends=starts, begins=starts, stalled=stalled)


def _on_terms(population: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The terms on which these accounts come, one row each, with their traits."""
    segment, count = population["segment"].to_numpy(), len(population)
    term = (rng.random((count, 1)) > _TERM_SHARES.cumsum(axis=1)[segment]).sum(axis=1).clip(0, len(TERMS) - 1)
    by_month, larger, fixed = rng.random((3, count))
    return pd.DataFrame(
        {
            "account": population.index.to_numpy(),
            "term": TERMS[term],
            "billing": np.where(by_month < _BILLED_BY_MONTH, 1, np.minimum(TERMS[term], 12)),
            "notice_days": _NOTICE_DAYS[term],
            "rush": _RUSH[term],
            "plan": segment + (larger < 0.3),
            "auto_renews": (TERMS[term] < 12) | (fixed < 0.75),
            **{trait: population[trait].to_numpy() for trait in _TRAITS},
        }
    )


def _billable(days: Ints, time: Timeline) -> Ints:
    """Terms begin by the 28th of a month, so that a renewal never falls on a day that a month lacks."""
    month_day = time.month_days(days)
    return np.where(month_day >= 28, time.add_months(days - month_day, 1), days)


@dataclass(frozen=True)
class Exits:
    """When a contract lets its account go. One row a spell, one column a day of `time.all_days`.

    `open_days` says whether a decision to leave can be taken on that day; `gap` how many days later the account is then
    gone, at the end of the running term.
    """

    open_days: Flags
    gap: npt.NDArray[np.int16]

    @classmethod
    def of(cls, spells: pd.DataFrame, time: Timeline) -> "Exits":
        begins, term, notice = (spells[name].to_numpy()[:, None] for name in ("begins", "term", "notice_days"))
        anchor = np.where(begins < NEVER, begins, 0)
        shape = (len(spells), len(time.all_days))
        open_days, gap = np.zeros(shape, bool), np.zeros(shape, np.int16)
        for first in range(0, shape[1], 7):  # by week, which keeps the memory down
            week = slice(first, first + 7)
            days = time.all_days[None, week]
            gap[:, week] = time.next_renewal(anchor, term, days) - days
            open_days[:, week] = (days >= begins + _SAFE_DAYS) & (gap[:, week] <= notice)
        return cls(open_days, gap)

    def joined(self, other: "Exits") -> "Exits":
        """The spells of both, one after the other."""
        return Exits(np.concatenate([self.open_days, other.open_days]), np.concatenate([self.gap, other.gap]))

    def weekly_share(self) -> Reals:
        """Share of each week's days on which a decision can be taken."""
        share: Reals = self.open_days.reshape(len(self.gap), self.gap.shape[1] // 7, 7).mean(axis=2)
        return share
