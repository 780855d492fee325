"""Cohort triangles: of those who became customers in a quarter, the share still there, and of their first MRR."""

from dataclasses import dataclass

import numpy as np

from churnrisk.book.calendar import name_of
from churnrisk.book.customers import Customers
from churnrisk.clock import Day, Days, day
from churnrisk.past.arrays import Array, Mask, Numbers, ratio
from churnrisk.past.tables.through_time import Whole

MOST_QUARTERS = 12
"""Three years of quarters: as many lines and columns as fit a page."""


@dataclass(frozen=True, kw_only=True)
class Triangle:
    """Cohorts by the quarter in which they began, the oldest first.

    `customers`, (cohorts,), began, and paid `mrr` when they did. `logo` and `revenue`, (cohorts, ages), are the shares
    at the end of their own quarter, of the next one and so on; NaN: not yet, or not defined. Cells that are not `ripe`
    are of a quarter that goes on, or whose churn may not all be reported.
    """

    names: tuple[str, ...]
    customers: Whole
    mrr: Whole
    logo: Numbers
    revenue: Numbers
    ripe: Mask


def quarters(as_of: Day, first: Day) -> Days:
    """The first days of the last quarters up to the one that goes on at `as_of`, none of which began before `first`."""
    last = as_of.astype("M8[M]").astype(int) // 3
    begin = -(-int(first.astype("M8[M]").astype(int)) // 3)
    begin += int(first > _first_day(begin))
    return np.array([_first_day(each) for each in range(max(begin, last - MOST_QUARTERS + 1), last + 1)], "M8[D]")


def triangle(customers: Customers, starts: Days, as_of: Day, settled_until: Day) -> Triangle:
    """The triangle of the quarters that begin at `starts`.

    `customers` has every quarter's end among its dates, and `as_of` as the last one. Who ended as planned is taken out
    of the base from then on, since that is no churn.
    """
    size = len(starts)
    cohort = np.searchsorted(starts.astype("M8[us]"), customers.joined_on, side="right") - 1
    # Before the first quarter, or not before the date: in no cohort.
    cohort = np.where(customers.joined_on < as_of.astype("M8[us]"), cohort, -1)
    own = np.flatnonzero(cohort >= 0)
    one = np.ones(customers.accounts, np.int64)
    began, paid = (_by_cohort(cohort, own, each, size) for each in (one, customers.joined_value))
    logo, revenue = np.full((2, size, size), np.nan)
    ripe = np.zeros((size, size), bool)
    ends = [_next(each) for each in starts]
    for column, end in enumerate(ends):
        at = len(customers.dates) - 1 if end > as_of else int(np.searchsorted(customers.dates, end))
        finished = customers.completed.explain(-1, at, customers.accounts)
        left = own[~finished[own]]
        base, base_mrr = (_by_cohort(cohort, left, each, size) for each in (one, customers.joined_value))
        there, value = (_by_cohort(cohort, left, each[at], size) for each in (customers.there, customers.value))
        cohorts = np.arange(column + 1)
        logo[cohorts, column - cohorts] = ratio(there, base)[cohorts]
        revenue[cohorts, column - cohorts] = ratio(value, base_mrr)[cohorts]
        ripe[cohorts, column - cohorts] = end <= settled_until
    names = tuple(name_of("quarter", each) for each in starts)
    return Triangle(names=names, customers=began, mrr=paid, logo=logo, revenue=revenue, ripe=ripe)


def _by_cohort(cohort: Array, rows: Array, values: Array, size: int) -> Whole:
    out = np.zeros(size, np.int64)
    np.add.at(out, cohort[rows], values[rows])
    return out


def _first_day(quarter: int) -> Day:
    return day(np.datetime64(3 * int(quarter), "M"))


def _next(start: Day) -> Day:
    return day(start.astype("M8[M]") + 3)
