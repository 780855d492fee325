"""Plans, seats and prices, and how they change at a renewal."""

import numpy as np
import pandas as pd

from churnrisk.simulator.timeline import Flags, Ints, Reals

PLANS = ("Starter", "Team", "Business", "Enterprise")
_PRICES = np.array([14.0, 24.0, 38.0, 55.0])  # a seat and month
_BY_TERM = {1: (0.02, 0.06, 0.012), 3: (0.06, 0.15, 0.05), 12: (0.30, 0.55, 0.35), 24: (0.35, 0.60, 0.50)}
UPGRADE, DOWNGRADE, PRICE = 1, 2, 3


class Offer:
    """What every spell buys now: `plan`, `seats` and `price` (times the list price), one value a spell."""

    def __init__(self, spells: pd.DataFrame, rng: np.random.Generator) -> None:
        self.plan = spells["plan"].to_numpy()
        self.seats = spells["seats"].to_numpy(float)
        self.price = np.where(spells["term"] >= 12, 0.85, 1.0) * rng.uniform(0.85, 1.1, len(spells))
        self._chances = np.array([_BY_TERM[term] for term in spells["term"]])

    def columns(self) -> dict[str, object]:
        """The subscription's columns for it; large accounts pay less a seat."""
        mrr = self.seats**0.93 * _PRICES[self.plan] * self.price
        return {"plan": np.array(PLANS, object)[self.plan], "seats": self.seats, "mrr": mrr.round(2)}

    def renew(self, renews: Flags, level: Reals, rng: np.random.Generator) -> Ints:
        """Change some of those that renew; the engaged grow, the others shrink. Gives the kind of change, 0 for none."""
        up, down, price = self._chances.T
        draw, amount = rng.random((2, len(self.seats)))
        level = np.minimum(level, 1.0)
        cuts = np.cumsum([up * level, down * (1 - level), price], axis=0)
        change = np.where(renews, np.select([draw < cut for cut in cuts], [UPGRADE, DOWNGRADE, PRICE], 0), 0)
        change[(change == DOWNGRADE) & (self.seats <= 1)] = 0
        new_plan = (amount < 0.3) & (change == UPGRADE) & (self.plan < len(PLANS) - 1)
        self.plan = self.plan + new_plan
        more, less = np.ceil(self.seats * (1.1 + 0.4 * amount)), np.maximum(np.floor(self.seats * (0.85 - 0.35 * amount)), 1)
        self.seats = np.select([(change == UPGRADE) & ~new_plan, change == DOWNGRADE], [more, less], self.seats)
        self.price = np.where(change == PRICE, self.price * (1.03 + 0.06 * amount), self.price)
        return change
