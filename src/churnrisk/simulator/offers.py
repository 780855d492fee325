"""Plans, seats and prices, and how they change at a renewal."""

import numpy as np
import pandas as pd

from churnrisk.simulator.timeline import Flags, Ints, Reals

PLANS = ("Starter", "Team", "Business", "Enterprise")
CHANGES = ("", "upgrade", "downgrade", "price change")
_UPGRADE, _DOWNGRADE, _PRICE = 1, 2, 3
# By months of the term: probabilities at a renewal of an upgrade at full engagement, of a downgrade at none, and of a
# new price. Longer terms renew less often, so more changes at each.
_PROBABILITIES = {1: (0.02, 0.06, 0.012), 3: (0.06, 0.15, 0.05), 12: (0.30, 0.55, 0.35), 24: (0.35, 0.60, 0.50)}
_SEAT_PRICES = np.array([14.0, 24.0, 38.0, 55.0])  # a month
_LONG_TERM_PRICE = 0.85
_VOLUME = 0.93  # power of the seats: large accounts pay less for each


class Offer:
    """What every spell buys now: `plan`, `seats` and `price` (a factor on the list price), one value a spell."""

    def __init__(self, spells: pd.DataFrame, rng: np.random.Generator) -> None:
        term = spells["term"].to_numpy()
        self.plan = spells["plan"].to_numpy()
        self.seats = spells["seats"].to_numpy()
        self.price = np.where(term >= 12, _LONG_TERM_PRICE, 1.0) * rng.uniform(0.85, 1.1, len(spells))
        self._probabilities = np.array([_PROBABILITIES[months] for months in term.tolist()]).reshape(-1, 3).T

    def columns(self) -> dict[str, object]:
        """The offer as columns of a subscription."""
        mrr = self.seats**_VOLUME * _SEAT_PRICES[self.plan] * self.price
        return {"plan": np.array(PLANS, object)[self.plan], "seats": self.seats, "mrr": mrr.round(2)}

    def renew(self, renews: Flags, level: Reals, rng: np.random.Generator) -> Ints:
        """Change some of the contracts that renew: engaged accounts grow, others shrink.

        Returns each spell's index in `CHANGES`, 0 for no change.
        """
        draw, amount = rng.random((2, len(self.seats)))
        change = self._kind(renews, np.minimum(level, 1.0), draw)
        up, down = change == _UPGRADE, change == _DOWNGRADE
        next_plan = up & (amount < 0.3) & (self.plan < len(PLANS) - 1)
        more, less = np.ceil(self.seats * (1.1 + 0.4 * amount)), np.floor(self.seats * (0.85 - 0.35 * amount))
        self.plan = self.plan + next_plan
        self.seats = np.where(up & ~next_plan, more, np.where(down, np.maximum(less, 1), self.seats))
        self.price = np.where(change == _PRICE, self.price * (1.03 + 0.06 * amount), self.price)
        return change

    def _kind(self, renews: Flags, level: Reals, draw: Reals) -> Ints:
        up, down, price = self._probabilities
        down = np.where(self.seats > 1, down, 0.0)  # the last seat can't be given back
        cuts = np.cumsum([up * level, down * (1 - level), price], axis=0)
        return np.where(renews & (draw < cuts[2]), 1 + (draw >= cuts[0]) + (draw >= cuts[1]), 0)
