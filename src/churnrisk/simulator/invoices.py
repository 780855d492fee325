"""Invoices: one for every billing period of a paid subscription, paid by habit, later as interest fades, a few never."""

import numpy as np
import pandas as pd

from churnrisk.simulator.past import Past
from churnrisk.simulator.timeline import Ints

_PRICE = 2  # the driver of those who would leave for the price
_PATIENCE_DAYS = 60  # what is open that long after it was due is written off


def invoices_table(past: Past, sold: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The contract table `invoices`. `sold`: subscriptions as days, with `spell`, `started`, `ended`, `mrr`."""
    sold = sold[~sold["is_trial"]]
    row, issued, months = _periods(past, sold)
    spell = sold["spell"].to_numpy()[row]
    level = np.minimum(past.level_on(spell, issued), 1)
    due = issued + np.where(past.spells["segment"].to_numpy()[spell] == 0, 14, 30)
    by_price = np.where(past.spells["driver"].to_numpy()[spell] == _PRICE, 2.0, 0.7)
    lateness = 22 * by_price * (1 - level) ** 1.5 * rng.gamma(2.0, 0.5, len(spell))
    delay = past.spells["payment_habit"].to_numpy()[spell] + rng.normal(0, 3.5, len(spell)) + lateness
    never = rng.random(len(spell)) < 0.003 + 0.15 * by_price * (1 - level) ** 3
    paid = np.maximum(due + np.round(delay), issued)
    open_ = never | (paid >= past.time.days) | (delay > _PATIENCE_DAYS)
    return past.table("invoices", pd.DataFrame({
        "account": past.spells["account"].to_numpy()[spell], "issued_on": issued.astype(float), "due_on": due.astype(float),
        "paid_on": np.where(open_, np.inf, paid), "amount": (sold["mrr"].to_numpy()[row] * months).round(2),
    }))


def _periods(past: Past, sold: pd.DataFrame) -> tuple[Ints, Ints, Ints]:
    """Subscription, first day and length in months of every billing period that has begun."""
    spell = sold["spell"].to_numpy()
    months = past.spells["billing"].to_numpy()[spell]
    started = sold["started"].to_numpy()
    until = np.minimum(sold["ended"].to_numpy(), past.time.days)
    most = (until - started).clip(0) // (28 * months) + 1
    row = np.repeat(np.arange(len(sold)), most)
    number = np.arange(len(row)) - np.repeat(np.cumsum(most) - most, most)
    issued = past.time.add_months(started[row], number * months[row])
    begun = issued < until[row]
    return row[begun], issued[begun], months[row][begun]
