"""Do they reach their own goals: what was due, what was missed, how late, how well, and what is next?"""

import numpy as np

from churnrisk.clock import days_between
from churnrisk.features.registry import against_peers, feature
from churnrisk.past.arrays import ratio
from churnrisk.past.tables.records import once


@once
def _due(goals):
    """Goals whose due date has passed."""
    return goals.where(goals.age("due_on") > 0)


@once
def _reached(goals):
    return goals.where(~np.isnat(goals["reached_on"]))


def _ahead(goals, days):
    """Goals due in the next days, today included."""
    age = goals.age("due_on")
    return goals.where((age <= 0) & (age > -days))


@once
def _with_result(goals):
    """Goals reached whose result is known, in the order in which they were reached."""
    return _reached(goals).where(~np.isnan(_reached(goals)["result"])).by("reached_on")


@feature(fact="goals", unit="count", missing="goals not recorded", columns=("goals.due_on",))
def goals_due(goals):
    """Goals whose due date has passed."""
    return _due(goals).count()


@feature(fact="goals", unit="share", missing="no goal was due yet", columns=("goals.due_on", "goals.reached_on"))
def goals_reached_share(goals):
    """Share of the goals due so far that are reached."""
    return ratio(_reached(_due(goals)).count(), _due(goals).count())


@feature(fact="goals", unit="count", missing="goals not recorded", columns=("goals.due_on", "goals.reached_on"))
def goals_missed(goals):
    """Goals past their due date and not reached."""
    due = _due(goals)
    return due.where(np.isnat(due["reached_on"])).count()


@feature(fact="goals", unit="count", missing="no goal was due yet", columns=("goals.due_on", "goals.reached_on"))
def goals_missed_in_a_row(goals):
    """Goals in a row, up to the one due last, that are not reached."""
    due = _due(goals)
    return np.where(due.count() > 0, due.by("due_on").in_a_row(np.isnat(due["reached_on"])), np.nan)


@feature(fact="goals", unit="days", missing="no goal is missed", columns=("goals.due_on", "goals.reached_on"))
def days_since_missed_goal(goals):
    """Days since the due date of the newest missed goal."""
    due = _due(goals)
    missed = due.where(np.isnat(due["reached_on"]))
    return missed.least(missed.age("due_on"))


@feature(fact="goals", unit="days", missing="no goal reached yet", columns=("goals.due_on", "goals.reached_on"))
def goal_lateness(goals):
    """Mean days from the due date to reaching it; below 0 is early."""
    reached = _reached(goals)
    return reached.mean(days_between(reached["reached_on"], reached["due_on"]))


@feature(fact="goals", unit="days", missing="no goal reached yet", columns=("goals.due_on", "goals.reached_on"))
def last_goal_lateness(goals):
    """Days from the due date to reaching it, of the goal reached last."""
    reached = _reached(goals).by("reached_on")
    return reached.last_of(days_between(reached["reached_on"], reached["due_on"]))


@feature(fact="goals", unit="days", missing="no goal reached yet", columns=("goals.reached_on",))
def days_since_goal(goals):
    """Days since a goal was last reached."""
    return _reached(goals).by("reached_on").days_since()


@feature(fact="goals", unit="share", missing="no result yet", columns=("goals.result",))
def goal_result(goals):
    """Mean result of the goals with a known result."""
    return goals.mean(goals["result"])


@feature(fact="goals", unit="share", missing="no result yet", columns=("goals.result", "goals.reached_on"))
def last_goal_result(goals):
    """Result of the goal reached last whose result is known."""
    known = _with_result(goals)
    return known.last("result")


@feature(
    fact="goals", unit="share", missing="goals have no weight", columns=("goals.weight", "goals.result", "goals.due_on")
)
def goal_weight_earned(goals):
    """Weight times result of what was due so far, over the weight due; results not yet known are left out."""
    due = _due(goals)
    known = due.where(~np.isnan(due["result"]) | np.isnat(due["reached_on"]))
    return ratio(known.sum(known["weight"] * np.nan_to_num(known["result"])), known.sum(known["weight"]))


@feature(fact="goals", unit="count", missing="goals not recorded", columns=("goals.due_on",))
def goals_due_next_month(goals):
    """Goals due in the next 28 days and not reached yet."""
    ahead = _ahead(goals, days=28)
    return ahead.where(np.isnat(ahead["reached_on"])).count()


@feature(fact="goals", unit="days", missing="no goal lies ahead", columns=("goals.due_on",))
def days_to_next_goal(goals):
    """Days until the next goal that is not reached yet is due."""
    ahead = _ahead(goals, days=3650)
    still_open = ahead.where(np.isnat(ahead["reached_on"]))
    return still_open.least(-still_open.age("due_on"))


@feature(fact="goals", unit="share", missing="goals have no weight", columns=("goals.weight", "goals.due_on"))
def goal_weight_due(goals):
    """Share of the weight of all goals whose due date has passed."""
    return ratio(_due(goals).sum(_due(goals)["weight"]), goals.sum(goals["weight"]))


@against_peers(goals_reached_share, unit="share")
def goals_reached_share_against_peers(own, usual):
    """Share of the goals due that are reached, less the mean of accounts of the same segment and age on the date."""
    return own - usual


@against_peers(goal_result, unit="share")
def goal_result_against_peers(own, usual):
    """Mean result of the goals, less the mean of accounts of the same segment and age on the same date."""
    return own - usual


@against_peers(goal_lateness, unit="days")
def goal_lateness_against_peers(own, usual):
    """Mean lateness of the goals, less the mean of accounts of the same segment and age on the same date."""
    return own - usual


@against_peers(days_since_goal, unit="days")
def days_since_goal_against_peers(own, usual):
    """Days since a goal was last reached, less the mean of accounts of the same segment and age on the same date."""
    return own - usual
