"""Complaints and support cases."""

import numpy as np

from churnrisk.facts.account import Account, many
from churnrisk.facts.fact import Fact, particular

WAITED_DAYS = 7
"""Days after which an open case is told."""

RATED_LOW, RATED_HIGH = 3.0, 4.5


@particular(columns=("tickets.kind",))
def days_since_complaint(tickets):
    """Days since a complaint was last opened."""
    return tickets.where(tickets["kind"] == "complaint").days_since()


@particular(columns=("tickets.severity", "tickets.closed_at"))
def urgent_cases_open(tickets):
    """Cases of severity 1 or 2 that are open."""
    is_open = np.isnat(tickets["closed_at"]) | (tickets["reopened_at"] > tickets["closed_at"])
    return tickets.where((tickets["severity"] <= 2) & is_open).count()


def complained(account: Account) -> str | None:
    """It complained, and when last."""
    count, days = account["complaints_last_half_year"], account["days_since_complaint"]
    if not count or days is None:
        return None
    if count == 1:
        return f"It complained on {account.ago(days)} ({many(days, 'day')} ago)."
    return f"It complained {count:.0f} times in half a year, last on {account.ago(days)}."


def waits(account: Account) -> str | None:
    """Cases are open, and one of them for long."""
    count, days = account["open_tickets"], account["oldest_open_ticket"]
    if not count or days is None or days < WAITED_DAYS:
        return None
    since = f"since {account.ago(days)} ({many(days, 'day')})"
    if count == 1:
        return f"A support case has been open {since}."
    return f"{count:.0f} support cases are open, the oldest {since}."


def rated_low(account: Account) -> str | None:
    """It is not content with our support."""
    rating = account["support_satisfaction"]
    if rating is None or rating > RATED_LOW:
        return None
    return f"It rated our support {rating:.1f} of 5 since {account.ago(180)}."


def rated_high(account: Account) -> str | None:
    """It is content with our support."""
    rating = account["support_satisfaction"]
    if rating is None or rating < RATED_HIGH:
        return None
    return f"It rated our support {rating:.1f} of 5 since {account.ago(180)}."


SUPPORT = Fact(
    name="support",
    about="complaints and support",
    kind="relation",
    reads=("complaints_last_half_year", "open_tickets", "oldest_open_ticket", "support_satisfaction"),
    particulars=(days_since_complaint, urgent_cases_open),
    raises=(complained, waits, rated_low),
    lowers=(rated_high,),
)
