"""Embedding in the organisation: how many people, how many of the seats, and does it hang on one of them?"""

from churnrisk.features.registry import feature
from churnrisk.past.arrays import ratio
from churnrisk.past.tables.standing import running


@feature(fact="people", unit="count", missing="users not recorded")
def active_people(users):
    """People active in the last 4 weeks."""
    return users.active(weeks=4)


@feature(fact="people", unit="share", missing="no seats bought", columns=("subscriptions.seats",))
def seats_in_use(users, subscriptions):
    """People active in the last 4 weeks over the seats of the running subscriptions."""
    terms = running(subscriptions)
    return ratio(users.active(weeks=4), terms.sum(terms["seats"]))


@feature(fact="people", unit="share", missing="nobody was active before")
def people_lost(users):
    """Share of the people active in the 8 weeks before who were not active in the last 4."""
    return ratio(users.lost(weeks=4, of=8), users.active(weeks=8, before=4))


@feature(fact="people", unit="share", missing="no usage in the last 12 weeks")
def heaviest_person_share(users):
    """Share of the one heaviest user in the last 12 weeks."""
    return users.heaviest_share(weeks=12)


@feature(fact="people", unit="days", missing="nobody active in the last 12 weeks")
def heaviest_person_silent(users):
    """Days since the heaviest user of the last 12 weeks was active."""
    return users.heaviest_silent_days(weeks=12)


@feature(fact="people", unit="count", missing="usage not recorded so far back")
def invites_last_quarter(usage, invite_events):
    """Invitations to colleagues in the last 12 weeks."""
    return usage.total(weeks=12, event=invite_events)
