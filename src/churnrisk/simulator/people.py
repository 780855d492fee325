"""Who uses the product at an account: people who take a seat and hand it on or leave it empty."""

import numpy as np
import pandas as pd

from churnrisk.simulator.past import Past
from churnrisk.simulator.timeline import Ints

_ADMIN, _ROLE_SHARES = 2, (0.58, 0.32, 0.10)  # of viewers, builders, admins
_STAY_DAYS, _CHAMPION_STAYS = 800, 3  # how long a person stays, on average; a champion so many times as long
_HANDOVER_DAYS = 20
_JOIN_LEVEL = 0.45  # below it an account takes nobody new on board


def users_table(past: Past, rng: np.random.Generator) -> pd.DataFrame:
    """One row a user, sorted by account: spell, first day and the day after the last, role, and how active they are.

    `appetite` is the share of workdays on which a contented user is active, `fades` the power of the account's
    engagement that it follows: above 1 for those who are the first to stay away. The first person of a spell is its
    champion: an eager admin.
    """
    seats = _seats(past, rng)
    people = _occupants(seats, past, rng)
    count, champion = len(people), people["seat_number"].to_numpy() == 0
    spell, joins = people["spell"].to_numpy(), people["joins"].to_numpy()
    welcome = people["first"] | (past.level_on(spell, joins) > _JOIN_LEVEL)
    people = people.assign(
        account=past.of("account")[spell],
        role=np.where(champion, _ADMIN, rng.choice(3, count, p=_ROLE_SHARES)),
        appetite=np.where(champion, rng.beta(8, 6, count), rng.beta(5, 11.5, count)),
        fades=np.where(champion, 0.9, rng.uniform(0.7, 1.8, count)),
    )
    people = people[welcome & (people["joins"] < people["leaves"])]
    people = people.sort_values(["account", "joins"], kind="stable", ignore_index=True)
    return people.assign(number=people.groupby("account").cumcount() + 1)


def _seats(past: Past, rng: np.random.Generator) -> pd.DataFrame:
    """One row a seat that is ever taken: its spell, its number there, and the day on which it is first taken."""
    bought = past.of("seats").astype(np.int64)
    spell = np.repeat(np.arange(len(bought)), bought)
    number = np.arange(len(spell)) - np.repeat(np.cumsum(bought) - bought, bought)
    stalled = past.of("stalled")[spell]
    early = rng.random(len(spell)) < np.where(stalled, 0.4, 0.75)
    waits = rng.exponential(np.where(early, np.where(stalled, 25, 8), 200)) * (number > 0)
    taken = past.of("opens")[spell] + waits.astype(np.int64)
    return pd.DataFrame({"spell": spell, "seat_number": number, "taken": taken})


def _occupants(seats: pd.DataFrame, past: Past, rng: np.random.Generator) -> pd.DataFrame:
    """One row a person: each seat's life is cut at random days, on which it is handed on after some days."""
    taken, last = seats["taken"].to_numpy(), past.until[seats["spell"]]
    life = np.maximum(last - taken, 0)
    stay = _STAY_DAYS * np.where(seats["seat_number"] == 0, _CHAMPION_STAYS, 1)
    people = 1 + rng.poisson(life / stay)
    seat = np.repeat(np.arange(len(seats)), people)
    first = np.r_[True, seat[1:] != seat[:-1]] if len(seat) else np.zeros(0, bool)
    joins: Ints = taken[seat] + (rng.random(len(seat)) * life[seat] * ~first).astype(np.int64)
    joins = joins[np.lexsort((joins, seat))]
    handover = np.r_[joins[1:], 0] - rng.integers(1, _HANDOVER_DAYS, len(seat))
    leaves = np.where(np.r_[first[1:], True], last[seat], handover)
    return pd.DataFrame(
        {
            "spell": seats["spell"].to_numpy()[seat],
            "seat_number": seats["seat_number"].to_numpy()[seat],
            "first": first,
            "joins": joins,
            "leaves": leaves,
        }
    )
