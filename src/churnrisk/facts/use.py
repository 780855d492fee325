"""How an account uses the product. The words come from the weeks that the list draws, so that they can't contradict the
drawing, and a fall is judged against that of the whole company in the same weeks."""

import numpy as np

from churnrisk.facts.account import Account, many
from churnrisk.facts.company import movement_of
from churnrisk.facts.fact import Fact
from churnrisk.past.arrays import Numbers
from churnrisk.words import MONTHS, compact

SILENT_DAYS = 14
"""Days without use that are silence: a week off is a holiday."""

SILENT_GAPS, SURELY_SILENT_DAYS = 2.0, 28
"""Silence also lasts this many of the account's own usual gaps, or four weeks: who comes every ten days is not silent
after a fortnight, and four drawn weeks of nothing are silence whatever was usual."""

LATELY = 4
"""Weeks that are `lately`; the drawing gives the mean of the same weeks."""

FEWEST_BEFORE = 4
"""Weeks before a change that it takes to say from what."""

MOST_BEFORE = 12

FALL, GROWTH = 0.7, 1.3
"""Lately over before: beyond these usage has fallen or grown. In weeks of chance alone the mean of four varies by a
tenth to a fifth."""

FEWEST_ACTIONS = 2.0
"""A week, from which a fall can be told: below, it is chance."""

NOISE = 2.0
"""Standard errors of the mean of four weeks that a change must exceed, by how the weeks before varied: a fall must be
seen in the drawing too."""

LITTLE_DAYS, PART_DAYS = 8, 14
"""Of the last 28: twice a week, and every other day."""

ENDINGS = {1: "st", 2: "nd", 3: "rd"}
YOUNG_DAYS = 91
"""Age below which an account is told with its week: in its first quarter a customer is still finding its way."""


def silent(account: Account) -> str | None:
    """Nobody has used it for long, by the calendar and by its own habit."""
    days = account["days_since_active"]
    if days is None or days - _company_closed(account, days) < SILENT_DAYS:
        return None
    gaps = account["silence_against_own_gap"]
    if gaps is not None and gaps < SILENT_GAPS and days < SURELY_SILENT_DAYS:
        return None
    return f"Nobody has used it since {account.ago(days)} ({many(days, 'day')})."


def never_used(account: Account) -> str | None:
    """Nobody has used it since it began."""
    age = account["tenure"]
    if age is None or age < SILENT_DAYS or account["days_since_active"] is not None or np.nansum(account.weeks) > 0:
        return None
    # An account older than the record may have been active before it.
    return None if account["active_days_ever"] is None else f"Nobody has used it since it began on {account.ago(age)}."


def fell(account: Account) -> str | None:
    """Used less than before, and by more than the whole company."""
    change = _change(account)
    if change is None or change.before < FEWEST_ACTIONS or change.ratio > FALL * change.company or not change.is_seen:
        return None
    return f"Usage fell from {_level(change.before)} to {_actions(change.after)} a week since {change.since}."


def little(account: Account) -> str | None:
    """Used on few days, whether that is less than before or not."""
    days, gaps = account["active_days_last_month"], account["silence_against_own_gap"]
    if days is None or not 0 < days <= LITTLE_DAYS or len(account.weeks) < LATELY:
        return None
    start, change = f"Little used: {days:.0f} of the last 28 days", _change(account)
    if change is not None and change.ratio >= GROWTH and change.is_seen and change.after > change.ever:
        return f"{start}, though growing: {_level(change.before)} to {_actions(change.after)} a week."
    lately = float(np.nanmean(account.weeks[-LATELY:])) if not np.isnan(account.weeks[-LATELY:]).all() else 0.0
    # With an own rhythm of long gaps few days are ordinary, so only the days are said.
    return f"{start}, about {_actions(lately)} a week." if lately > 0 and gaps is not None else f"{start}."


def partly(account: Account) -> str | None:
    """Used on at most half of the days, which neither silence nor a fall nor little use tells."""
    days, age = account["active_days_last_month"], account["tenure"]
    if days is None or not LITTLE_DAYS < days <= PART_DAYS:
        return None
    lately = float(np.mean(account.weeks[-LATELY:])) if _whole(account) else 0.0
    if not lately:
        return None
    used = f"sed on {days:.0f} of the last 28 days, about {_actions(lately)} a week."
    young = age is not None and age < YOUNG_DAYS
    return f"In its {_ordinal(int(age // 7) + 1)} week u{used}" if young and age is not None else f"U{used}"


