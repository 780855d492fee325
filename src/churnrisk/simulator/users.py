"""The users of every account, who take a seat and later hand it on or leave it empty."""

import numpy as np
import pandas as pd

from churnrisk.simulator.lives import Lives
from churnrisk.simulator.timeline import Ints

_ADMIN, _ROLE_SHARES = 2, (0.58, 0.32, 0.10)  # of viewers, builders, admins
_STAY_DAYS, _CHAMPION_STAYS = 800, 3  # how long a user stays, on average; a champion so many times as long
_HANDOVER_DAYS = 20
_JOIN_LEVEL = 0.45  # of engagement, below which nobody new joins


def users_table(lives: Lives, rng: np.random.Generator) -> pd.DataFrame:
    """One row a user, sorted by account: spell, first day and the day after the last, role, and how active they are.

    `appetite` is the share of workdays on which the user is active at full engagement, `fades` the power of the
    account's engagement that it follows: above 1 for users who stay away first. The first user of a spell is its
    champion, an eager admin.
    """
    seats = _seats(lives, rng)
    users = _occupants(seats, lives, rng)
    count, champion = len(users), users["seat_number"].to_numpy() == 0
    spell, joins = users["spell"].to_numpy(), users["joins"].to_numpy()
    welcome = users["first"] | (lives.level_on(spell, joins) > _JOIN_LEVEL)
    users = users.assign(
        account=lives.of("account")[spell],
        role=np.where(champion, _ADMIN, rng.choice(3, count, p=_ROLE_SHARES)),
        appetite=np.where(champion, rng.beta(8, 6, count), rng.beta(5, 11.5, count)),
        fades=np.where(champion, 0.9, rng.uniform(0.7, 1.8, count)),
    )
    users = users[welcome & (users["joins"] < users["leaves"])]
    users = users.sort_values(["account", "joins"], kind="stable", ignore_index=True)
    return users.assign(number=users.groupby("account").cumcount() + 1)


def _seats(lives: Lives, rng: np.random.Generator) -> pd.DataFrame:
    """One row a seat that is ever taken: its spell, its number there, and the day on which it is first taken."""
    bought = lives.of("seats").astype(np.int64)
    spell = np.repeat(np.arange(len(bought)), bought)
    number = np.arange(len(spell)) - np.repeat(np.cumsum(bought) - bought, bought)
    stalled = lives.of("stalled")[spell]
    early = rng.random(len(spell)) < np.where(stalled, 0.4, 0.75)
    waits = rng.exponential(np.where(early, np.where(stalled, 25, 8), 200)) * (number > 0)
    taken = lives.of("opens")[spell] + waits.astype(np.int64)
    return pd.DataFrame({"spell": spell, "seat_number": number, "taken": taken})


def _occupants(seats: pd.DataFrame, lives: Lives, rng: np.random.Generator) -> pd.DataFrame:
    """One row a user: each seat is handed on at random days, and is empty for some days before."""
    taken, last = seats["taken"].to_numpy(), lives.until[seats["spell"]]
    life = np.maximum(last - taken, 0)
    stay = _STAY_DAYS * np.where(seats["seat_number"] == 0, _CHAMPION_STAYS, 1)
    users = 1 + rng.poisson(life / stay)
    seat = np.repeat(np.arange(len(seats)), users)
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
