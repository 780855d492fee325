"""The exact probability of churn, from what only the simulator knows. No stage of the pipeline reads it."""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.simulator.lives import Lives, text
from churnrisk.simulator.spells import Exits
from churnrisk.simulator.state import ABRUPT_SHARE, ACAUSAL_DAYS, DECIDES, Rates, step_odds
from churnrisk.simulator.timeline import Flags, Ints, Reals

# The window of the repository's own params.yaml, which the truth is compared with. Not read from there: the truth must
# not change with what a pipeline asks.
LEAD_DAYS, HORIZON_DAYS = 14, 90


def truth_table(lives: Lives, exits: Exits, horizons: Collection[int] = (), weeks: int | None = None) -> pd.DataFrame:
    """One row an account and week, for accounts that pay at `as_of` and had not decided to leave before it; only the
    first `weeks` where they are given.

    `as_of` is the first day of each simulated week. `hazard` is the probability that the account decides to leave in
    that week. `churn_probability` is the exact probability that its last subscription ends (`ended_on`) on a day in
    `[as_of + 14, as_of + 104)`, given what the simulator knows at `as_of`: its hidden state, its frailty, whether its
    onboarding stalled, its contract, and that it had not decided before. It is found by propagating the chain forward
    over the 15 weeks in which a decision can still lead to an end in the window.

    `churn_probability_<days>d` is the same for each of `horizons`. A horizon of more than 90 days looks further ahead
    than the simulation goes on after the last week of a life, so that its last rows are those of a company that no
    longer changes.

    Notice is given on the day of the decision, so an account in notice has no row. Only an end on the day after the
    decision is noted afterwards, up to six days late, when the account has no row any more. Returns don't matter,
    because accounts return more than 30 days later, as a new spell.
    """
    spells, time, first_days = lives.spells, lives.time, 7 * np.arange(lives.time.weeks if weeks is None else weeks)
    paying = (spells["begins"].to_numpy()[:, None] < first_days) & (7 * lives.fate.week[:, None] >= first_days)
    spell, week = np.nonzero(paying)
    state = lives.state[spell, week].astype(np.int64)
    rates, column = Rates.of(spells, exits, time), time.column(week)
    rows = pd.DataFrame(
        {
            "account_id": text(lives.ids, spells["account"].to_numpy()[spell]),
            "as_of": time.dates(7 * week),
            "hazard": rates.decides[spell, column] * DECIDES[state] + rates.acausal[spell, column],
            **{
                name: _churn_probability(spells, exits, rates, spell, column, state, horizon_days)
                for name, horizon_days in _names(horizons).items()
            },
        }
    )
    return rows.sort_values(["account_id", "as_of"], ignore_index=True)


def _names(horizons: Collection[int]) -> dict[str, int]:
    return {"churn_probability": HORIZON_DAYS} | {f"churn_probability_{days}d": days for days in horizons}


def _churn_probability(
    spells: pd.DataFrame, exits: Exits, rates: Rates, spell: Ints, column: Ints, state: Ints, horizon_days: int
) -> Reals:
    """Sum over the weeks ahead of the probability that an account decides in that week and churns in the window.

    `mind` holds the probabilities that it has not decided before and is in each state.
    """
    mind: Reals = np.eye(len(DECIDES))[state]
    total = np.zeros(len(spell))
    abrupt = np.where(spells["term"].to_numpy() == 1, ABRUPT_SHARE, 0.0)[spell]
    for ahead in range(-(-(LEAD_DAYS + horizon_days) // 7)):
        now = np.minimum(column + ahead, rates.decides.shape[1] - 1)
        by_mind = rates.urge[spell] * _share_in_window(exits, spell, now, ahead, abrupt, horizon_days)
        acausal = rates.acausal[spell, now]
        # Not `@`, because the order of its sums depends on the processor.
        total += (mind * DECIDES).sum(axis=1) * by_mind + mind.sum(axis=1) * acausal * _acausal_share(
            ahead, horizon_days
        )
        mind *= 1 - rates.decides[spell, now][:, None] * DECIDES - acausal[:, None]
        mind = _moved(mind, rates.worsens[spell, now])
    return total


def _moved(mind: Reals, worsens: Reals) -> Reals:
    """The probabilities of the states a week later."""
    worse, better = step_odds(worsens)
    moved = mind * (1 - worse - better)
    moved[:, 1:] += (mind * worse)[:, :-1]
    moved[:, :-1] += (mind * better)[:, 1:]
    return moved


def _share_in_window(exits: Exits, spell: Ints, column: Ints, ahead: int, abrupt: Reals, horizon_days: int) -> Reals:
    """Share of a week's days on which a decision can be made and leads to an end in the window."""
    share = np.zeros(len(spell))
    for offset in range(7):
        day, at = 7 * ahead + offset, 7 * column + offset
        at_term = _inside(day + exits.gap[spell, at], horizon_days)
        share += exits.open_days[spell, at] * ((1 - abrupt) * at_term + abrupt * _inside(day + 1, horizon_days)) / 7
    return share


def _acausal_share(ahead: int, horizon_days: int) -> float:
    """Share of a week's acausal decisions that lead to an end in the window."""
    ends = 7 * ahead + np.arange(7)[:, None] + 1 + np.arange(ACAUSAL_DAYS)
    return float(_inside(ends, horizon_days).mean())


def _inside(days: npt.ArrayLike, horizon_days: int) -> Flags:
    days = np.asarray(days)
    return (days >= LEAD_DAYS) & (days < LEAD_DAYS + horizon_days)