def growing(account: Account) -> str | None:
    """Used more than before."""
    change = _change(account)
    if change is None or change.ratio < GROWTH or not change.is_seen or change.after < FEWEST_ACTIONS:
        return None
    return f"Usage grew from {_level(change.before)} to {_actions(change.after)} a week since {change.since}."


def steady(account: Account) -> str | None:
    """Used as before, on most days or weeks."""
    change, days = _change(account), account["active_days_last_month"]
    if change is None or change.after < FEWEST_ACTIONS or days is None or days <= LITTLE_DAYS:
        return None
    if not FALL < change.ratio < GROWTH:
        return None
    return f"Usage is steady: {_actions(change.after)} a week, {_level(change.before)} in the weeks before."


def _whole(account: Account) -> bool:
    """Are the last weeks whole ones? The week in which it began is not."""
    return len(account.weeks) > LATELY and not np.isnan(account.weeks[-LATELY - 1])


class _Change:
    """Usage a week before and lately, since when, and how much lower the whole company was."""

    def __init__(self, account: Account, at: int) -> None:
        weeks, total = account.weeks, len(account.weeks)
        known = int(np.argmax(~np.isnan(weeks)))
        span = slice(max(known, at - MOST_BEFORE), at)
        self.before, self.after = float(np.mean(weeks[span])), float(np.mean(weeks[-LATELY:]))
        self.ratio = self.after / self.before if self.before > 0 else 1.0
        self.ever = float(np.mean(weeks[known + 1 : -LATELY]))  # what the drawing shows before
        spread = float(np.std(weeks[span])) / LATELY**0.5
        self.is_seen = abs(self.before - self.after) > NOISE * spread
        self.company = movement_of(account.company, span, slice(total - LATELY, total))
        self.since = _month(account, at)


def _change(account: Account) -> _Change | None:
    """The change of level that fits the drawn weeks best; None where they are too few to say from what."""
    weeks = _without_company(account)
    known = np.flatnonzero(~np.isnan(weeks))
    first = int(known[0]) + 1 if len(known) else len(weeks)  # the week in which it began is not whole
    begins = range(first + FEWEST_BEFORE, len(weeks) - LATELY + 1)
    if not len(begins):
        return None
    return _Change(account, min(begins, key=lambda at: _misfit(weeks[first:at]) + _misfit(weeks[at:])))


def _misfit(weeks: Numbers) -> float:
    return float(((weeks - weeks.mean()) ** 2).sum())


def _without_company(account: Account) -> Numbers:
    """The weeks as they would have been without dips of the whole company."""
    if len(account.company) != len(account.weeks):
        return account.weeks
    return np.asarray(account.weeks / np.clip(account.company, 0.1, 1.0))


def _company_closed(account: Account, days: float) -> float:
    """Days of a silence in which the whole company was silent too."""
    weeks = min(int(np.ceil(days / 7)), len(account.company))
    return float(7 * np.clip(1 - account.company[len(account.company) - weeks :], 0, 1).sum()) if weeks else 0.0


def _month(account: Account, at: int) -> str:
    day = account.as_of - 7 * (len(account.weeks) - at)
    return MONTHS[int(str(day)[5:7]) - 1]


def _ordinal(number: int) -> str:
    """Up to 13, the weeks of a quarter.

    >>> [_ordinal(each) for each in (1, 2, 3, 4, 11, 12, 13)]
    ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th']
    """
    return f"{number}{ENDINGS.get(number, 'th')}"


def _level(amount: float) -> str:
    return compact(amount if amount >= 10 else round(amount, 1))


def _actions(amount: float) -> str:
    level = _level(amount)
    return f"{level} action" if level == "1" else f"{level} actions"


USE = Fact(
    name="use",
    about="usage",
    kind="behaviour",
    reads=(
        "days_since_active",
        "silence_against_own_gap",
        "active_days_last_month",
        "active_days_ever",
        "tenure",
        # No form says these; plays go by them.
        "events_used",
        "advanced_share",
        "integrations_used",
        "new_features_tried",
    ),
    raises=(silent, never_used, fell, little, partly),
    lowers=(growing, steady),
)
