"""Spells: from the start of an account's subscriptions to the day on which the last of them has ended."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day, Days, next_renewal
from churnrisk.past.arrays import Mask, is_first
from churnrisk.past.tables.columns import Columns, LazyColumns

NEVER = np.datetime64("2262-01-01", "us")
"""An end that is not known: about the last day that nanoseconds, which pandas may convert to, can hold."""

_ENDS = ("ended_on", "planned_end_on")


def spells(subscriptions: Columns) -> pd.DataFrame:
    """Spells of every account, from subscriptions as they were known at some date.

    A subscription that starts on or before the day on which the earlier ones end continues their spell; one that starts
    later opens a new spell. A spell ends the way its last subscription does.

    Returns one row a spell, in order of account and start: `account_id`, `started_on`, `ended_on` (NEVER while no end
    is known), `planned` (the end is that of a fixed term or of a trial, and no other end is stated), `completed` (it is
    that of a fixed term, which is not churn), `paid_from` (NEVER: a trial that was not converted).

    >>> from churnrisk.past.example import ledger
    >>> known = spells(ledger("subscriptions").before(Day("2025-01-27"))).astype(str)
    >>> known[["account_id", "started_on", "ended_on"]].to_numpy().tolist()
    [['ana', '2024-06-01', '2262-01-01'], ['ben', '2025-01-06', '2025-02-28']]
    """
    code, account_id = pd.factorize(subscriptions["account_id"], sort=True)
    planned, is_trial = ~cut_short(subscriptions), subscriptions["is_trial"].astype(bool)
    started, ended = subscriptions["started_on"], ends_on(subscriptions)
    by_start = np.lexsort((ended, started, code))
    spell = _numbered(code[by_start], started[by_start], ended[by_start])
    first = np.flatnonzero(is_first(spell))
    # The subscription that ends last decides how the spell ends. Of several that end on one day, one that was cut short
    # decides before one that ends as planned, and a fixed term before a trial: churn must not hide behind a plan.
    decides = ~planned * 2 + ~is_trial
    by_end = by_start[np.lexsort((decides[by_start], ended[by_start], spell))]
    last = by_end[np.flatnonzero(np.diff(spell, append=-1))]
    paid = np.where(is_trial, NEVER, started)[by_start]
    ends_as_planned = planned[last] & (ended[last] < NEVER)
    return pd.DataFrame(
        {
            "account_id": account_id[code[by_start[first]]],
            "started_on": started[by_start[first]],
            "ended_on": ended[last],
            "planned": ends_as_planned,
            "completed": ends_as_planned & ~is_trial[last],
            "paid_from": np.minimum.reduceat(paid, first),
        }
    )


def _numbered(
    account: npt.NDArray[np.int64], started: npt.NDArray[np.datetime64], ended: npt.NDArray[np.datetime64]
) -> npt.NDArray[np.int64]:
    """The number of each subscription's spell, from 0: (rows,). The rows are in order of account and start."""
    running_end = pd.Series(ended).groupby(account, sort=False).cummax().to_numpy()
    opens = is_first(account)
    opens[1:] |= started[1:] > running_end[:-1]
    return np.cumsum(opens) - 1


def current(all_spells: pd.DataFrame, as_of: Day) -> pd.DataFrame:
    """The latest spell of each account that has started before `as_of`; at most one row an account."""
    begun = all_spells[all_spells["started_on"] < as_of]
    return begun.drop_duplicates("account_id", keep="last").reset_index(drop=True)


def is_running(subscriptions: Columns, as_of: Day | Days) -> npt.NDArray[np.bool_]:
    """Which subscriptions run at `as_of`, one date or one a row, by what is known."""
    return np.asarray((subscriptions["started_on"] < as_of) & (ends_on(subscriptions) >= as_of))


def terms_at(subscriptions: Columns, as_of: Days) -> dict[str, Callable[[], Any]]:
    """The columns that the date of each row adds, each with the function that makes it.

    They are `ends_on`, `is_running` and `renews_on` (NaT: no term).
    """
    return {
        "ends_on": lambda: ends_on(subscriptions),
        "is_running": lambda: is_running(subscriptions, as_of),
        "renews_on": lambda: next_renewal(subscriptions["started_on"], subscriptions["term_months"], as_of),
    }


def cut_short(subscriptions: Columns) -> npt.NDArray[np.bool_]:
    """Which subscriptions end other than as planned: earlier, or later because they were continued."""
    ended, planned_end = subscriptions["ended_on"], subscriptions["planned_end_on"]
    return np.asarray(~np.isnat(ended) & (ended != planned_end))


def ends_on(subscriptions: Columns) -> npt.NDArray[np.datetime64]:
    """When each subscription ends by what is known: on the day that was entered, else as planned; NEVER: unknown.

    One that renews by itself has no planned end: the day is that of its term, after which it goes on.
    """
    ended, planned_end = subscriptions["ended_on"], subscriptions["planned_end_on"]
    # Only a stated yes: where nobody says whether it renews, the planned end stands.
    ends = np.where(np.isnat(ended) & (subscriptions["auto_renew"] != 1), planned_end, ended)
    return np.asarray(np.where(np.isnat(ends), NEVER, ends))


def resumed(subscriptions: LazyColumns, as_of: Day) -> LazyColumns:
    """The subscriptions, of which pauses that go on at `as_of` have no end, unless a reason for it is stated.

    When a pause is over is often agreed at its start. That day is when the account comes back, so it is no notice,
    even while the subscription that follows has not been entered yet. A reason is stated by those who leave.
    """
    goes_on = subscriptions["is_paused"].astype(bool) & (ends_on(subscriptions) >= as_of)
    goes_on &= pd.isna(subscriptions["end_reason"])
    return subscriptions.assign({end: partial(_emptied, subscriptions, end, goes_on) for end in _ENDS})


def _emptied(columns: Columns, name: str, where: Mask) -> npt.NDArray[np.datetime64]:
    return np.where(where, np.datetime64("NaT"), columns[name])
