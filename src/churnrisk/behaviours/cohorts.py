"""Of those who began together, or came from the same source: what share is still there after so long?"""

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
"""Days of a step of age."""

MOST_QUARTERS = 12
MOST_STARTS = 20
MOST_SOURCES = 12
FEWEST = 10
"""A share that rests on fewer spells watched to that age is not given, unless all of the cohort were."""


@dataclass(frozen=True)
class Share:
    """What share is still there after so many days, with its 95 % interval."""

    days: int
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Cohort:
    """Those who began in one quarter, or came from one source: `began` spells, and a share for each age that is known.

    `shares` has None for an age that they have not reached.
    """

    name: str
    began: int
    shares: tuple[Share | None, ...]


@dataclass(frozen=True)
class Cohorts:
    """Cohort views as of `until`: `by_start` by quarter, oldest first, and `by_source`, the largest first."""

    until: str
    still_there: str
    ages_days: tuple[int, ...]
    by_start: tuple[Cohort, ...]
    by_source: tuple[Cohort, ...]


def cohorts(workspace: Workspace, params: Params, covered_until: Day) -> Cohorts:
    """Both views, from every spell that began as more than a trial; internal accounts are left out.

    Until the last day whose leaving is certain to be in the tables.
    """
    until = covered_until - np.timedelta64(params.churn.reporting_lag_days, "D")
    begun = _begun(workspace, params, covered_until, until)
    silent = params.churn.inactive_days
    stayed = _stay(begun, until) if silent is None else _active(workspace, params, begun, until, silent)
    ages = np.arange(1, MOST_QUARTERS + 1) * QUARTER
    oldest = begun["age"].max() if len(begun) else 0
    ages = ages[ages <= oldest]
    quarter, sources = begun["from_on"].dt.to_period("Q"), begun["acquisition"]
    quarters = sorted(quarter.unique())[-MOST_STARTS:]
    return Cohorts(
        str(until),
        "a customer" if silent is None else f"active in the {silent} days before",
        tuple(map(int, ages)),
        tuple(_cohort(f"Q{q.quarter} {q.year}", stayed, (quarter == q).to_numpy(), ages) for q in quarters),
        tuple(
            _cohort(str(name), stayed, (sources == name).to_numpy(), ages)
            for name in sources.value_counts().index[:MOST_SOURCES]
        ),
    )


@dataclass(frozen=True)
class _Stays:
    """By spell: `days` it was watched, whether it `left` at their end, and, where people come and go, whether it is
    `there` at each age, (spells, ages)."""

    days: npt.NDArray[np.float64]
    left: npt.NDArray[np.bool_]
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


def _stay(begun: pd.DataFrame, until: Day) -> _Stays:
    """Leaving is the end of a spell; one that ends as planned is watched until then and has not left."""
    ended = begun["ended_on"] < until
    end = begun["ended_on"].where(ended, pd.Timestamp(until))
    days = np.asarray((end - begun["from_on"]).dt.days, float)
    return _Stays(days, (ended & ~begun["completed"]).to_numpy(bool))


def _active(workspace: Workspace, params: Params, begun: pd.DataFrame, until: Day, silent: int) -> _Stays:
    """Without contracts people come and go: there at an age is who was active in the `silent` days before it."""
    seen = read_activity(workspace.usage, params.churn.activity_events).before(until)
    rows = begun[["account_id", "from_on"]].assign(spell=np.arange(len(begun))).merge(seen, on="account_id")
    day = (rows["day"] - rows["from_on"]).dt.days.to_numpy()
    there = np.zeros((len(begun), MOST_QUARTERS), bool)
    for step in range(MOST_QUARTERS):
        end = (step + 1) * QUARTER
        there[rows["spell"].to_numpy()[(day >= end - silent) & (day < end)], step] = True
    return _Stays(np.asarray(begun["age"], float), np.zeros(len(begun), bool), there)


def _cohort(name: str, stays: _Stays, chosen: npt.NDArray[np.bool_], ages: npt.NDArray[np.int64]) -> Cohort:
    days, left = stays.days[chosen], stays.left[chosen]
    shares = (
        [still_there(days, left, int(age)) for age in ages]
        if stays.there is None
        else [_there(stays.there[chosen, step], days, int(age)) for step, age in enumerate(ages)]
    )
    return Cohort(name, int(chosen.sum()), tuple(shares))


def still_there(days: npt.NDArray[np.float64], left: npt.NDArray[np.bool_], age: int) -> Share | None:
    """The share of spells not left within `age` days, by Kaplan and Meier (JASA, 1958), with Wilson's interval for the
    number of spells that it rests on (Peto and others, 1977).

    `days` is how long each was watched, `left` whether it left then: one that is still there, or ended as planned, is
    not known to leave or stay after that. None where too few were watched so long.

    >>> days, left = np.array([10.0, 20, 100, 100]), np.array([True, True, False, False])
    >>> still_there(days, left, 30).share, still_there(days, left, 90).share, still_there(days, left, 120)
    (0.5, 0.5, None)
    """
    watched = int((days >= age).sum())
    complete = not ((days < age) & ~left).any()
    if not len(days) or (watched < FEWEST and not complete):
        return None
    when, leaving = np.unique(days[left & (days < age)], return_counts=True)
    at_risk = len(days) - np.searchsorted(np.sort(days), when)
    share = float(np.prod(1 - leaving / at_risk))
    return Share(age, share, *wilson(share, len(days) if complete else watched / share))


def _there(there: npt.NDArray[np.bool_], days: npt.NDArray[np.float64], age: int) -> Share | None:
    watched = days >= age
    if not watched.any() or (watched.sum() < FEWEST and not watched.all()):
        return None
    share = float(there[watched].mean())
    return Share(age, share, *wilson(share, int(watched.sum())))
