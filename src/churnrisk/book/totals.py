"""Customers and money added up by period and segment: whole numbers, from which every figure of a period is made."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from churnrisk.book.calendar import Period
from churnrisk.book.customers import Customers
from churnrisk.book.extras import Answers, Purchases
from churnrisk.past.tables.through_time import Whole


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Totals of periods, all (periods, parts); money is in whole ten-thousandths.

    `opening` and `closing` count the customers at the start and at the end, and `opening_mrr`, `closing_mrr` what they
    pay. In between, `won` became customers for the first time, `returned` came back, `churned` left, and `completed`
    ended as planned; `kept` are customers at both ends, who pay `expansion` more or `contraction` less. `failed` are
    those of the churned whose payment failed. `buyers` bought on any day and `repeat_buyers` on two days or more.
    `answers` counts the accounts that answered a survey, of which `promoters` and `detractors` are parts.
    """

    opening: Whole
    won: Whole
    returned: Whole
    churned: Whole
    completed: Whole
    closing: Whole
    opening_mrr: Whole
    won_mrr: Whole
    returned_mrr: Whole
    expansion: Whole
    contraction: Whole
    churned_mrr: Whole
    completed_mrr: Whole
    closing_mrr: Whole
    failed: Whole
    failed_mrr: Whole
    buyers: Whole
    repeat_buyers: Whole
    answers: Whole
    promoters: Whole
    detractors: Whole
    months: Whole
    """How long each period is, in months."""
    knows_failed: bool
    """Do the data say whose payment failed?"""

    @property
    def base(self) -> Whole:
        """Customers at the start, but for those whose fixed term ended as planned: the base of all rates of churn."""
        return self.opening - self.completed

    @property
    def base_mrr(self) -> Whole:
        """What that base paid at the start."""
        return self.opening_mrr - self.completed_mrr

    def whole_company(self) -> "Totals":
        """All parts together, (periods, 1)."""
        own = {name: values.sum(axis=1, keepdims=True) for name, values in self._counts().items()}
        return Totals(**own, months=self.months[:, :1], knows_failed=self.knows_failed)

    def rows(self, which: Sequence[int] | npt.NDArray[np.int64]) -> "Totals":
        """Some of the periods."""
        own = {name: values[which] for name, values in self._counts().items()}
        return Totals(**own, months=self.months[which], knows_failed=self.knows_failed)

    def added_up(self) -> "Totals":
        """Flows of several periods in a row as those of one, (1, parts): it opens with the first, closes with the last.

        The months of a quarter give its movements. They are not the rates of the quarter: those compare its two ends,
        and what an account gains in one month and loses in the next is in none of them.
        """
        own = {name: values.sum(axis=0, keepdims=True) for name, values in self._counts().items()}
        for name, at in (("opening", 0), ("opening_mrr", 0), ("closing", -1), ("closing_mrr", -1)):
            own[name] = getattr(self, name)[[at]]
        return Totals(**own, months=self.months.sum(axis=0, keepdims=True), knows_failed=self.knows_failed)

    def exchanged(self, without: "Totals", having: "Totals") -> "Totals":
        """These totals with those of some accounts, `without`, replaced by others, `having`."""
        own = {name: values - getattr(without, name) + getattr(having, name) for name, values in self._counts().items()}
        return Totals(**own, months=self.months, knows_failed=self.knows_failed)

    def _counts(self) -> dict[str, Whole]:
        names = (each.name for each in fields(self))
        return {name: getattr(self, name) for name in names if name not in ("months", "knows_failed")}


def add_up(
    customers: Customers, periods: Sequence[Period], purchases: Purchases | None = None, answers: Answers | None = None
) -> Totals:
    """The totals of each period in each part of the customers."""
    shape = (len(periods), len(customers.parts))
    out = {each.name: np.zeros(shape, np.int64) for each in fields(Totals) if each.name != "knows_failed"}
    begins = np.searchsorted(customers.part, np.arange(len(customers.parts)))
    for at, period in enumerate(periods):
        for name, values in _movements(customers, period).items():
            # Accounts lie in order of their part, so each part is a range; reduceat adds whole numbers exactly.
            out[name][at] = np.add.reduceat(values, begins, dtype=np.int64) if shape[1] else 0
        out["months"][at] = period.months
        for extra in (purchases, answers):
            if extra is not None:
                for name, values in extra.within(period).items():
                    out[name][at] = np.bincount(customers.part[values], minlength=shape[1])
    return Totals(**out, knows_failed=customers.failed is not None)


def _movements(customers: Customers, period: Period) -> dict[str, npt.NDArray[np.generic]]:
    """What one period did to every account: one number or one yes or no an account, by the names of `Totals`."""
    start, stop = period.start, period.stop
    before, after = customers.there[start], customers.there[stop]
    pays, will_pay = customers.value[start], customers.value[stop]
    gone, came = before & ~after, after & ~before
    completed = gone & customers.completed.explain(start, stop, customers.accounts)
    churned = gone & ~completed
    won = came & (customers.first > start)
    returned = came & ~won
    change = np.where(before & after, will_pay - pays, 0)
    out = {
        "opening": before,
        "won": won,
        "returned": returned,
        "churned": churned,
        "completed": completed,
        "closing": after,
        "opening_mrr": pays,
        "won_mrr": will_pay * won,
        "returned_mrr": will_pay * returned,
        "expansion": np.maximum(change, 0),
        "contraction": np.maximum(-change, 0),
        "churned_mrr": pays * churned,
        "completed_mrr": pays * completed,
        "closing_mrr": will_pay,
    }
    if customers.failed is not None:
        failed = churned & customers.failed.explain(start, stop, customers.accounts)
        out |= {"failed": failed, "failed_mrr": pays * failed}
    return out
