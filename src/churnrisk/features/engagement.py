"""Engagement decay: recent usage against the account's own longer past."""

from churnrisk.features.registry import against_peers, feature
from churnrisk.past.arrays import ratio


@feature(fact="use", unit="days", missing="no activity on record")
def days_since_active(usage):
    """Days since the last active day."""
    return usage.days_since()


@feature(fact="use", unit="ratio", missing="no rhythm of its own yet")
def silence_against_own_gap(usage):
    """Days since the last active day, over the usual days between active days in the 12 weeks before the last week."""
    usual_gap = ratio(7 * usage.lived(weeks=12, before=1), usage.active_days(weeks=12, before=1))
    return ratio(usage.silent_days(), usual_gap)


@feature(fact="use", unit="per week", missing="usage not recorded so far back")
def usage_last_week(usage):
    """Actions in the last week."""
    return usage.total(weeks=1)


@feature(fact="use", unit="per week", missing="usage not recorded so far back")
def usage_last_month(usage):
    """Actions a week in the last 4 weeks."""
    return usage.per_week(weeks=4)


@feature(fact="use", unit="ratio", missing="no usage in the quarter before")
def usage_against_own_quarter(usage):
    """Usage of the last 4 weeks, per week, over that of the 12 weeks before."""
    return ratio(usage.per_week(weeks=4), usage.per_week(weeks=12, before=4))


@feature(fact="use", unit="ratio", missing="no usage in the fortnight before")
def usage_against_fortnight_before(usage):
    """Usage of the last 2 weeks over that of the 2 weeks before."""
    return ratio(usage.total(weeks=2), usage.total(weeks=2, before=2))


@feature(fact="use", unit="per week", missing="usage not recorded so far back")
def usage_level(usage):
    """Weekly usage, weighted so that a week 4 weeks back counts half."""
    return usage.level(half_life=4)


@feature(fact="use", unit="ratio", missing="no usage lately")
def usage_level_change(usage):
    """Level of usage with a half-life of 2 weeks over that with one of 8 weeks."""
    return ratio(usage.level(half_life=2), usage.level(half_life=8))


@feature(fact="use", unit="slope", missing="too young, or no usage in the last 8 weeks")
def usage_slope(usage):
    """Straight-line trend of the last 8 weeks, relative to their mean."""
    return usage.slope(weeks=8)


@feature(fact="use", unit="weeks", missing="usage not recorded")
def weeks_of_decline(usage):
    """Weeks in a row with less usage than the week before, at most 12."""
    return usage.falling()


@feature(fact="use", unit="days", missing="usage not recorded so far back")
def active_days_last_month(usage):
    """Active days in the last 4 weeks."""
    return usage.active_days(weeks=4)


@feature(fact="use", unit="weeks", missing="usage not recorded so far back")
def active_weeks_last_quarter(usage):
    """Weeks of the last 12 with any activity."""
    return usage.active_weeks(weeks=12)


@feature(fact="use", unit="ratio", missing="too young, or no usage in the last 12 weeks")
def usage_variation(usage):
    """Standard deviation over mean of weekly usage in the last 12 weeks."""
    return usage.variation(weeks=12)


@against_peers(active_days_last_month, unit="days")
def active_days_last_month_against_peers(own, usual):
    """Active days in the last 4 weeks, less the mean of accounts of the same segment and age on the same date."""
    return own - usual


@against_peers(usage_level_change, unit="ratio")
def usage_level_change_against_peers(own, usual):
    """Change in the level of usage over that of accounts of the same segment and age on the same date: without what the
    season, a holiday or an outage does to all of them.
    """
    return ratio(own, usual)
