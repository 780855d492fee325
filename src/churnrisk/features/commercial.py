"""The commercial side: what they pay, when it renews, and whether they pay on time."""

import numpy as np

from churnrisk.clock import day, days_between, next_renewal
from churnrisk.features.registry import feature
from churnrisk.history.usage import ratio


def _main(subscriptions):
    """The running subscriptions, in order of what they pay, so that the last one is the account's main one."""
    return subscriptions.where(subscriptions["is_running"]).by("mrr")


def _known_total(rows, column):
    """Sum of a column over the rows; NaN where no row has a value."""
    known = rows.where(~np.isnan(rows[column]))
    return np.where(known.count() > 0, known.sum(known[column]), np.nan)


@feature(unit="money", missing="its price is not known", reason="pays {value:,.0f} a month")
def mrr(subscriptions):
    """Monthly recurring revenue of the running subscriptions."""
    return _known_total(subscriptions.where(subscriptions["is_running"]), "mrr")


@feature(unit="category", missing="no plan given", reason="is on the plan {value}")
def plan(subscriptions):
    """Plan of the main running subscription, the one that pays most."""
    return _main(subscriptions).last("plan")


@feature(unit="count", missing="its seats are not known", reason="has bought {value:.0f} seats")
def seats(subscriptions):
    """Seats of the running subscriptions."""
    return _known_total(subscriptions.where(subscriptions["is_running"]), "seats")


@feature(unit="count", missing="no fixed term", reason="has a term of {value:.0f} months")
def term_months(subscriptions):
    """Length of the term of the main running subscription, in months."""
    return _main(subscriptions).last("term_months")


@feature(unit="days", missing="nothing to renew", reason="renewal is in {value:.0f} days")
def days_to_renewal(subscriptions):
    """Days until the next renewal of a running subscription."""
    running = subscriptions.where(subscriptions["is_running"])
    renews = next_renewal(running["started_on"], running["term_months"], day(subscriptions.as_of))
    return -running.most(-days_between(renews, subscriptions.as_of))


@feature(unit="yes/no", missing="no running subscription", reason="automatic renewal (1 yes, 0 no): {value:.0f}")
def auto_renews(subscriptions):
    """Does the main running subscription renew by itself?"""
    return np.asarray(_main(subscriptions).last("auto_renew"), float)


@feature(
    unit="ratio", missing="no subscription half a year ago", reason="pays {value:.0%} of what it paid half a year ago"
)
def mrr_against_half_year_ago(subscriptions):
    """Monthly recurring revenue over that of 180 days before."""
    then = subscriptions.where((subscriptions.age() > 180) & (subscriptions.age("ends_on") <= 180))
    return ratio(_known_total(subscriptions.where(subscriptions["is_running"]), "mrr"), _known_total(then, "mrr"))


@feature(unit="count", missing="no subscription", reason="{value:.0f} changes of subscription in the last year")
def subscription_changes(subscriptions):
    """Subscriptions started in the last 365 days."""
    return subscriptions.within(days=365).count()


@feature(unit="count", missing="invoices not recorded", reason="{value:.0f} invoices are overdue")
def overdue_invoices(invoices):
    """Unpaid invoices past their due date."""
    return invoices.where(np.isnat(invoices["paid_on"]) & (invoices.age("due_on") > 0)).count()


@feature(
    unit="days",
    missing="no invoice was due in the last 180 days",
    reason="invoices are paid {value:.0f} days after they are due",
)
def days_late(invoices):
    """Mean days after the due date of the invoices due in the last 180 days; open ones count until now."""
    due = invoices.where((invoices.age("due_on") > 0) & (invoices.age("due_on") <= 180))
    return due.mean(np.where(np.isnat(due["paid_on"]), due.age("due_on"), days_between(due["paid_on"], due["due_on"])))
