"""The whole company: its population, their spells and hidden states, and the tables that come of them."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from churnrisk.clock import Day, days, to_column
from churnrisk.contract import TABLES
from churnrisk.simulator.contacts import surveys_table, touchpoints_table
from churnrisk.simulator.cut import known_before
from churnrisk.simulator.invoices import invoices_table
from churnrisk.simulator.lives import Lives
from churnrisk.simulator.population import account_ids, accounts_table, sign_ups
from churnrisk.simulator.spells import Exits, first_spells, return_spells
from churnrisk.simulator.state import engagement, live
from churnrisk.simulator.subscriptions import subscriptions_sold, subscriptions_table
from churnrisk.simulator.tickets import tickets_table
from churnrisk.simulator.timeline import GROWN_WEEKS, LIFE_WEEKS, Ints, Timeline
from churnrisk.simulator.truth import truth_table
from churnrisk.simulator.usage import usage_table
from churnrisk.simulator.users import users_table


@dataclass(frozen=True)
class SimulatedCompany:
    """A simulated company: contract tables by name, and the truth that no stage reads (see `truth.truth_table`)."""

    tables: dict[str, pd.DataFrame]
    truth: pd.DataFrame


def simulate(accounts: int, start: Day, weeks: int, seed: int, horizons: Collection[int] = ()) -> SimulatedCompany:
    """A made-up B2B SaaS company in which `accounts` sign up within two years, about half of them before `start`.

    Contracts and invoices go back up to two and a half years before `start`; usage, tickets, surveys and touchpoints
    begin on it. The tables hold what the company knows at the end of the last of `weeks` (at most `LIFE_WEEKS`): what
    happens or is reported later isn't in them. The company is one and the same however many of its weeks are asked for,
    so the tables of more weeks, cut at what was known before, are those of fewer. The truth has a column for each
    further of `horizons` (days). The same arguments give the same tables; another number of accounts may change all of
    them. Raises ValueError for more weeks than a life has.
    """
    if weeks > LIFE_WEEKS:
        raise ValueError(f"{weeks} weeks are asked for, and the life of a company has {LIFE_WEEKS}")
    time = Timeline(start, LIFE_WEEKS)
    # A stream for each step, so that a step that draws more often leaves the numbers of the others as they are. The
    # steps are in the order in which they take theirs: a new one goes last.
    streams = iter([np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(10)])
    population = sign_ups(accounts, time, next(streams))
    lives, exits = _lives(population, time, next(streams))
    sold = subscriptions_sold(lives, next(streams))
    users = users_table(lives, next(streams))
    truth = truth_table(lives, exits, horizons, max(weeks, GROWN_WEEKS))
    tables = {
        "accounts": accounts_table(population, _prominent(lives, truth), time, next(streams)),
        "subscriptions": subscriptions_table(lives, sold),
        "usage": usage_table(lives, users, weeks, next(streams)),
        "invoices": invoices_table(lives, sold, next(streams)),
        "tickets": tickets_table(lives, next(streams)),
        "surveys": surveys_table(lives, next(streams)),
        "touchpoints": touchpoints_table(lives, next(streams)),
    }
    end = to_column(start + days(7 * weeks))
    known = {name: known_before(TABLES[name], rows, end) for name, rows in tables.items()}
    return SimulatedCompany(known, truth[truth["as_of"] < end].reset_index(drop=True))


def _lives(population: pd.DataFrame, time: Timeline, rng: np.random.Generator) -> tuple[Lives, Exits]:
    """First spells, and after them the spells of those who come back."""
    first = first_spells(population, time, rng)
    exits = Exits.of(first, time)
    fate = live(first, exits, time, rng)
    again = return_spells(population, first, fate.ends, fate.acausal, time, rng)
    exits_again = Exits.of(again, time)
    fate, exits = fate.joined(live(again, exits_again, time, rng)), exits.joined(exits_again)
    spells = pd.concat([first, again], ignore_index=True)
    lives = Lives(
        spells=spells, fate=fate, levels=engagement(spells, fate), ids=account_ids(len(population)), time=time
    )
    return lives, exits


def _prominent(lives: Lives, truth: pd.DataFrame) -> Ints:
    """Numbers of the accounts that have not given notice when the company is grown, most seats at risk first, as on a
    risk list. Not at the end of the weeks that are asked for, because names must not change with them.
    """
    grown = truth[truth["as_of"] == to_column(lives.time.start + days(7 * (GROWN_WEEKS - 1)))]
    newest = grown.set_index("account_id")["churn_probability"]
    stays = lives.spells[lives.fate.week >= GROWN_WEEKS]
    risk = newest.reindex([lives.ids[number] for number in stays["account"]]).to_numpy()
    at_risk = pd.Series(risk * stays["seats"].to_numpy(), stays["account"]).dropna()
    return at_risk.sort_values(ascending=False, kind="stable").index.to_numpy(np.int64)
