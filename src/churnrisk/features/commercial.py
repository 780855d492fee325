"""The commercial side: what they pay, how that changed, and when it renews."""

import numpy as np

from churnrisk.clock import months_between
from churnrisk.features.registry import feature
from churnrisk.past.arrays import ratio
from churnrisk.past.tables import standing
from churnrisk.past.tables.standing import known_total, main, running


@feature(
    unit="money", missing="its price is not known", reason="pays {value:,.0f} a month", columns=("subscriptions.mrr",)
)
def mrr(subscriptions):
    """Monthly recurring revenue of the running subscriptions."""
    return standing.mrr(subscriptions)


@feature(unit="category", missing="no plan given", reason="is on the plan {value}", columns=("subscriptions.plan",))
def plan(subscriptions):
    """Plan of the main running subscription, the one that pays most."""
    return standing.plan(subscriptions)


@feature(
    unit="count",
    missing="its seats are not known",
    reason="has bought {value:.0f} seats",
    columns=("subscriptions.seats",),
)
def seats(subscriptions):
    """Seats of the running subscriptions."""
    return known_total(running(subscriptions), "seats")


@feature(
    unit="count",
    missing="no fixed term",
    reason="has a term of {value:.0f} months",
    columns=("subscriptions.term_months",),
)
def term_months(subscriptions):
    """Length of the term of the main running subscription, in months."""
    return main(subscriptions).last("term_months")


@feature(
    unit="days",
    missing="nothing to renew",
    reason="renewal is in {value:.0f} days",
    columns=("subscriptions.term_months",),
)
def days_to_renewal(subscriptions):
    """Days until the next renewal of a running subscription."""
    return standing.days_to_renewal(subscriptions)


@feature(
    unit="yes/no",
    missing="no running subscription, or nobody says",
    reason="automatic renewal (1 yes, 0 no): {value:.0f}",
    columns=("subscriptions.auto_renew",),
)
def auto_renews(subscriptions):
    """Does the main running subscription renew by itself?"""
    return np.asarray(main(subscriptions).last("auto_renew"), float)


@feature(
    unit="ratio",
    missing="no subscription half a year ago",
    reason="pays {value:.0%} of what it paid half a year ago",
    columns=("subscriptions.mrr",),
)
def mrr_against_half_year_ago(subscriptions):
    """Monthly recurring revenue over that of 180 days before."""
    then = subscriptions.where((subscriptions.age() > 180) & (subscriptions.age("ends_on") <= 180))
    return ratio(known_total(running(subscriptions), "mrr"), known_total(then, "mrr"))


@feature(unit="count", missing="no subscription", reason="subscriptions started in the last 365 days: {value:.0f}")
def subscriptions_started_last_year(subscriptions):
    """Subscriptions started in the last 365 days."""
    return subscriptions.within(days=365).count()


@feature(
    unit="days",
    missing="no notice period, or its deadline has passed",
    reason="the deadline for notice is in {value:.0f} days",
    columns=("subscriptions.notice_days",),
)
def days_to_notice_deadline(subscriptions):
    """Days until the last day on which notice can be given before the next renewal of a running subscription."""
    return standing.days_to_notice_deadline(subscriptions)


@feature(
    unit="count",
    missing="no fixed term",
    reason="full terms of its present subscription so far: {value:.0f}",
    columns=("subscriptions.term_months",),
)
def renewals(subscriptions):
    """Full terms of the main running subscription that are over."""
    rows = main(subscriptions)
    terms = ratio(months_between(rows["started_on"], rows.as_of), rows["term_months"])
    return rows.last_of(np.floor(terms))


@feature(
    unit="ratio",
    missing="its price a year ago is not known",
    reason="a seat costs {value:.0%} of what it did a year ago",
    columns=("subscriptions.mrr", "subscriptions.seats"),
)
def seat_price_against_year_ago(subscriptions):
    """Monthly recurring revenue a seat over that of 365 days before."""
    then = subscriptions.where((subscriptions.age() > 365) & (subscriptions.age("ends_on") <= 365))
    return ratio(_seat_price(running(subscriptions)), _seat_price(then))


@feature(
    unit="days",
    missing="no discount",
    reason="the discount ends in {value:.0f} days",
    columns=("subscriptions.discount_ends_on",),
)
def days_to_end_of_discount(subscriptions):
    """Days until the first end of a discount of a running subscription."""
    days = -running(subscriptions).age("discount_ends_on")
    return running(subscriptions).where(days >= 0).least(days[days >= 0])


@feature(
    unit="number",
    missing="its plan is not one of those in order",
    reason="is on plan number {value:.0f}, counted from the lowest",
    columns=("subscriptions.plan",),
)
def plan_rank(subscriptions, plan_order):
    """Place of the main running subscription's plan among the company's plans, 1 for the lowest."""
    return main(subscriptions).last_of(main(subscriptions).rank_in("plan", plan_order))


def _seat_price(rows):
    return ratio(known_total(rows, "mrr"), known_total(rows, "seats"))
