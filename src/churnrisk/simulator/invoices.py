"""Invoices: one for every billing period of a paid subscription, paid ever later as engagement falls."""

import numpy as np
import pandas as pd

from churnrisk.simulator.lives import Lives
from churnrisk.simulator.timeline import Ints

_PRICE = 2  # the driver of accounts that would churn because of the price
_WRITTEN_OFF_DAYS = 60  # an invoice still open so long after it was due is never paid
_DAYS_TO_PAY = np.array([14, 30, 30])  # from issue to due date, by segment


def invoices_table(lives: Lives, sold: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The contract table `invoices`, from all subscriptions ever sold (see `subscriptions_sold`)."""
    sold = sold[~sold["is_trial"]]
    row, issued, months = _periods(lives, sold)
    spell = sold["spell"].to_numpy()[row]
    doubt = 1 - np.minimum(lives.level_on(spell, issued), 1)
    due = issued + _DAYS_TO_PAY[lives.of("segment")[spell]]
    by_price = np.where(lives.of("driver")[spell] == _PRICE, 2.0, 0.7)
    lateness = 22 * by_price * doubt**1.5 * rng.gamma(2.0, 0.5, len(spell))
    delay = lives.of("payment_habit")[spell] + rng.normal(0, 3.5, len(spell)) + lateness
    never = rng.random(len(spell)) < 0.003 + 0.15 * by_price * doubt**3
    paid = np.maximum(due + np.round(delay), issued)
    # From a stream of its own, as every column that came later: the draws of the others stay as they were.
    failed = rng.spawn(1)[0].random(len(spell)) < 0.01 + 0.1 * doubt**2
    unpaid = never | (delay > _WRITTEN_OFF_DAYS) | (paid >= lives.time.days)
    return lives.table(
        "invoices",
        pd.DataFrame(
            {
                "account": lives.of("account")[spell],
                "issued_on": issued,
                "due_on": due,
                "failed_on": np.where(failed & (due < lives.time.days), due, np.inf),
                "paid_on": np.where(unpaid, np.inf, paid),
                "amount": (sold["mrr"].to_numpy()[row] * months).round(2),
            }
        ),
    )


def _periods(lives: Lives, sold: pd.DataFrame) -> tuple[Ints, Ints, Ints]:
    """Subscription, first day and length in months of every billing period that has begun."""
    spell, started = sold["spell"].to_numpy(), sold["started"].to_numpy().astype(np.int64)
    months = lives.of("billing")[spell]
    until = np.minimum(sold["ended"].to_numpy(), lives.time.days)
    most = np.maximum(until - started, 0).astype(np.int64) // (28 * months) + 1
    row = np.repeat(np.arange(len(sold)), most)
    number = np.arange(len(row)) - np.repeat(np.cumsum(most) - most, most)
    issued = lives.time.add_months(started[row], number * months[row])
    begun = issued < until[row]
    return row[begun], issued[begun], months[row][begun]
