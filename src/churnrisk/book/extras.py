"""What is counted beside contracts: purchases, and answers to surveys."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.book.calendar import Period
from churnrisk.clock import Days, to_column
from churnrisk.past.arrays import Array
from churnrisk.past.tables.columns import Columns
from churnrisk.past.tables.through_time import positions

Positions = npt.NDArray[np.int64]

PROMOTER, DETRACTOR = 9, 6
"""From 9 on a score is a promoter's, up to 6 a detractor's, on the scale from 0 as on that from 1."""


@dataclass(frozen=True)
class Purchases:
    """On how many days each account had bought before each date, from the first one on: `days`, (dates, accounts)."""

    days: npt.NDArray[np.int32]

    def within(self, period: Period) -> dict[str, Positions]:
        """The accounts that bought in a period, and those that did so on two days or more."""
        count = self.days[period.stop] - self.days[period.start]
        return {"buyers": np.flatnonzero(count > 0), "repeat_buyers": np.flatnonzero(count > 1)}


def purchase_days(account_id: Array, when: Days, accounts: pd.Index, dates: Days) -> Purchases:
    """From days on which accounts bought, one a row; a day that comes twice counts once, as one visit to the shop."""
    account = positions(account_id, accounts)
    rows = pd.DataFrame({"account": account, "day": np.asarray(when, "M8[D]")})
    rows = rows[rows["account"] >= 0].drop_duplicates()
    first = np.searchsorted(dates.astype("M8[s]"), rows["day"].to_numpy("M8[s]"), side="right")
    counts = np.zeros((len(dates) + 1, len(accounts)), np.int32)
    np.add.at(counts.reshape(-1), first * len(accounts) + rows["account"].to_numpy(), 1)
    return Purchases(np.cumsum(counts, axis=0, out=counts)[:-1])


def invoiced(invoices: Columns, accounts: pd.Index, dates: Days) -> Purchases:
    """The days with an invoice above 0; a credit note is no purchase."""
    rows = np.flatnonzero(np.asarray(invoices["amount"]) > 0)
    who = invoices["account_id"][rows]
    return purchase_days(who, np.asarray(invoices["issued_on"])[rows].astype("M8[D]"), accounts, dates)


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Answers to surveys in order of account and then of time, all (answers,): `first` is the first date after each."""

    account: Positions
    first: Positions
    score: npt.NDArray[np.float64]

    def within(self, period: Period) -> dict[str, Positions]:
        """The accounts that answered in a period, and which of them are promoters and detractors by their last answer.

        One answer an account, so that an account that is asked often counts no more than one that is asked once.
        """
        rows = np.flatnonzero((self.first > period.start) & (self.first <= period.stop))
        last = np.append(self.account[rows][1:] != self.account[rows][:-1], True)[: len(rows)]
        rows = rows[last]
        score, account = self.score[rows], self.account[rows]
        return {"answers": account, "promoters": account[score >= PROMOTER], "detractors": account[score <= DETRACTOR]}


def answered(surveys: Columns, accounts: pd.Index, dates: Days) -> Answers:
    """From surveys as they were known at some date."""
    account = positions(surveys["account_id"], accounts)
    when, score = np.asarray(surveys["answered_on"]), np.asarray(surveys["score"], float)
    rows = np.flatnonzero((account >= 0) & ~np.isnat(when) & ~np.isnan(score))
    rows = rows[np.lexsort((score[rows], when[rows], account[rows]))]
    first = np.searchsorted(to_column(dates), when[rows], side="right")
    return Answers(account=account[rows], first=first, score=score[rows])
