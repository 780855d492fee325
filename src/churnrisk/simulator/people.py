"""Who uses the product at an account: people who join and leave, some eager, some rarely there."""

import numpy as np
import pandas as pd

from churnrisk.simulator.past import Past

ROLES = ("viewer", "builder", "admin")
_ROLE_SHARES = (0.58, 0.32, 0.10)
_STAY_DAYS = 900  # how long a person stays, on average
_JOIN_LEVEL = 0.45  # below it an account takes nobody new on board


def users_table(past: Past, rng: np.random.Generator) -> pd.DataFrame:
    """One row a user, sorted by account: spell, first and last day, appetite (share of workdays on which they are active).

    The first person of a spell is its champion: eager, and an admin. `fades` is the power of the account's engagement that a
    user's activity follows: above 1 for those who are the first to stay away.
    """
    spells, last = past.spells, past.until
    tenure = np.maximum(last - spells["opens"].to_numpy(), 1)
    seats = spells["seats"].to_numpy()
    early = 1 + rng.binomial(seats.astype(int), np.where(spells["stalled"], 0.25, 0.65))
    later = rng.poisson(seats * (0.15 + 0.9 * tenure / _STAY_DAYS))
    spell = np.repeat(np.arange(len(spells)), early + later)
    number = np.arange(len(spell)) - np.repeat(np.cumsum(early + later) - early - later, early + later)
    waits = rng.exponential(np.where(spells["stalled"], 25, 9)[spell]) * (number > 0)
    joins = spells["opens"].to_numpy()[spell] + np.where(
        number < early[spell], waits, 30 + rng.random(len(spell)) * np.maximum(tenure[spell] - 30, 1)
    ).astype(np.int64)
    stays = 1 + rng.exponential(_STAY_DAYS * np.where(number == 0, 3, 1))
    role = np.where(number == 0, 2, rng.choice(3, len(spell), p=_ROLE_SHARES))
    users = pd.DataFrame({
        "spell": spell, "account": spells["account"].to_numpy()[spell], "joins": joins,
        "leaves": np.minimum(joins + stays.astype(np.int64), last[spell]), "role": role,
        "appetite": np.where(number == 0, rng.beta(6, 4, len(spell)), rng.beta(2.8, 6.2, len(spell))),
        "fades": np.where(number == 0, 0.9, rng.uniform(0.7, 1.8, len(spell))),
    })
    welcome = (past.level_on(spell, joins) > _JOIN_LEVEL) | (number < early[spell])
    users = users[welcome & (users["joins"] < users["leaves"])].sort_values(["account", "joins"], kind="stable", ignore_index=True)
    return users.assign(number=users.groupby("account").cumcount() + 1)
