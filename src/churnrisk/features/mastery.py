"""Mastery: advanced use, learning, helping themselves, and taking part."""

from churnrisk.features.registry import feature
from churnrisk.past.arrays import ratio


@feature(fact="use", unit="share", missing="no usage in the last 12 weeks")
def advanced_share(usage, advanced_events):
    """Share of the advanced events in the last 12 weeks."""
    return ratio(usage.total(weeks=12, event=advanced_events), usage.total(weeks=12))


@feature(fact="use", unit="days", missing="never trained")
def days_since_training(usage, education_events):
    """Days since the last training, webinar or the like."""
    return usage.days_since(education_events)


@feature(fact="use", unit="per week", missing="usage not recorded so far back")
def help_visits_last_month(usage, help_events):
    """Visits to the help centre a week in the last 4 weeks."""
    return usage.per_week(weeks=4, event=help_events)


@feature(fact="use", unit="count", missing="usage not recorded so far back")
def community_last_quarter(usage, community_events):
    """Posts, reviews, referrals and events attended in the last 12 weeks."""
    return usage.total(weeks=12, event=community_events)


@feature(fact="use", unit="days", missing="never took part")
def days_since_community(usage, community_events):
    """Days since they last took part in the community."""
    return usage.days_since(community_events)
