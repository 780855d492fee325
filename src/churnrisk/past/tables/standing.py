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
from churnrisk.past.tables.spells import terms_at


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
    account_id   mrr  plan  renews_on
           ana 100.0  team 2025-06-01
           ben  30.0 basic 2025-02-06
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
        """Accounts with a running subscription, a row each: `account_id`, `mrr`, `plan`, `renews_on` (NaT: no term)."""
        days = days_to_renewal(self.subscriptions)
        renews_on = np.full(len(days), np.datetime64("NaT"), "M8[us]")
        has_term = ~np.isnan(days)
        renews_on[has_term] = self.as_of + days[has_term].astype("m8[D]")
        words = pd.array(np.asarray(plan(self.subscriptions), object), dtype="str")
        columns = {"mrr": mrr(self.subscriptions), "plan": words, "renews_on": renews_on}
        rows = pd.DataFrame({"account_id": pd.array(self.account_id, dtype="str"), **columns})
        return rows[self._has_any()].reset_index(drop=True)

    def _by_account(self, values: Array) -> "pd.Series[Any]":
        has_any = self._has_any()
        return pd.Series(values[has_any], pd.Index(self.account_id[has_any], name="account_id"))

    def _has_any(self) -> Mask:
        return np.asarray(running(self.subscriptions).count() > 0)
