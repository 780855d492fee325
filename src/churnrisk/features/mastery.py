"""Mastery: advanced use, learning, helping themselves, and taking part."""

from churnrisk.features.registry import feature
from churnrisk.past.arrays import ratio


@feature(
    unit="share", missing="no usage in the last 12 weeks", reason="{value:.0%} of the usage is of advanced features"
)
def advanced_share(usage, advanced_events):
    """Share of the advanced events in the last 12 weeks."""
    return ratio(usage.total(weeks=12, event=advanced_events), usage.total(weeks=12))


@feature(unit="days", missing="never trained", reason="the last training was {value:.0f} days ago")
def days_since_training(usage, education_events):
    """Days since the last training, webinar or the like."""
    return usage.days_since(education_events)


@feature(
    unit="per week",
    missing="usage not recorded so far back",
    reason="{value:.1f} visits to the help centre a week in the last 4 weeks",
)
def help_visits_last_month(usage, help_events):
    """Visits to the help centre a week in the last 4 weeks."""
    return usage.per_week(weeks=4, event=help_events)


@feature(
    unit="count",
    missing="usage not recorded so far back",
    reason="{value:.0f} contributions to the community in the last 12 weeks",
)
def community_last_quarter(usage, community_events):
    """Posts, reviews, referrals and events attended in the last 12 weeks."""
    return usage.total(weeks=12, event=community_events)


@feature(unit="days", missing="never took part", reason="they last took part in the community {value:.0f} days ago")
def days_since_community(usage, community_events):
    """Days since they last took part in the community."""
    return usage.days_since(community_events)
