"""Spend: what they have bought so far, by their invoices. Money is never added to actions."""

import numpy as np

from churnrisk.features.registry import feature
from churnrisk.past.arrays import ratio
from churnrisk.past.tables.records import once

_DAYS_BEFORE = 14
"""Days without an invoice that every account is credited with, so that the first invoice of a new one is no record."""
_DAYS_A_MONTH = 365.25 / 12


@once
def _priced(invoices):
    """Invoices that ask for money: a credit note doesn't."""
    return invoices.where(invoices["amount"] > 0)


@feature(fact="price", unit="money", missing="was there before the record begins", columns=("invoices.amount",))
def invoiced_ever(invoices, accounts):
    """Sum of all invoices so far, less credit notes."""
    return np.where(accounts["predates_usage"], np.nan, invoices.sum(invoices["amount"]))


@feature(fact="price", unit="money", missing="no day observed yet", columns=("invoices.amount",))
def invoiced_rate(invoices, accounts):
    """Sum of the invoices, less credit notes, of the days observed, a month; 14 more days are counted, so that a new
    account's first invoice is not taken for what it pays every day.

    Where an account was there before usage was recorded, the days since then are observed.
    """
    observed = accounts["observed_days"]
    since = invoices.where(invoices.age() <= invoices.each(observed))
    return ratio(since.sum(since["amount"]) * _DAYS_A_MONTH, observed + _DAYS_BEFORE)


@feature(fact="price", unit="money", missing="no invoice so far", columns=("invoices.amount",))
def invoice_mean(invoices):
    """Mean amount of the invoices so far, without credit notes."""
    return _priced(invoices).mean(_priced(invoices)["amount"])


@feature(fact="price", unit="money", missing="no invoice so far", columns=("invoices.amount",))
def invoice_largest(invoices):
    """Amount of the largest invoice so far."""
    return _priced(invoices).most(_priced(invoices)["amount"])


@feature(fact="price", unit="money", missing="no invoice so far", columns=("invoices.amount",))
def invoice_last(invoices):
    """Amount of the last invoice, credit notes aside; the largest of its day."""
    return _priced(invoices).most_of_last("amount")
