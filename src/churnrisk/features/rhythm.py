"""Rhythm: how often they are active by themselves, and whether the present silence is unlike them.

Activity is what `churn.activity_events` names; where it names none, every event is activity.

Rates and an account's own gaps hardly grow with the calendar. Tenure and milestones do: where the training dates span
few weeks, a model has not learned from what they are on the date of its list.
"""

from churnrisk.features.registry import feature
from churnrisk.past.arrays import ratio

_DAYS_BEFORE = 14
"""Days without activity that every account is credited with. Without them an account that began yesterday would be the
most active of all, on 100 % of its days."""

_NEVER_PAUSED = "fewer than two active days on record"


@feature(fact="use", unit="days", missing="was there before usage was recorded")
def active_days_ever(rhythm):
    """Active days since the spell began."""
    return rhythm.active_days_ever()


@feature(fact="use", unit="share", missing="no day observed yet")
def active_days_rate(rhythm, accounts):
    """Active days over the days observed and 14 more, so that a new account does not look like the most active of all.

    Where an account was there before usage was recorded, the days since then are observed.
    """
    return ratio(rhythm.active_days(), accounts["observed_days"] + _DAYS_BEFORE)


@feature(fact="use", unit="days", missing=_NEVER_PAUSED)
def own_gap_mean(rhythm):
    """Mean days from one active day to the next."""
    return rhythm.gap_mean()


@feature(fact="use", unit="days", missing=_NEVER_PAUSED)
def own_gap_median(rhythm):
    """Median days from one active day to the next."""
    return rhythm.median_gap()


@feature(fact="use", unit="days", missing="fewer than three active days on record")
def own_gap_spread(rhythm):
    """Standard deviation of the days from one active day to the next."""
    return rhythm.gap_spread()


@feature(fact="use", unit="ratio", missing="fewer than three active days on record")
def own_gap_variation(rhythm):
    """Standard deviation over mean of the days from one active day to the next: 0 is as regular as a clock."""
    return ratio(rhythm.gap_spread(), rhythm.gap_mean())


@feature(fact="use", unit="days", missing=_NEVER_PAUSED)
def own_gap_longest(rhythm):
    """Longest time from one active day to the next."""
    return rhythm.longest_gap()


@feature(fact="use", unit="days", missing=_NEVER_PAUSED)
def own_gap_last(rhythm):
    """Days from the last active day but one to the last."""
    return rhythm.last_gap()


@feature(fact="use", unit="ratio", missing=_NEVER_PAUSED)
def silence_against_longest_gap(rhythm):
    """Days since the last active day, over the longest gap between active days."""
    return ratio(rhythm.silent_days(), rhythm.longest_gap())


@feature(fact="use", unit="ratio", missing=_NEVER_PAUSED)
def silence_against_median_gap(rhythm):
    """Days since the last active day, over the median gap between active days."""
    return ratio(rhythm.silent_days(), rhythm.median_gap())


@feature(fact="use", unit="ratio", missing=_NEVER_PAUSED)
def silence_against_mean_gap(rhythm):
    """Days since the last active day, over the mean gap between active days."""
    return ratio(rhythm.silent_days(), rhythm.gap_mean())


@feature(fact="use", unit="share", missing=_NEVER_PAUSED)
def longer_gaps_share(rhythm):
    """Share of the gaps between active days that were longer than the present silence."""
    return rhythm.longer_share()


@feature(fact="use", unit="share", missing="no day observed yet")
def inactivity_at_own_rate(rhythm, accounts, cadence_days, horizon_days):
    """Probability of no active day in a horizon, if the account stays and keeps its rate.

    Active days are taken for a Poisson process whose rate is not known. Before anything is seen it is that of one
    active day in `cadence_days`, the product's own cadence, with the weight of one such day (a Gamma distribution).
    Both are fixed, so the value depends on the account and the date alone. Source: A. Ehrenberg, The pattern of
    consumer purchases, 1959.
    """
    observed = accounts["observed_days"] + cadence_days
    # Rounded, because the last digit of a power differs by processor.
    return (ratio(observed, observed + horizon_days) ** (rhythm.active_days() + 1)).round(6)
