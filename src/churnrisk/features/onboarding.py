"""Time to value: did they reach the first milestones, how soon? Reached, not yet, or too young; never one number."""

from churnrisk.features.registry import against_peers, feature


@feature(fact="milestones", unit="days", missing="{item} not reached yet, or began before usage was recorded")
def days_to_milestone(milestones, milestone):
    """Days from the start until `milestone`; known once it is reached."""
    return milestones.days_to(milestone)


@feature(fact="milestones", unit="days", missing="{item} has been reached, or began before usage was recorded")
def days_without_milestone(milestones, milestone):
    """Days from the start without `milestone`; known until it is reached."""
    return milestones.days_waiting(milestone)


@feature(fact="milestones", unit="share", missing="began before usage was recorded")
def milestones_reached(milestones):
    """Share of the milestones that are reached so far."""
    return milestones.reached_share()


@feature(fact="milestones", unit="count", missing="began before usage was recorded")
def milestones_overdue(milestones):
    """Milestones not reached though their target days have passed."""
    return milestones.overdue()


@feature(fact="milestones", unit="days", missing="no milestone reached yet, or began before usage was recorded")
def days_since_milestone(milestones):
    """Days since a milestone was last reached."""
    return milestones.days_since_last()


@feature(fact="milestones", unit="days", missing="too young, or began before usage was recorded")
def first_week_active_days(usage):
    """Active days in the first whole week after that of the start."""
    return usage.since_start(weeks=1)[0]


@feature(fact="milestones", unit="days", missing="too young, or began before usage was recorded")
def first_month_active_days(usage):
    """Active days in the first four whole weeks after that of the start."""
    return usage.since_start(weeks=4)[0]


@feature(fact="milestones", unit="per week", missing="too young, or began before usage was recorded")
def first_month_usage(usage):
    """Actions a week in the first four whole weeks after that of the start."""
    return usage.since_start(weeks=4)[1] / 4


@against_peers(milestones_reached, unit="share")
def milestones_reached_against_peers(own, usual):
    """Share of the milestones reached, less the mean of accounts of the same segment and age on the same date."""
    return own - usual


@against_peers(first_month_active_days, unit="days")
def first_month_active_days_against_peers(own, usual):
    """Active days in the first four weeks, less the mean of accounts of the same segment and age on the same date."""
    return own - usual
