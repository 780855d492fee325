"""Support and complaints."""

import numpy as np

from churnrisk.clock import days_between
from churnrisk.features.registry import feature
from churnrisk.past.arrays import ratio
from churnrisk.past.tables.records import once


@once
def _open(tickets):
    """Cases that are not closed, or were opened again since."""
    return tickets.where(np.isnat(tickets["closed_at"]) | (tickets["reopened_at"] > tickets["closed_at"]))


@feature(fact="support", unit="count", missing="tickets not recorded", columns=("tickets.closed_at",))
def open_tickets(tickets):
    """Cases open at the date."""
    return _open(tickets).count()


@feature(fact="support", unit="days", missing="no case is open", columns=("tickets.closed_at",))
def oldest_open_ticket(tickets):
    """Age of the oldest open case."""
    return _open(tickets).most(_open(tickets).age())


@feature(fact="support", unit="count", missing="tickets not recorded")
def tickets_last_quarter(tickets):
    """Cases opened in the last 90 days."""
    return tickets.within(days=90).count()


@feature(fact="support", unit="count", missing="tickets not recorded", columns=("tickets.severity",))
def urgent_tickets_last_quarter(tickets):
    """Cases of severity 1 or 2 opened in the last 90 days."""
    recent = tickets.within(days=90)
    return recent.where(recent["severity"] <= 2).count()


@feature(fact="support", unit="count", missing="tickets not recorded", columns=("tickets.kind",))
def complaints_last_half_year(tickets):
    """Complaints in the last 180 days."""
    recent = tickets.within(days=180)
    return recent.where(recent["kind"] == "complaint").count()


@feature(
    fact="support",
    unit="score",
    missing="no rating in the last 180 days",
    columns=("tickets.satisfaction", "tickets.closed_at"),
)
def support_satisfaction(tickets):
    """Mean rating of the cases of the last 180 days."""
    recent = tickets.within(days=180)
    return recent.mean(recent["satisfaction"])


@feature(fact="support", unit="count", missing="tickets not recorded", columns=("tickets.reopened_at",))
def reopened_last_quarter(tickets):
    """Cases reopened in the last 90 days."""
    return tickets.where(tickets.age("reopened_at") <= 90).count()


@feature(
    fact="support", unit="hours", missing="no case was answered in the last 90 days", columns=("tickets.answered_at",)
)
def first_answer_hours(tickets):
    """Mean hours to the first answer, of the cases of the last 90 days that have one."""
    recent = tickets.within(days=90)
    return recent.mean(24 * days_between(recent["answered_at"], recent["opened_at"]))


@feature(
    fact="support",
    unit="share",
    missing="nothing was promised in the last 90 days",
    columns=("tickets.answered_at", "tickets.promised_hours"),
)
def answers_later_than_promised(tickets):
    """Share of the cases of the last 90 days with a promised first answer that came late, or is late by now."""
    recent = tickets.within(days=90)
    promised = recent.where(~np.isnan(recent["promised_hours"]))
    taken = 24 * np.where(
        np.isnat(promised["answered_at"]), promised.age(), days_between(promised["answered_at"], promised["opened_at"])
    )
    return ratio(promised.sum(taken > promised["promised_hours"]), promised.count())


@feature(fact="support", unit="days", missing="no case was closed in the last 90 days", columns=("tickets.closed_at",))
def days_to_close(tickets):
    """Mean days from opening to closing, of the cases closed in the last 90 days."""
    closed = tickets.where(tickets.age("closed_at") <= 90)
    return closed.mean(days_between(closed["closed_at"], closed["opened_at"]))


@feature(
    fact="use",
    unit="ratio",
    missing="they complained or asked in the last 90 days, or used nothing in the quarter before",
)
def unheard_decline(tickets, usage):
    """Usage of the last 4 weeks, per week, over that of the 12 weeks before, at most 1; of accounts that had no case in
    the last 90 days.
    """
    decline = ratio(usage.per_week(weeks=4), usage.per_week(weeks=12, before=4))
    return np.where(tickets.within(days=90).count() > 0, np.nan, np.minimum(decline, 1))
