"""Until when an account is bound, and by which day it decides. Never a day that has passed as one that is ahead."""

import numpy as np

from churnrisk.clock import days_between
from churnrisk.facts.account import Account
from churnrisk.facts.fact import Fact, particular
from churnrisk.past.tables.records import once
from churnrisk.past.tables.standing import days_to_renewal, running

NEAR_DAYS = 100
"""Days within which a decision is worth telling: with a notice period of two months that is the quarter before. Further
off the day is no reason to call this week."""


@once
def _next(subscriptions):
    """The running subscription that renews next."""
    rows = running(subscriptions)
    days = days_between(rows["renews_on"], rows.as_of)
    return rows.where(days == rows.each(rows.least(days)))


@particular(columns=("subscriptions.term_months",))
def next_renewal(subscriptions):
    """Days until the next renewal of a running subscription."""
    return days_to_renewal(subscriptions)


@particular(columns=("subscriptions.term_months",))
def next_term(subscriptions):
    """Months of the term of the subscription that renews next."""
    return _next(subscriptions).last("term_months")


@particular(columns=("subscriptions.notice_days",))
def next_notice(subscriptions):
    """Days of notice that the subscription needs that renews next."""
    return _next(subscriptions).last("notice_days")


@particular(columns=("subscriptions.auto_renew",))
def next_by_itself(subscriptions):
    """Does it renew by itself (1 yes, 0 no)?"""
    return np.asarray(_next(subscriptions).last("auto_renew"), float)


def deadline_ahead(account: Account) -> str | None:
    """It can still give notice before the next renewal."""
    renewal, deadline = account["next_renewal"], _deadline(account)
    if renewal is None or deadline is None or not 0 <= deadline <= NEAR_DAYS or _monthly(account):
        return None
    until = f"It can give notice until {account.ahead(deadline)} ({account.in_days(deadline)})"
    return f"{until}; otherwise it renews on {account.ahead(renewal)}{_for(account)}."


def runs_out(account: Account) -> str | None:
    """Its term ends and nothing renews it."""
    renewal = account["next_renewal"]
    if renewal is None or account["next_by_itself"] != 0 or renewal > NEAR_DAYS or _monthly(account):
        return None
    return f"Its contract ends on {account.ahead(renewal)} ({account.in_days(renewal)}) unless it is renewed."


def renews(account: Account) -> str | None:
    """It renews soon, and no notice period is known."""
    renewal = account["next_renewal"]
    if renewal is None or renewal > NEAR_DAYS or account["next_notice"] or _monthly(account):
        return None
    return (
        f"It renews on {account.ahead(renewal)} ({account.in_days(renewal)}){_for(account)}, without a notice period."
    )


def deadline_passed(account: Account) -> str | None:
    """It renews soon, and can't prevent that any more."""
    renewal, deadline = account["next_renewal"], _deadline(account)
    if renewal is None or deadline is None or deadline >= 0 or _monthly(account):
        return None
    passed = f"the deadline for notice, {account.ahead(deadline)}, has passed"
    return f"It renews by itself on {account.ahead(renewal)}{_for(account)}; {passed}."


def bound(account: Account) -> str | None:
    """It can't leave for long."""
    renewal = account["next_renewal"]
    if renewal is None or renewal <= NEAR_DAYS or _monthly(account):
        return None
    return f"Its contract runs until {account.ahead(renewal)} ({account.in_days(renewal)})."


def came_into_view(account: Account) -> bool:
    """Is a decision near that it can still take, so that a rise of the contract's weight is that of the calendar?"""
    return any(form(account) is not None for form in (deadline_ahead, runs_out, renews))


def _monthly(account: Account) -> bool:
    """It can leave every month. That is always so, hence no reason to call this week: the list says it beside."""
    term = account["next_term"]
    return term is not None and term <= 1


def _deadline(account: Account) -> float | None:
    """Days until the last day for notice, below 0 where it has passed; None where it renews by no notice.

    Where it doesn't renew by itself, no notice is needed.
    """
    renewal, notice = account["next_renewal"], account["next_notice"]
    if renewal is None or not notice or account["next_by_itself"] == 0:
        return None
    return renewal - notice


def _for(account: Account) -> str:
    term = account["next_term"]
    return "" if term is None else f" for {term:.0f} {'month' if term == 1 else 'months'}"


CONTRACT = Fact(
    name="contract",
    about="contract and renewal",
    kind="contract",
    particulars=(next_renewal, next_term, next_notice, next_by_itself),
    raises=(deadline_ahead, runs_out, renews),
    lowers=(deadline_passed, bound),
)
