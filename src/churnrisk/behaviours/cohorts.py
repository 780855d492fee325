"""The share of accounts still there at each age, by the quarter in which they began and by where they came from."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.behaviours.rates import wilson
from churnrisk.clock import Day
from churnrisk.contract import TABLES
from churnrisk.params import Params
from churnrisk.past.tables.ledger import Ledger
from churnrisk.past.tables.spells import spells
from churnrisk.past.usage.activity import read_activity
from churnrisk.store.workspace import Workspace, read_table

QUARTER = 91
"""A step of age in days: a quarter, in whole weeks."""

MOST_QUARTERS = 12
"""Most steps of age, three years: as many columns as fit the page."""

MOST_STARTS = 20
MOST_SOURCES = 12
"""Most lines of the two tables: the latest quarters and the largest sources."""

FEWEST = 10
"""A share that rests on fewer spells watched to that age is not given, unless the whole cohort was watched so long."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """The share still there after so many days, with its 95 % interval."""

    days: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Cohort:
    """Spells that began in one quarter, or of accounts from one source: how many `began`, and the share at each age.

    A share is None at an age that they have not reached, or that too few were watched to.
    """

    name: str
    began: int
    shares: tuple[Share | None, ...]


@dataclass(frozen=True, kw_only=True)
class Cohorts:
    """Both tables as of `until`: `by_start` by quarter, the oldest first, and `by_source`, the largest first.

    `still_there` says in words what counts as being still there.
    """

    until: str
    still_there: str
    ages_days: tuple[int, ...]
    by_start: tuple[Cohort, ...]
    by_source: tuple[Cohort, ...]


def cohorts(workspace: Workspace, params: Params, covered_until: Day) -> Cohorts:
    """Both tables, over every spell that began as more than a trial; internal accounts are left out.

    They reach until the last day whose churn is sure to be in the tables: the reporting lag before what is covered.
    """
    until = covered_until - np.timedelta64(params.churn.reporting_lag_days, "D")
    begun = _begun(workspace, params, covered_until, until)
    silent = params.churn.inactive_days
    stays = _stays(begun, until) if silent is None else _active(workspace, params, begun, until, silent)
    ages = np.arange(1, MOST_QUARTERS + 1) * QUARTER
    ages = ages[ages <= (begun["age"].max() if len(begun) else 0)]
    quarters = begun["from_on"].dt.to_period("Q")
    return Cohorts(
        until=str(until),
        still_there="a customer" if silent is None else f"active in the {silent} days before",
        ages_days=tuple(map(int, ages)),
        by_start=tuple(
            _cohort(f"Q{each.quarter} {each.year}", stays, (quarters == each).to_numpy(), ages)
            for each in sorted(quarters.unique())[-MOST_STARTS:]
        ),
        by_source=tuple(
            _cohort(str(name), stays, (begun["acquisition"] == name).to_numpy(), ages)
            for name in begun["acquisition"].value_counts().index[:MOST_SOURCES]
        ),
    )


@dataclass(frozen=True)
class _Stays:
    """How long each spell stayed: the `days` it was watched, and whether it `churned` at their end, both (spells,).

    Where accounts come and go, `there` says whether each was active at each age, (spells, ages).
    """

    days: npt.NDArray[np.float64]
    churned: npt.NDArray[np.bool_]
    there: npt.NDArray[np.bool_] | None = None


def _begun(workspace: Workspace, params: Params, known_before: Day, until: Day) -> pd.DataFrame:
    """Spells that began before `until`: `account_id`, `from_on`, `ended_on`, `completed`, `acquisition`, `age`."""
    tables = {
        name: Ledger(read_table(workspace.tables / f"{name}.parquet"), TABLES[name]).before(known_before)
        for name in ("accounts", "subscriptions")
    }
    who = pd.DataFrame({name: tables["accounts"].get(name) for name in ("account_id", "is_internal", "acquisition")})
    rows = spells(tables["subscriptions"]).merge(who[~who["is_internal"].eq(True)], on="account_id")
    rows["from_on"] = rows["started_on"] if params.cohort.trials else rows["paid_from"]
    rows = rows[rows["from_on"] < until].reset_index(drop=True)
    rows["age"] = (pd.Timestamp(until) - rows["from_on"]).dt.days
    return rows


def _stays(begun: pd.DataFrame, until: Day) -> _Stays:
    """With contracts: a spell churns at its end. One that ends as planned was watched until then and did not churn."""
    ended = begun["ended_on"] < until
    end = begun["ended_on"].where(ended, pd.Timestamp(until))
    days = np.asarray((end - begun["from_on"]).dt.days, float)
    return _Stays(days, (ended & ~begun["completed"]).to_numpy(bool))


def _active(workspace: Workspace, params: Params, begun: pd.DataFrame, until: Day, silent: int) -> _Stays:
    """Without contracts accounts come and go: one is there at an age if it was active in the `silent` days before."""
    activity = read_activity(workspace.usage, params.churn.activity_events).before(until)
    rows = begun[["account_id", "from_on"]].assign(spell=np.arange(len(begun))).merge(activity, on="account_id")
    age = (rows["day"] - rows["from_on"]).dt.days.to_numpy()
    there = np.zeros((len(begun), MOST_QUARTERS), bool)
    for step in range(MOST_QUARTERS):
        end = (step + 1) * QUARTER
        there[rows["spell"].to_numpy()[(age >= end - silent) & (age < end)], step] = True
    return _Stays(np.asarray(begun["age"], float), np.zeros(len(begun), bool), there)


def _cohort(name: str, stays: _Stays, chosen: npt.NDArray[np.bool_], ages: npt.NDArray[np.int64]) -> Cohort:
    days, churned = stays.days[chosen], stays.churned[chosen]
    shares = (
        [still_there(days, churned, int(age)) for age in ages]
        if stays.there is None
        else [_there(stays.there[chosen, step], days, int(age)) for step, age in enumerate(ages)]
    )
    return Cohort(name, int(chosen.sum()), tuple(shares))


def still_there(days: npt.NDArray[np.float64], churned: npt.NDArray[np.bool_], age: int) -> Share | None:
    """The share of spells that did not churn within `age` days, by Kaplan and Meier (JASA, 1958).

    The interval is Wilson's for the number of spells that the share rests on (Peto and others, 1977).

    `days`, (spells,), is how long each was watched, and `churned`, (spells,), whether it churned then. One that did not
    is still there, or ended as planned: what it did after that is not known. None where too few were watched so long.

    >>> days, churned = np.array([10.0, 20, 100, 100]), np.array([True, True, False, False])
    >>> [each and each.share for each in (still_there(days, churned, age) for age in (30, 90, 120))]
    [0.5, 0.5, None]
    """
    watched = int((days >= age).sum())
    complete = not ((days < age) & ~churned).any()
    if not len(days) or (watched < FEWEST and not complete):
        return None
    when, churns = np.unique(days[churned & (days < age)], return_counts=True)
    at_risk = len(days) - np.searchsorted(np.sort(days), when)
    share = float(np.prod(1 - churns / at_risk))
    return _share(age, share, len(days) if complete else watched / share)


def _there(there: npt.NDArray[np.bool_], days: npt.NDArray[np.float64], age: int) -> Share | None:
    watched = days >= age
    if not watched.any() or (watched.sum() < FEWEST and not watched.all()):
        return None
    return _share(age, float(there[watched].mean()), int(watched.sum()))


def _share(age: int, share: float, draws: float) -> Share:
    low, high = wilson(share, draws)
    return Share(days=age, share=share, low=low, high=high)
