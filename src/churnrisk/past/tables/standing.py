"""What an account has at a date, from its subscriptions: the only answer, for cohort, labels, features and the list.

The functions take `Records` of subscriptions, for many snapshots at once. `Standing` asks them about all accounts at
one date, from subscriptions as they were known at that date or at a later one.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day, days_between, to_column
from churnrisk.contract import TABLES
from churnrisk.past.arrays import Array, Mask, Numbers
from churnrisk.past.tables.columns import Columns, LazyColumns
from churnrisk.past.tables.records import Records, once
from churnrisk.past.tables.spells import NEVER, terms_at

BINDING_MONTHS = 2
"""Terms from which a contract binds: who pays by the month and stops paying is gone, whatever was agreed."""


@once
def running(subscriptions: Records) -> Records:
    """Those that run at the date."""
    return subscriptions.where(subscriptions["is_running"])


@once
def main(subscriptions: Records) -> Records:
    """The same in order of what they pay, so that the last one is the account's main one.

    Of several that pay the same, the one that began last is the main one: it is what the account chose most recently.
    """
    return running(subscriptions).by("mrr")


def known_total(rows: Records, column: str) -> Numbers:
    """Sum of a column over some rows, (n,); NaN where no row has a value."""
    known = rows.where(~np.isnan(rows[column]))
    return np.where(known.count() > 0, known.sum(known[column]), np.nan)


def mrr(subscriptions: Records) -> Numbers:
    """Monthly recurring revenue of the running subscriptions, (n,); NaN where no price is known.

    >>> from churnrisk.past.example import views
    >>> mrr(views()["subscriptions"]), plan(views()["subscriptions"]).tolist()
    (array([100.,  30., 100.,  30.]), ['team', 'basic', 'team', 'basic'])
    """
    return known_total(running(subscriptions), "mrr")


def plan(subscriptions: Records) -> Any:
    """Plan of the main running subscription, (n,), as categories; none where nothing runs."""
    return main(subscriptions).last("plan")


def days_to_renewal(subscriptions: Records) -> Numbers:
    """Days until the next renewal of a running subscription, (n,); NaN where none has a term."""
    rows = running(subscriptions)
    return rows.least(_days_to_each(rows))


def days_to_notice_deadline(subscriptions: Records) -> Numbers:
    """Days until the last day on which notice can be given before the next renewal of a running subscription, (n,).

    NaN where there is no notice period, or all deadlines have passed.

    >>> from churnrisk.past.example import views
    >>> days_to_notice_deadline(views()["subscriptions"])
    array([nan, nan, nan, nan])
    """
    rows = running(subscriptions)
    rows = rows.where(~np.isnan(rows["notice_days"]))
    days = _days_to_each(rows) - rows["notice_days"]
    return rows.where(days >= 0).least(days[days >= 0])


def days_bound(subscriptions: Records) -> Numbers:
    """Days until the first date on which the main running subscription can end by contract, (n,); 0: at any time.

    It can end at its next renewal; on the day on which it is known to end, where one is; at any time without a term,
    or with one of a month. Add-ons don't count: they end with what they belong to. Nor does a deadline for notice that
    has passed: it is often not insisted on, and a risk that is hidden is worse than one that is shown too early.

    >>> from churnrisk.past.example import views
    >>> days_bound(views()["subscriptions"])
    array([315.,   0., 308.,  32.])
    """
    rows = main(subscriptions)
    binds = rows["term_months"] >= BINDING_MONTHS
    is_ending = rows["ends_on"] < NEVER
    until = days_between(np.where(is_ending, rows["ends_on"], rows["renews_on"]), rows.as_of)
    bound = rows.last_of(np.where(is_ending | binds, until, 0.0))
    return np.where(rows.count() > 0, bound, 0.0)


def is_paused(subscriptions: Records) -> Mask:
    """Whether something runs, and all of it is a pause: (n,)."""
    rows = running(subscriptions)
    pauses = rows.sum(rows["is_paused"])
    return np.asarray((pauses > 0) & (pauses == rows.count()))


def _days_to_each(rows: Records) -> Numbers:
    """Days until each subscription renews: (rows,)."""
    return days_between(rows["renews_on"], rows.as_of)


@dataclass(frozen=True)
class Standing:
    """What every account that ever had a subscription has at `as_of`; arrays are (accounts,), in order of `account_id`.

    >>> from churnrisk.past.example import ledger
    >>> as_of = Day("2025-01-27")
    >>> here = Standing.of(ledger("subscriptions").before(as_of), as_of)
    >>> print(here.contracts().to_string(index=False))
    account_id   mrr  plan  renews_on can_leave_on
           ana 100.0  team 2025-06-01   2025-12-01
           ben  30.0 basic 2025-02-06   2025-02-28
    """

    account_id: npt.NDArray[Any]
    as_of: Day
    subscriptions: Records

    @classmethod
    def of(cls, subscriptions: Columns, as_of: Day) -> "Standing":
        """From the rows of `subscriptions` that somebody knows, whose texts may be plain arrays."""
        code, account_id = pd.factorize(np.asarray(subscriptions["account_id"], object), sort=True)
        # In the order in which a block has them (see `Ledger.of`), so that ties are broken alike.
        order = np.lexsort((subscriptions["started_on"], code))
        rows = LazyColumns.of(subscriptions).take(order)
        dates = np.full(len(account_id), to_column(as_of))
        records = Records(rows, snapshot=code[order], dates=dates, occurs=TABLES["subscriptions"].occurs)
        records = records.assign({"plan": lambda: pd.Categorical(rows["plan"])} | terms_at(rows, records.as_of))
        return cls(np.asarray(account_id, object), as_of, records)

    def mrr(self) -> "pd.Series[float]":
        """MRR of every account that has a running subscription, by its id; NaN where no price is known."""
        return self._by_account(mrr(self.subscriptions))

    def paused(self) -> npt.NDArray[Any]:
        """The ids of the accounts that have something running, all of it a pause."""
        return self.account_id[is_paused(self.subscriptions)]

    def contracts(self) -> pd.DataFrame:
        """Accounts with a running subscription, a row each: `account_id`, `mrr`, `plan`, `renews_on` (NaT: no term),
        `can_leave_on` (the first date on which its contracts let it; NaT: at any time).
        """
        words = pd.array(np.asarray(plan(self.subscriptions), object), dtype="str")
        columns = {"mrr": mrr(self.subscriptions), "plan": words}
        columns["renews_on"] = self._date_in(days_to_renewal(self.subscriptions))
        bound = days_bound(self.subscriptions)
        columns["can_leave_on"] = self._date_in(np.where(bound > 0, bound, np.nan))
        rows = pd.DataFrame({"account_id": pd.array(self.account_id, dtype="str"), **columns})
        return rows[self._has_any()].reset_index(drop=True)

    def _date_in(self, some_days: Numbers) -> npt.NDArray[np.datetime64]:
        """The date after so many days; NaT for NaN."""
        date = np.full(len(some_days), np.datetime64("NaT"), "M8[us]")
        known = ~np.isnan(some_days)
        date[known] = self.as_of + some_days[known].astype("m8[D]")
        return date

    def _by_account(self, values: Array) -> "pd.Series[Any]":
        has_any = self._has_any()
        return pd.Series(values[has_any], pd.Index(self.account_id[has_any], name="account_id"))

    def _has_any(self) -> Mask:
        return np.asarray(running(self.subscriptions).count() > 0)
