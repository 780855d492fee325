"""Groups whose accounts moved together: a region, a plan, an owner. One line, not forty rows."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.model.matrix import Numbers
from churnrisk.monitoring.looked import Looked
from churnrisk.past.arrays import Mask
from churnrisk.store.catalogue.monitor import GroupMoved

FEWEST = 20
"""Accounts of a group, and beside it: the mean of fewer is that of one or two that moved much."""

LEAST_POINTS = 2.0
"""Percentage points by which a group has to move more than all others: less does not change whom a team calls."""

LEAST_ERRORS = 4.0
"""Standard errors. A company of ten columns of ten words looks at a hundred groups a week, and four errors come by
chance in one of 16,000."""

TOGETHER = 2 / 3
"""Of its accounts have to have moved that way, so that a few that moved much do not pass for the group."""

MOST = 5
"""Groups that are told: more that move at once are no group any more."""


def groups_moved(looked: Looked) -> list[GroupMoved]:
    """The groups that moved, the surest first, each without the accounts of those before it.

    Plan, region and segment overlap. Without taking accounts away, a region that moves would be told once more as each
    plan that is sold there. Empty where there is no earlier date.
    """
    if looked.before_probability is None:
        return []
    account = looked.scores["account_id"]
    before: Numbers = np.asarray(looked.before_probability.reindex(account), float)
    now: Numbers = np.asarray(looked.scores["probability"], float)
    left = ~np.isnan(before)
    found: list[GroupMoved] = []
    while len(found) < MOST:
        moved = max(_moved(looked.groups, before, now, left), key=lambda each: abs(each[0].errors), default=None)
        if moved is None:
            break
        found.append(moved[0])
        left = left & ~moved[1]
    return found


def _moved(words: pd.DataFrame, before: Numbers, now: Numbers, left: Mask) -> Iterator[tuple[GroupMoved, Mask]]:
    """Every group of the accounts that are left which moved, and its accounts."""
    change = now - before
    for column in words:
        for value in sorted(words[column].dropna().unique()):
            own: npt.NDArray[np.bool_] = (words[column] == value).to_numpy(bool) & left
            rest = left & ~own
            if min(own.sum(), rest.sum()) < FEWEST:
                continue
            ahead = change[own].mean() - change[rest].mean()
            error = (change[own].var(ddof=1) / own.sum() + change[rest].var(ddof=1) / rest.sum()) ** 0.5
            same_way = (np.sign(change[own]) == np.sign(ahead)).mean()
            if 100 * abs(ahead) >= LEAST_POINTS and abs(ahead) >= LEAST_ERRORS * error and same_way >= TOGETHER:
                yield _group(str(column), str(value), before[own], now[own], ahead, ahead / max(error, 1e-9)), own


def _group(column: str, value: str, before: Numbers, now: Numbers, ahead: float, errors: float) -> GroupMoved:
    return GroupMoved(
        column=column,
        value=value,
        accounts=len(now),
        before=round(float(before.mean()), 4),
        now=round(float(now.mean()), 4),
        points=round(100 * float(ahead), 1),
        errors=round(float(errors), 1),
    )
