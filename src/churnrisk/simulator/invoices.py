"""Invoices: one for every billing period of a paid subscription, paid by habit, later as interest fades."""

import numpy as np
import pandas as pd

from churnrisk.simulator.past import Past
from churnrisk.simulator.timeline import Ints

_PRICE = 2  # the driver of those who would leave for the price
_WRITTEN_OFF_DAYS = 60  # what is open that long after it was due is never paid
_DAYS_TO_PAY = np.array([14, 30, 30])  # from issue to due date, by segment


def invoices_table(past: Past, sold: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The contract table `invoices`, from all that was ever sold (see `subscriptions_sold`)."""
    sold = sold[~sold["is_trial"]]
    row, issued, months = _periods(past, sold)
    spell = sold["spell"].to_numpy()[row]
    doubt = 1 - np.minimum(past.level_on(spell, issued), 1)
    due = issued + _DAYS_TO_PAY[past.of("segment")[spell]]
    by_price = np.where(past.of("driver")[spell] == _PRICE, 2.0, 0.7)
    lateness = 22 * by_price * doubt**1.5 * rng.gamma(2.0, 0.5, len(spell))
    delay = past.of("payment_habit")[spell] + rng.normal(0, 3.5, len(spell)) + lateness
    never = rng.random(len(spell)) < 0.003 + 0.15 * by_price * doubt**3
    paid = np.maximum(due + np.round(delay), issued)
    failed = rng.spawn(1)[0].random(len(spell)) < 0.01 + 0.1 * doubt**2
    unpaid = never | (delay > _WRITTEN_OFF_DAYS) | (paid >= past.time.days)
    return past.table(
        "invoices",
        pd.DataFrame(
            {
                "account": past.of("account")[spell],
                "issued_on": issued,
                "due_on": due,
                "failed_on": np.where(failed & (due < past.time.days), due, np.inf),
                "paid_on": np.where(unpaid, np.inf, paid),
                "amount": (sold["mrr"].to_numpy()[row] * months).round(2),
            }
        ),
    )


def _periods(past: Past, sold: pd.DataFrame) -> tuple[Ints, Ints, Ints]:
    """Subscription, first day and length in months of every billing period that has begun."""
    spell, started = sold["spell"].to_numpy(), sold["started"].to_numpy().astype(np.int64)
    months = past.of("billing")[spell]
    until = np.minimum(sold["ended"].to_numpy(), past.time.days)
    most = np.maximum(until - started, 0).astype(np.int64) // (28 * months) + 1
    row = np.repeat(np.arange(len(sold)), most)
    number = np.arange(len(row)) - np.repeat(np.cumsum(most) - most, most)
    issued = past.time.add_months(started[row], number * months[row])
    begun = issued < until[row]
    return row[begun], issued[begun], months[row][begun]
