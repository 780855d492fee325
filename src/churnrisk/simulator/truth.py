"""The exact probability of leaving, from what only the simulator knows. No stage of the pipeline reads it."""

import numpy as np
import pandas as pd

from churnrisk.simulator.past import Past, text
from churnrisk.simulator.spells import Exits
from churnrisk.simulator.state import ABRUPT_SHARE, ACAUSAL_DAYS, DECIDES, Rates, step_odds
from churnrisk.simulator.timeline import Ints, Reals, Timeline

LEAD_DAYS, HORIZON_DAYS = 14, 90
_WEEKS = -(-(LEAD_DAYS + HORIZON_DAYS) // 7)


def truth_table(past: Past, exits: Exits) -> pd.DataFrame:
    """One row an account and week for accounts that pay at `as_of` and have not decided to leave before it.

    `as_of` is the first day of each simulated week. `hazard` is the probability that the account decides to leave within
    that week. `churn_probability` is the exact probability that it is gone (`ended_on`, all its subscriptions ended) on a day in
    `[as_of + 14, as_of + 104)`, given its hidden state at `as_of`, its frailty, how its onboarding went and its contract,
    and given that it had not decided before `as_of`; it is found by propagating the chain forward over the 15 weeks of
    decisions that can end in the window. Notice is given on the day of the decision (an abrupt or acausal end may be
    noted up to six days later, when the account is gone already), so no account in notice has a row.
    """
    spells, time = past.spells, past.time
    rates = Rates.of(spells, exits, time)
    weeks = np.arange(time.weeks)
    paying = (spells["begins"].to_numpy()[:, None] < 7 * weeks) & (past.fate.week[:, None] >= weeks)
    row, week = np.nonzero(paying)
    state = past.state[row, week]
    decides = rates.decides[row, time.column(week)] * DECIDES[state] + rates.acausal[row, time.column(week)]
    rows = pd.DataFrame({
        "account_id": text(past.ids, spells["account"].to_numpy()[row]),
        "as_of": time.dates(7 * week),
        "hazard": decides,
        "churn_probability": _churn_probability(spells, exits, rates, row, week, state, time),
    })
    return rows.sort_values(["account_id", "as_of"], ignore_index=True)


def _churn_probability(spells: pd.DataFrame, exits: Exits, rates: Rates, row: Ints, week: Ints, state: Ints, time: Timeline) -> Reals:
    """Sum over the weeks ahead of: still there, in this state, decides now, and is then gone on a day of the window."""
    mind = np.eye(len(DECIDES))[state]
    total = np.zeros(len(row))
    abrupt = np.where(spells["term"] == 1, ABRUPT_SHARE, 0.0)[row]
    rush = (np.sqrt(spells["frailty"]) * spells["rush"]).to_numpy()[row]
    for ahead in range(_WEEKS):
        column = time.column(week + ahead)
        acausal = rates.acausal[row, column]
        in_window = _share_in_window(exits, row, column, ahead, abrupt)
        total += mind @ DECIDES * rush * in_window + mind.sum(axis=1) * acausal * _acausal_share(ahead)
        mind *= 1 - rates.decides[row, column][:, None] * DECIDES - acausal[:, None]
        mind = _moved(mind, rates.worsens[row, column])
    return total


def _moved(mind: Reals, worsens: Reals) -> Reals:
    """One week's move of the probabilities of the states."""
    worse, better = step_odds(worsens)
    moved = mind * (1 - worse - better)
    moved[:, 1:] += (mind * worse)[:, :-1]
    moved[:, :-1] += (mind * better)[:, 1:]
    return moved


def _share_in_window(exits: Exits, row: Ints, column: Ints, ahead: int, abrupt: Reals) -> Reals:
    """Share of a week's days on which a decision can be taken and then ends in the window."""
    share = np.zeros(len(row))
    for offset in range(7):
        day = 7 * ahead + offset
        at = 7 * column + offset
        at_term = _inside(day + exits.gap[row, at])
        share += exits.open_days[row, at] * ((1 - abrupt) * at_term + abrupt * _inside(np.array(day + 1))) / 7
    return share


def _acausal_share(ahead: int) -> float:
    """Share of the acausal decisions of a week that end in the window."""
    days = 7 * ahead + np.arange(7)[:, None] + 1 + np.arange(ACAUSAL_DAYS)
    return float(_inside(days).mean())


def _inside(days: Ints) -> Reals:
    return ((days >= LEAD_DAYS) & (days < LEAD_DAYS + HORIZON_DAYS)).astype(float)
