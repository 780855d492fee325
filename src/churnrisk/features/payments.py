"""Payments: what is open, what failed, and how late they pay by their own habit."""

import numpy as np

from churnrisk.clock import days_between
from churnrisk.features.registry import feature
from churnrisk.past.tables.records import once


@once
def _owed(invoices):
    """Invoices that ask for money: a credit note and a void one don't. An amount that is not known may be owed."""
    return invoices.where(~(invoices["amount"] <= 0))


@once
def _overdue(invoices):
    return _owed(invoices).where(np.isnat(_owed(invoices)["paid_on"]) & (_owed(invoices).age("due_on") > 0))


def _lateness(invoices):
    """Days after the due date; open ones count until now."""
    return np.where(
        np.isnat(invoices["paid_on"]), invoices.age("due_on"), days_between(invoices["paid_on"], invoices["due_on"])
    )


@feature(fact="invoices", unit="count", missing="invoices not recorded", columns=("invoices.paid_on",))
def overdue_invoices(invoices):
    """Unpaid invoices past their due date."""
    return _overdue(invoices).count()


@feature(fact="invoices", unit="days", missing="nothing is overdue", columns=("invoices.paid_on",))
def oldest_overdue_invoice(invoices):
    """Days since the due date of the oldest unpaid invoice."""
    return _overdue(invoices).most(_overdue(invoices).age("due_on"))


@feature(fact="invoices", unit="count", missing="invoices not recorded", columns=("invoices.failed_on",))
def failed_payments(invoices):
    """Invoices with a payment that failed in the last 90 days."""
    return invoices.where(invoices.age("failed_on") <= 90).count()


@feature(fact="invoices", unit="days", missing="no invoice was due in the last 180 days", columns=("invoices.paid_on",))
def days_late(invoices):
    """Mean days after the due date of the invoices due in the last 180 days; open ones count until now."""
    owed = _owed(invoices)
    due = owed.where((owed.age("due_on") > 0) & (owed.age("due_on") <= 180))
    return due.mean(_lateness(due))


@feature(
    fact="invoices", unit="days", missing="no invoice was due lately, or none before", columns=("invoices.paid_on",)
)
def days_late_against_own_habit(invoices):
    """Mean lateness of the invoices due in the last 90 days, less that of the year before."""
    owed = _owed(invoices)
    age = owed.age("due_on")
    lately, before = owed.where((age > 0) & (age <= 90)), owed.where((age > 90) & (age <= 455))
    return lately.mean(_lateness(lately)) - before.mean(_lateness(before))
