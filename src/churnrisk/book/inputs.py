"""What the book is made from: `gather` gives it, and `compose` takes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from churnrisk.book.customers import Customers, contracted, members, purchasing
from churnrisk.clock import Day, Days, days
from churnrisk.past.tables.columns import LazyColumns
from churnrisk.past.tables.ledger import Ledger
from churnrisk.past.tables.spells import resumed, spells
from churnrisk.past.usage.activity import Activity

Made = TypeVar("Made")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a company counts. `active_days` is how long a purchase makes a customer, None with contracts.

    `recorded_from` is the first day of usage on record, `lag_days` how long churn may stay unreported, `margin` the
    share of revenue that is kept (None: not known), `discount` what money loses in a year.
    """

    trials: bool
    active_days: int | None
    recorded_from: Day
    lag_days: int
    lead_days: int
    horizon_days: int
    currency: str
    margin: float | None
    discount: float


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """Tables with all that ever became known of them; a book of `as_of` uses what was known before.

    `ledgers` has `accounts` and `subscriptions`, and `invoices` and `surveys` where there are such. `activity` are the
    days on which accounts bought, None with contracts. `scores` are those of the date: `account_id`, `probability`, and
    `probability_30d` ... of the ladder. `backtest` are earlier predictions of a model that had not seen what followed,
    with the same columns and `as_of`; `archived` are earlier forecasts.
    """

    as_of: Day
    settings: Settings
    ledgers: Mapping[str, Ledger]
    activity: Activity | None
    scores: pd.DataFrame
    backtest: pd.DataFrame
    archived: pd.DataFrame

    _computed: dict[tuple[str, Day], Any] = field(init=False, default_factory=dict, repr=False, compare=False)

    def who(self, as_of: Day) -> pd.DataFrame:
        """The accounts that count, as they were known at a date; see `members`."""
        return self._once("who", as_of, lambda: members(self.require("accounts", as_of)))

    def sold(self, as_of: Day) -> LazyColumns:
        """The subscriptions as they were known at a date, in which a pause that goes on has no end, as in the
        cohort."""
        return self._once("sold", as_of, lambda: resumed(self.require("subscriptions", as_of), as_of))

    def spells(self, as_of: Day) -> pd.DataFrame:
        """Their spells; see `spells.spells`."""
        return self._once("spells", as_of, lambda: spells(self.sold(as_of)))

    def _once(self, what: str, as_of: Day, compute: Callable[[], Made]) -> Made:
        if (what, as_of) not in self._computed:
            self._computed[what, as_of] = compute()
        made: Made = self._computed[what, as_of]
        return made

    def known(self, name: str, as_of: Day) -> LazyColumns | None:
        """A table as it was known at a date; None where there is none."""
        return self.ledgers[name].before(as_of) if name in self.ledgers else None

    def require(self, name: str, as_of: Day) -> LazyColumns:
        """The same of a table that every company has."""
        return self.ledgers[name].before(as_of)

    def customers(self, who: pd.DataFrame, dates: Days, as_of: Day) -> Customers:
        """Customers on some dates, as they were known at `as_of`; `who` is that of `members`."""
        invoices, span = self.known("invoices", as_of), self.settings.active_days
        if self.activity is None or span is None:
            sold, rows, trials = self.sold(as_of), self.spells(as_of), self.settings.trials
            return contracted(who, sold, rows, invoices, dates=dates, as_of=as_of, trials=trials)
        return purchasing(who, self.activity.before(as_of), invoices, dates=dates, span=span)

    def first_day(self) -> Day:
        """The first day from which on it is known who is a customer."""
        if self.settings.active_days is not None:
            return self.settings.recorded_from + days(self.settings.active_days)
        started = self.require("subscriptions", self.as_of)["started_on"]
        return np.datetime64(started.min(), "D") if len(started) else self.as_of

    def heard_of(self, since: Day) -> set[str]:
        """The accounts of which anything became known from a date on that decides who is a customer and pays what."""
        names = ("accounts", "subscriptions") if self.activity is None else ("accounts", "invoices")
        heard = set().union(*(self.ledgers[name].heard_of(since) for name in names if name in self.ledgers))
        return heard if self.activity is None else heard | self.activity.heard_of(since)

    def only(self, accounts: set[str]) -> "Inputs":
        """The same of some accounts."""
        activity = None if self.activity is None else self.activity.only(accounts)
        return replace(
            self, ledgers={name: each.only(accounts) for name, each in self.ledgers.items()}, activity=activity
        )
