"""Time to value: did they reach the first milestones, how soon? Reached, not yet, or too young; never one number."""

from churnrisk.features.registry import feature


@feature(unit="days", missing="start not known", reason="{value:.0f} days since the start")
def tenure(accounts):
    """Days since the spell began."""
    return accounts["tenure"]


@feature(
    unit="days",
    missing="{item} not reached yet, or began before usage was recorded",
    reason="{item} was reached after {value:.0f} days",
)
def days_to_milestone(milestones, milestone):
    """Days from the start until `milestone`; known once it is reached."""
    return milestones.days_to(milestone)


@feature(
    unit="days",
    missing="{item} has been reached, or began before usage was recorded",
    reason="{item} is not reached after {value:.0f} days",
)
def days_without_milestone(milestones, milestone):
    """Days from the start without `milestone`; known until it is reached."""
    return milestones.days_waiting(milestone)


@feature(unit="share", missing="began before usage was recorded", reason="{value:.0%} of the milestones are reached")
def milestones_reached(milestones):
    """Share of the milestones that are reached so far."""
    return milestones.reached_share()


@feature(unit="count", missing="began before usage was recorded", reason="{value:.0f} milestones are overdue")
def milestones_overdue(milestones):
    """Milestones not reached though their target days have passed."""
    return milestones.overdue()


@feature(
    unit="days",
    missing="no milestone reached yet, or began before usage was recorded",
    reason="the last milestone was reached {value:.0f} days ago",
)
def days_since_milestone(milestones):
    """Days since a milestone was last reached."""
    return milestones.days_since_last()


@feature(
    unit="days",
    missing="too young, or began before usage was recorded",
    reason="active on {value:.0f} days of the first week",
)
def first_week_active_days(usage):
    """Active days in the week of the start."""
    return usage.since_start(weeks=1)[0]


@feature(
    unit="days",
    missing="too young, or began before usage was recorded",
    reason="active on {value:.0f} days of the first four weeks",
)
def first_month_active_days(usage):
    """Active days in the first four weeks."""
    return usage.since_start(weeks=4)[0]


@feature(
    unit="per week",
    missing="too young, or began before usage was recorded",
    reason="{value:.0f} actions a week in the first four weeks",
)
def first_month_usage(usage):
    """Actions a week in the first four weeks."""
    return usage.since_start(weeks=4)[1] / 4
