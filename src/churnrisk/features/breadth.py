"""Breadth and mastery: how much of the product they use, and which parts."""

from churnrisk.features.registry import feature
from churnrisk.history.usage import ratio


@feature(
    unit="count",
    missing="usage not recorded so far back",
    reason="{value:.0f} different features used in the last 4 weeks",
)
def events_used(usage):
    """Different events in the last 4 weeks."""
    return usage.events_used(weeks=4)


@feature(
    unit="count",
    missing="usage not recorded so far back",
    reason="{value:+.0f} features in use against the 12 weeks before",
)
def events_used_change(usage):
    """Different events in the last 4 weeks, less those in the 12 weeks before."""
    return usage.events_used(weeks=4) - usage.events_used(weeks=12, before=4)


@feature(unit="share", missing="no usage in the last 4 weeks", reason="{value:.0%} of the usage is one single feature")
def most_used_share(usage):
    """Share of the most used event in the last 4 weeks."""
    return usage.top_share(weeks=4)


@feature(
    unit="share", missing="no usage in the last 12 weeks", reason="{value:.0%} of the usage is of advanced features"
)
def advanced_share(usage, advanced_events):
    """Share of the advanced events in the last 12 weeks."""
    return ratio(sum(usage.total(weeks=12, event=event) for event in advanced_events), usage.total(weeks=12))


@feature(unit="per week", missing="usage not recorded so far back", reason="{item}: {value:.1f} a week lately")
def key_event_last_month(usage, key_event):
    """`key_event` a week in the last 4 weeks."""
    return usage.total(weeks=4, event=key_event) / 4


@feature(
    unit="ratio",
    missing="no {item} in the quarter before",
    reason="{item} is at {value:.0%} of its level a quarter ago",
)
def key_event_against_own_quarter(usage, key_event):
    """`key_event` in the last 4 weeks, per week, over the 12 weeks before."""
    return ratio(usage.total(weeks=4, event=key_event) / 4, usage.total(weeks=12, before=4, event=key_event) / 12)


@feature(unit="days", missing="{item} never used", reason="{item} was last used {value:.0f} days ago")
def days_since_key_event(usage, key_event):
    """Days since `key_event`."""
    return usage.days_since(key_event)
