"""Engagement decay: recent usage against the account's own longer past."""

from churnrisk.features.registry import against_peers, feature
from churnrisk.past.arrays import ratio


@feature(unit="days", missing="no activity on record", reason="last active {value:.0f} days ago")
def days_since_active(usage):
    """Days since the last active day."""
    return usage.days_since()


@feature(unit="ratio", missing="no rhythm of its own yet", reason="silent for {value:.1f} times its usual gap")
def silence_against_own_gap(usage):
    """Days since the last active day, over the usual days between active days in the 12 weeks before the last week."""
    usual_gap = ratio(7 * usage.lived(weeks=12, before=1), usage.active_days(weeks=12, before=1))
    return ratio(usage.silent_days(), usual_gap)


@feature(unit="per week", missing="usage not recorded so far back", reason="{value:.0f} actions in the last week")
def usage_last_week(usage):
    """Actions in the last week."""
    return usage.total(weeks=1)


@feature(unit="per week", missing="usage not recorded so far back", reason="{value:.0f} actions a week lately")
def usage_last_month(usage):
    """Actions a week in the last 4 weeks."""
    return usage.per_week(weeks=4)


@feature(
    unit="ratio",
    missing="no usage in the quarter before",
    reason="usage is at {value:.0%} of its average in the 12 weeks before",
)
def usage_against_own_quarter(usage):
    """Usage of the last 4 weeks, per week, over that of the 12 weeks before."""
    return ratio(usage.per_week(weeks=4), usage.per_week(weeks=12, before=4))


@feature(
    unit="ratio", missing="no usage in the fortnight before", reason="usage is at {value:.0%} of the fortnight before"
)
def usage_against_fortnight_before(usage):
    """Usage of the last 2 weeks over that of the 2 weeks before."""
    return ratio(usage.total(weeks=2), usage.total(weeks=2, before=2))


@feature(
    unit="per week",
    missing="usage not recorded so far back",
    reason="about {value:.0f} actions a week, the latest weighing most",
)
def usage_level(usage):
    """Weekly usage, weighted so that a week 4 weeks back counts half."""
    return usage.level(half_life=4)


@feature(
    unit="ratio",
    missing="no usage lately",
    reason="usage of the last weeks is at {value:.0%} of that of the last months",
)
def usage_level_change(usage):
    """Level of usage with a half-life of 2 weeks over that with one of 8 weeks."""
    return ratio(usage.level(half_life=2), usage.level(half_life=8))


@feature(
    unit="slope", missing="too young, or no usage in the last 8 weeks", reason="usage changes by {value:+.0%} a week"
)
def usage_slope(usage):
    """Straight-line trend of the last 8 weeks, relative to their mean."""
    return usage.slope(weeks=8)


@feature(unit="weeks", missing="usage not recorded", reason="weeks in a row in which usage fell: {value:.0f}")
def weeks_of_decline(usage):
    """Weeks in a row with less usage than the week before, at most 12."""
    return usage.falling()


@feature(unit="days", missing="usage not recorded so far back", reason="active on {value:.0f} days of the last 28")
def active_days_last_month(usage):
    """Active days in the last 4 weeks."""
    return usage.active_days(weeks=4)


@feature(unit="weeks", missing="usage not recorded so far back", reason="active in {value:.0f} of the last 12 weeks")
def active_weeks_last_quarter(usage):
    """Weeks of the last 12 with any activity."""
    return usage.active_weeks(weeks=12)


@feature(
    unit="ratio",
    missing="too young, or no usage in the last 12 weeks",
    reason="usage varies by {value:.0%} from week to week",
)
def usage_variation(usage):
    """Standard deviation over mean of weekly usage in the last 12 weeks."""
    return usage.variation(weeks=12)


@against_peers(
    active_days_last_month, unit="days", reason="{value:+.1f} active days in the last 28 against accounts like it"
)
def active_days_last_month_against_peers(own, usual):
    """Active days in the last 4 weeks, less the mean of accounts of the same segment and age on the same date."""
    return own - usual


@against_peers(usage_level_change, unit="ratio", reason="its recent trend is {value:.0%} of that of accounts like it")
def usage_level_change_against_peers(own, usual):
    """Change in the level of usage over that of accounts of the same segment and age on the same date: without what the
    season, a holiday or an outage does to all of them.
    """
    return ratio(own, usual)
