"""The commercial side: what they pay, how that changed, and when it renews."""

import numpy as np

from churnrisk.clock import months_between
from churnrisk.features.registry import feature
from churnrisk.past.arrays import ratio
from churnrisk.past.tables import standing
from churnrisk.past.tables.standing import known_total, main, running


@feature(fact="price", unit="money", missing="its price is not known", columns=("subscriptions.mrr",))
def mrr(subscriptions):
    """Monthly recurring revenue of the running subscriptions."""
    return standing.mrr(subscriptions)


@feature(fact="price", unit="category", missing="no plan given", columns=("subscriptions.plan",))
def plan(subscriptions):
    """Plan of the main running subscription, the one that pays most."""
    return standing.plan(subscriptions)


@feature(fact="people", unit="count", missing="its seats are not known", columns=("subscriptions.seats",))
def seats(subscriptions):
    """Seats of the running subscriptions."""
    return known_total(running(subscriptions), "seats")


@feature(fact="contract", unit="count", missing="no fixed term", columns=("subscriptions.term_months",))
def term_months(subscriptions):
    """Length of the term of the main running subscription, in months."""
    return main(subscriptions).last("term_months")


@feature(fact="contract", unit="days", missing="nothing to renew", columns=("subscriptions.term_months",))
def days_to_renewal(subscriptions):
    """Days until the next renewal of a running subscription."""
    return standing.days_to_renewal(subscriptions)


@feature(
    fact="contract",
    unit="yes/no",
    missing="no running subscription, or nobody says",
    columns=("subscriptions.auto_renew",),
)
def auto_renews(subscriptions):
    """Does the main running subscription renew by itself?"""
    return np.asarray(main(subscriptions).last("auto_renew"), float)


@feature(fact="price", unit="ratio", missing="no subscription half a year ago", columns=("subscriptions.mrr",))
def mrr_against_half_year_ago(subscriptions):
    """Monthly recurring revenue over that of 180 days before."""
    then = subscriptions.where((subscriptions.age() > 180) & (subscriptions.age("ends_on") <= 180))
    return ratio(known_total(running(subscriptions), "mrr"), known_total(then, "mrr"))


@feature(fact="price", unit="count", missing="no subscription")
def subscriptions_started_last_year(subscriptions):
    """Subscriptions started in the last 365 days."""
    return subscriptions.within(days=365).count()


@feature(
    fact="contract",
    unit="days",
    missing="no notice period, or its deadline has passed",
    columns=("subscriptions.notice_days",),
)
def days_to_notice_deadline(subscriptions):
    """Days until the last day on which notice can be given before the next renewal of a running subscription."""
    return standing.days_to_notice_deadline(subscriptions)


@feature(fact="contract", unit="count", missing="no fixed term", columns=("subscriptions.term_months",))
def renewals(subscriptions):
    """Full terms of the main running subscription that are over."""
    rows = main(subscriptions)
    terms = ratio(months_between(rows["started_on"], rows.as_of), rows["term_months"])
    return rows.last_of(np.floor(terms))


@feature(
    fact="price",
    unit="ratio",
    missing="its price a year ago is not known",
    columns=("subscriptions.mrr", "subscriptions.seats"),
)
def seat_price_against_year_ago(subscriptions):
    """Monthly recurring revenue a seat over that of 365 days before."""
    then = subscriptions.where((subscriptions.age() > 365) & (subscriptions.age("ends_on") <= 365))
    return ratio(_seat_price(running(subscriptions)), _seat_price(then))


@feature(fact="price", unit="days", missing="no discount", columns=("subscriptions.discount_ends_on",))
def days_to_end_of_discount(subscriptions):
    """Days until the first end of a discount of a running subscription."""
    days = -running(subscriptions).age("discount_ends_on")
    return running(subscriptions).where(days >= 0).least(days[days >= 0])


@feature(fact="price", unit="number", missing="its plan is not one of those in order", columns=("subscriptions.plan",))
def plan_rank(subscriptions, plan_order):
    """Place of the main running subscription's plan among the company's plans, 1 for the lowest."""
    return main(subscriptions).last_of(main(subscriptions).rank_in("plan", plan_order))


def _seat_price(rows):
    return ratio(known_total(rows, "mrr"), known_total(rows, "seats"))
