"""Contact: how often we speak with them, do they answer, and who has been neglected?"""

from churnrisk.features.registry import feature
from churnrisk.past.tables.records import once


@once
def _conversations(touchpoints):
    """Calls, meetings and reviews in which they took part."""
    spoken = touchpoints.rank_in("kind", ("call", "meeting", "qbr")) > 0
    return touchpoints.where(spoken & (touchpoints["answered"] == 1))


@feature(fact="contacts", unit="days", missing="nobody has spoken with them", columns=("touchpoints.kind",))
def days_since_conversation(touchpoints):
    """Days since a call, meeting or review in which they took part."""
    return _conversations(touchpoints).days_since()


@feature(fact="contacts", unit="days", missing="never had a review", columns=("touchpoints.kind",))
def days_since_review(touchpoints):
    """Days since the last quarterly business review that they attended."""
    return _conversations(touchpoints).where(_conversations(touchpoints)["kind"] == "qbr").days_since()


@feature(fact="contacts", unit="count", missing="contacts not recorded")
def contacts_last_fortnight(touchpoints):
    """Contacts of any kind in the last 14 days."""
    return touchpoints.within(days=14).count()


@feature(fact="contacts", unit="count", missing="contacts not recorded")
def contacts_last_month(touchpoints):
    """Contacts of any kind in the last 30 days."""
    return touchpoints.within(days=30).count()


@feature(fact="contacts", unit="count", missing="contacts not recorded", columns=("touchpoints.kind",))
def emails_last_month(touchpoints):
    """E-mails to them in the last 30 days."""
    recent = touchpoints.within(days=30)
    return recent.where(recent["kind"] == "email").count()


@feature(fact="contacts", unit="count", missing="contacts not recorded", columns=("touchpoints.answered",))
def contacts_unanswered(touchpoints):
    """Contacts in a row, up to the last, without an answer."""
    return touchpoints.in_a_row(touchpoints["answered"] == 0)
