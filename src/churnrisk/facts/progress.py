"""What it set out to reach: the first milestones of the product, and its own goals."""

from churnrisk.facts.account import Account, many
from churnrisk.facts.fact import Fact

ONBOARDING_DAYS = 120
"""Days from the start within which milestones are told; later they are old news."""

FEWEST_GOALS = 3
"""Goals due from which a share of them is told."""

REACHED_FEW, REACHED_MOST = 0.6, 0.9
WORSE = 0.05
"""By how much the last result lies below the mean for it to be told."""


def overdue(account: Account) -> str | None:
    """A new account is late with its first steps."""
    count, age = account["milestones_overdue"], account["tenure"]
    if not count or age is None or age > ONBOARDING_DAYS:
        return None
    late = "A milestone is" if count == 1 else f"{count:.0f} milestones are"
    return f"{late} overdue, {many(age, 'day')} after it began on {account.ago(age)}."


def all_reached(account: Account) -> str | None:
    """A new account has made all its first steps."""
    share, age, days = account["milestones_reached"], account["tenure"], account["days_since_milestone"]
    if share != 1 or age is None or age > ONBOARDING_DAYS or days is None:
        return None
    return f"Reached the last of its milestones on {account.ago(days)}, {many(age - days, 'day')} after it began."


def missed(account: Account) -> str | None:
    """It missed the goals that were due last."""
    count, days = account["goals_missed_in_a_row"], account["days_since_missed_goal"]
    if not count or days is None:
        return None
    if count == 1:
        return f"Missed the goal that was due on {account.ago(days)} ({many(days, 'day')} ago)."
    return f"Missed the last {count:.0f} goals in a row, the latest due on {account.ago(days)}."


def worse_result(account: Account) -> str | None:
    """Its last result is worse than those before."""
    last, mean, days = account["last_goal_result"], account["goal_result"], account["days_since_goal"]
    if last is None or mean is None or days is None or last > mean - WORSE:
        return None
    return f"Its last result, of {account.ago(days)}, was {last:.0%}, below its mean of {mean:.0%}."


def few_reached(account: Account) -> str | None:
    """It reached few of its goals."""
    return _reached(account) if (account["goals_reached_share"] or 1) <= REACHED_FEW else None


def most_reached(account: Account) -> str | None:
    """It reached most of its goals."""
    return _reached(account) if (account["goals_reached_share"] or 0) >= REACHED_MOST else None


def _reached(account: Account) -> str | None:
    due, share = account["goals_due"], account["goals_reached_share"]
    if due is None or share is None or due < FEWEST_GOALS:
        return None
    return f"Reached {round(share * due)} of the {due:.0f} goals due so far."


MILESTONES = Fact(
    name="milestones",
    about="first weeks and milestones",
    kind="behaviour",
    reads=("milestones_overdue", "milestones_reached", "days_since_milestone", "tenure"),
    raises=(overdue,),
    lowers=(all_reached,),
)
GOALS = Fact(
    name="goals",
    about="its own goals",
    kind="relation",
    reads=(
        "goals_missed_in_a_row",
        "days_since_missed_goal",
        "goals_due",
        "goals_reached_share",
        "last_goal_result",
        "goal_result",
        "days_since_goal",
    ),
    raises=(missed, worse_result, few_reached),
    lowers=(most_reached,),
)
