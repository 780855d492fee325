"""Support and complaints."""

import numpy as np

from churnrisk.features.registry import feature


@feature(unit="count", missing="tickets not recorded", reason="{value:.0f} support cases are open")
def open_tickets(tickets):
    """Cases open at the date."""
    return tickets.where(np.isnat(tickets["closed_at"])).count()


@feature(unit="days", missing="no case is open", reason="the oldest open case has waited {value:.0f} days")
def oldest_open_ticket(tickets):
    """Age of the oldest open case."""
    still_open = tickets.where(np.isnat(tickets["closed_at"]))
    return still_open.most(still_open.age())


@feature(unit="count", missing="tickets not recorded", reason="{value:.0f} support cases in the last 90 days")
def tickets_last_quarter(tickets):
    """Cases opened in the last 90 days."""
    return tickets.within(days=90).count()


@feature(unit="count", missing="tickets not recorded", reason="{value:.0f} urgent cases in the last 90 days")
def urgent_tickets_last_quarter(tickets):
    """Cases of severity 1 or 2 opened in the last 90 days."""
    return tickets.within(days=90).where(tickets.within(days=90)["severity"] <= 2).count()


@feature(unit="count", missing="tickets not recorded", reason="{value:.0f} complaints in the last 180 days")
def complaints_last_half_year(tickets):
    """Complaints in the last 180 days."""
    recent = tickets.within(days=180)
    return recent.where(recent["kind"] == "complaint").count()


@feature(unit="score", missing="no rating in the last 180 days", reason="support was rated {value:.1f} of 5")
def support_satisfaction(tickets):
    """Mean rating of the cases of the last 180 days."""
    recent = tickets.within(days=180)
    return recent.mean(recent["satisfaction"])


@feature(unit="days", missing="never opened a case", reason="the last support case was {value:.0f} days ago")
def days_since_ticket(tickets):
    """Days since the last case was opened."""
    return tickets.days_since()
