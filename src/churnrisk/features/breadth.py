"""Breadth: how much of the product they use, which parts, and is it woven into their work?"""

import numpy as np

from churnrisk.features.registry import feature
from churnrisk.past.arrays import ratio


@feature(fact="use", unit="count", missing="usage not recorded so far back")
def events_used(usage):
    """Different events in the last 4 weeks."""
    return usage.events_used(weeks=4)


@feature(fact="use", unit="count", missing="usage not recorded so far back")
def events_used_change(usage):
    """Different events in the last 4 weeks, less those in the 4 weeks before."""
    return usage.events_used(weeks=4) - usage.events_used(weeks=4, before=4)


@feature(fact="use", unit="share", missing="no usage in the last 4 weeks")
def most_used_share(usage):
    """Share of the most used event in the last 4 weeks."""
    return usage.top_share(weeks=4)


@feature(fact="use", unit="count", missing="usage not recorded so far back")
def key_events_unused(usage, key_events):
    """Key events without any use in the last 26 weeks."""
    return len(key_events) - usage.events_used(weeks=26, event=key_events)


@feature(fact="use", unit="per week", missing="usage not recorded so far back")
def key_event_last_month(usage, key_event):
    """`key_event` a week in the last 4 weeks."""
    return usage.per_week(weeks=4, event=key_event)


@feature(fact="use", unit="ratio", missing="no {item} in the quarter before")
def key_event_against_own_quarter(usage, key_event):
    """`key_event` in the last 4 weeks, per week, over the 12 weeks before."""
    return ratio(usage.per_week(weeks=4, event=key_event), usage.per_week(weeks=12, before=4, event=key_event))


@feature(fact="use", unit="days", missing="{item} never used")
def days_since_key_event(usage, key_event):
    """Days since `key_event`."""
    return usage.days_since(key_event)


@feature(fact="use", unit="count", missing="usage not recorded so far back")
def platforms_used(usage, platform_events):
    """Platforms, such as web and mobile, with any use in the last 12 weeks."""
    return usage.events_used(weeks=12, event=platform_events)


@feature(fact="use", unit="count", missing="usage not recorded so far back")
def integrations_used(usage, integration_events):
    """Integrations and programs with any use in the last 12 weeks."""
    return usage.events_used(weeks=12, event=integration_events)


@feature(fact="use", unit="share", missing="nothing was new at the time")
def new_features_tried(usage, new_events):
    """Share of the features released in the half year before that have been used in it."""
    tried = usage.events_used(weeks=26, event=new_events)
    return ratio(tried, np.where(len(new_events) > 0, len(new_events), np.nan))
