"""What every account had on each of many dates, by what was known at one date.

`standing` answers for one date; this answers for five years of months at once, by the same rules: a stretch from a day
to a day is there at a date if it began before the date and had not ended before it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day, Days, days, next_renewal, to_column
from churnrisk.past.arrays import Array, Mask
from churnrisk.past.tables.columns import Columns
from churnrisk.past.tables.spells import NEVER, ends_on, is_running
from churnrisk.past.usage.running_totals import PARTS

Whole = npt.NDArray[np.int64]
"""Money in whole ten-thousandths, or counts: their sums are exact and do not depend on the order of the rows."""


def whole(amounts: Array) -> Whole:
    """Money as whole ten-thousandths; an amount that is not known counts 0.

    >>> whole(np.array([19.99, np.nan]))
    array([199900,      0])
    """
    return np.asarray(np.rint(np.nan_to_num(np.asarray(amounts, float)) * PARTS), np.int64)


def positions(account_id: Any, accounts: pd.Index) -> npt.NDArray[np.int64]:
    """The position of each row's account among `accounts`, (rows,); -1: none of them."""
    return accounts.get_indexer(pd.Index(account_id))


@dataclass(frozen=True, kw_only=True)
class Stretches:
    """Stretches of accounts from a day to a day, one a row: all (rows,).

    `account` is the position of the account. `from_on` is the first day with it, `ended_on` the first without (NEVER:
    no end is known). `completed` says that the end is that of a fixed term as planned, which is no churn.
    """

    account: npt.NDArray[np.int64]
    from_on: npt.NDArray[np.datetime64]
    ended_on: npt.NDArray[np.datetime64]
    completed: Mask

    def at(self, dates: Days, accounts: int) -> Mask:
        """Which accounts are in a stretch on each date: (dates, accounts)."""
        ones = np.ones(len(self.account), np.int8)
        return over_time(self.account, self.from_on, self.ended_on, ones, dates=dates, accounts=accounts) > 0


def over_time(
    account: npt.NDArray[np.int64], from_on: Array, ended_on: Array, values: Array, *, dates: Days, accounts: int
) -> Array:
    """The sum of one whole number a row over the rows that are there on each date: (dates, accounts).

    A row is there if it began before the date and had not ended before it, as `spells.is_running` says. `dates` are in
    order. Steps are added up date by date, so the cost is that of the rows and of one pass over the result.

    >>> began = np.array(["2025-01-01", "2025-01-15"], "M8[us]")
    >>> ended = np.array(["2025-01-31", "2025-03-01"], "M8[us]")
    >>> dates = np.array(["2025-01-01", "2025-02-01", "2025-03-01"], "M8[D]")
    >>> over_time(np.array([0, 0]), began, ended, np.array([5, 7]), dates=dates, accounts=1).ravel()
    array([0, 7, 7])
    """
    columns = to_column(dates)
    first, stop = (np.searchsorted(columns, each, side="right") for each in (from_on, ended_on))
    steps = np.zeros((len(dates) + 1, accounts), values.dtype)
    flat = steps.reshape(-1)
    np.add.at(flat, first * accounts + account, values)
    np.subtract.at(flat, stop * accounts + account, values)
    return np.asarray(np.cumsum(steps, axis=0, out=steps)[:-1])


def customer_stretches(rows: pd.DataFrame, accounts: pd.Index, *, trials: bool) -> Stretches:
    """When accounts were customers: their spells, from the first paid subscription on, or with `trials` from the start.

    `rows` are those of `spells.spells`.

    This is the cohort's answer: a trial that was not converted is no customer, a pause goes on, and an account that
    returns begins a new stretch. Accounts that are not among `accounts` are left out.
    """
    account = positions(rows["account_id"], accounts)
    from_on = rows["started_on" if trials else "paid_from"].to_numpy("M8[us]")
    ours = np.flatnonzero((account >= 0) & (from_on < NEVER))
    return Stretches(
        account=account[ours],
        from_on=from_on[ours],
        ended_on=rows["ended_on"].to_numpy("M8[us]")[ours],
        completed=rows["completed"].to_numpy(bool)[ours],
    )


def active_stretches(activity: pd.DataFrame, accounts: pd.Index, span: int) -> Stretches:
    """When accounts counted as active: each active day, and the `span` days after it; `activity` is `Activity.before`.

    Stretches of one account that overlap or touch are one.
    """
    account = positions(activity["account_id"], accounts)
    when = activity["day"].to_numpy("M8[us]")
    order = np.lexsort((when, account))
    order = order[account[order] >= 0]
    account, when = account[order], when[order]
    opens = np.ones(len(account), bool)
    opens[1:] = (account[1:] != account[:-1]) | (when[1:] > when[:-1] + days(span))
    last = np.flatnonzero(np.append(opens[1:], True)[: len(opens)])
    return Stretches(
        account=account[opens],
        from_on=when[opens],
        ended_on=np.asarray(when[last] + days(span), "M8[us]"),
        completed=np.zeros(int(opens.sum()), bool),
    )


def mrr_over_time(subscriptions: Columns, accounts: pd.Index, dates: Days) -> Whole:
    """MRR of the running subscriptions of each account on each date, (dates, accounts), in whole ten-thousandths.

    A price that is not known counts 0; `Standing.mrr` has the same sums, for one date.
    """
    account = positions(subscriptions["account_id"], accounts)
    ours = np.flatnonzero(account >= 0)
    ended: Any = ends_on(subscriptions)[ours]
    values = whole(subscriptions["mrr"])[ours]
    started = np.asarray(subscriptions["started_on"])[ours]
    return over_time(account[ours], started, ended, values, dates=dates, accounts=len(accounts))


def renewals_at(subscriptions: Columns, accounts: pd.Index, as_of: Day) -> npt.NDArray[np.datetime64]:
    """The next renewal of any running subscription of each account at a date, (accounts,); NaT: none has a term.

    `standing.days_to_renewal` has the same answer as a number of days.
    """
    account = positions(subscriptions["account_id"], accounts)
    rows = np.flatnonzero((account >= 0) & is_running(subscriptions, to_column(as_of)))
    started, term = (np.asarray(subscriptions[name])[rows] for name in ("started_on", "term_months"))
    renews = next_renewal(started, term, as_of)
    out = np.full(len(accounts), np.datetime64("NaT"), "M8[D]")
    # fmin takes the date where the other is NaT.
    np.fmin.at(out, account[rows], renews)
    return out


def has_price(subscriptions: Columns, accounts: pd.Index, as_of: Day) -> Mask:
    """Which accounts have a running subscription whose price is known at a date: (accounts,)."""
    account = positions(subscriptions["account_id"], accounts)
    rows = (account >= 0) & is_running(subscriptions, to_column(as_of)) & ~np.isnan(subscriptions["mrr"])
    return np.asarray(np.bincount(account[rows], minlength=len(accounts)) > 0)
