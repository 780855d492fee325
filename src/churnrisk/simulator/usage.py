"""Usage of the product: by users, a row a user, day and event, and by machines that act for an account."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.simulator.lives import Levels, Lives, text
from churnrisk.simulator.seasons import workday_factor
from churnrisk.simulator.timeline import NEVER, Ints, Reals

_EVENTS = (
    "login",
    "dashboard_viewed",
    "report_created",
    "export_run",
    "comment_added",
    "invite_sent",
    "help_article_viewed",
    "training_attended",
    "mobile_opened",
    "integration_synced",
    "automation_run",
    "api_call",
)
_BY_ROLE = np.array(
    [  # probability of the first nine events on an active day of a viewer, builder, admin at full engagement
        [0.90, 0.46, 0.03, 0.04, 0.05, 0.002, 0.02, 0.003, 0.10],
        [0.92, 0.36, 0.26, 0.10, 0.08, 0.006, 0.03, 0.005, 0.05],
        [0.94, 0.34, 0.14, 0.08, 0.05, 0.045, 0.04, 0.006, 0.06],
    ]
)
_REPEATS = np.array([0.3, 2.2, 0.6, 0.4, 0.6, 0.3, 0.3, 0.0, 0.9])  # times beyond the first
_BREADTH = np.array([0.0, 0.25, 0.7, 0.8, 0.9, 1.0, 0.0, 0.6, 0.3])  # part of that which falls with engagement
_SET_UP = np.array([1.0, 1.0, 1.5, 0.8, 0.8, 4.0, 2.5, 4.0, 0.7])  # in the first weeks
_STALLED = np.array([1.0, 0.9, 0.25, 0.4, 0.5, 0.25, 1.8, 0.4, 1.0])  # in the first weeks of a stalled onboarding
_SET_UP_DAYS = 42
_EXPORT, _TAKES_DATA_ALONG = 3, 0.5  # accounts about to leave export their data
_ADOPTS, _AFTER_DAYS = np.array([0.50, 0.30, 0.20]), np.array([20, 60, 45])  # by machine: share of accounts, mean delay
_DAILY, _TIMES = np.array([0.75, 0.65, 0.80]), np.array([5.0, 4.0, 40.0])
_ADOPTS_BY_SEGMENT = np.array([0.8, 1.2, 1.6])
_WAVES, _WAVES_KEEP = 0.12, 0.75  # spread of the logarithm, and the part of it kept from week to week
_FLAKY_ACCOUNTS, _LATE_DAYS_SHARE, _MOST_LATE_DAYS = 0.03, 0.18, 3
_WEEKS_AT_A_TIME = 13  # drawn from a stream of their own, so that weeks that nobody asks for need not be drawn
_USERS_AT_A_TIME = 16_000  # keeps an array of users by day at a few MB; another number gives other draws

Rows = list[npt.NDArray[np.int32]]
"""Users (for machines, the number of users plus the spell), days, events and quantities, in 32 bits to save memory."""


def usage_table(lives: Lives, users: pd.DataFrame, weeks: int, rng: np.random.Generator) -> pd.DataFrame:
    """The contract table `usage`, sorted by day, account, user and event; rows of machines have no user. It has what
    has arrived by the end of the first `weeks`.
    """
    of_waves, of_machines, of_arrivals, *streams = rng.spawn(3 + -(-lives.time.weeks // _WEEKS_AT_A_TIME))
    weekly, workdays = _waves(lives.level, of_waves), workday_factor(lives.time).astype(np.float32)
    begins = _machines_begin(lives, of_machines)
    parts = []
    for first, stream in zip(range(0, weeks, _WEEKS_AT_A_TIME), streams, strict=False):
        span = Span(first, weekly[:, first : first + _WEEKS_AT_A_TIME], workdays[:, 7 * first :])
        parts += _by_all_users(users, lives, span, stream)
        parts += [_by_machines(kind, begins[kind], len(users), lives, span, stream) for kind in range(len(_ADOPTS))]
    who, day, event, quantity = (np.concatenate(column) for column in zip(*parts, strict=True))
    account = np.r_[users["account"].to_numpy(), lives.of("account")][who]
    user, arrives = np.minimum(who, len(users)), _arrives(account, day, lives, of_arrivals)
    # One number for day, account, user and event: sorting by it is several times faster than by four columns.
    rank = (day.astype(np.int64) * len(lives.ids) + account) * (len(users) + 1) + user
    order = np.argsort(rank * len(_EVENTS) + event, kind="stable")
    order = order[arrives[order] < 7 * weeks]
    late = np.where(arrives > day, arrives, NEVER)
    return pd.DataFrame(
        {
            "account_id": text(lives.ids, account[order]),
            "user_id": text([*_user_ids(users, lives.ids), None], user[order]),
            "day": lives.time.dates(day[order]),
            "event": text(_EVENTS, event[order]),
            "quantity": quantity[order].astype(float),
            "known_at": lives.time.dates(late[order]),
        }
    )


def _waves(levels: Levels, rng: np.random.Generator) -> Levels:
    """Engagement as it shows in usage: with projects and lulls that last some weeks and don't matter for churn."""
    now = rng.normal(0, _WAVES, len(levels))
    seen = np.empty_like(levels)
    for week, level in enumerate(levels.T):
        seen[:, week] = level * np.exp(now)
        now = _WAVES_KEEP * now + rng.normal(0, _WAVES * np.sqrt(1 - _WAVES_KEEP**2), len(levels))
    return seen


@dataclass(frozen=True)
class Span:
    """A few weeks, the `first` of which has this number: activity by spell and week, factors by region and day."""

    first: int
    weekly: Levels
    workdays: Levels

    @property
    def days(self) -> Ints:
        """Its days, counted from the start of the simulation."""
        return 7 * self.first + np.arange(7 * self.weekly.shape[1])

    def odds(self, pull: npt.NDArray[Any], factor: npt.NDArray[Any], first: Reals | Ints, last: Reals | Ints) -> Levels:
        """A row each by day: `pull` by week times the `factor` by day, on the days from `first` to before `last`."""
        there = (self.days >= first[:, None]) & (self.days < last[:, None])
        return np.asarray(np.repeat(pull, 7, axis=1) * factor[:, : len(self.days)] * there)


def _by_all_users(users: pd.DataFrame, lives: Lives, span: Span, rng: np.random.Generator) -> list[Rows]:
    """What the users who are there in these weeks do, some of them at a time."""
    there = np.flatnonzero((users["joins"] <= span.days[-1]) & (users["leaves"] > span.days[0]))
    parts = range(0, len(there), _USERS_AT_A_TIME)
    return [_by_users(there[first : first + _USERS_AT_A_TIME], users, lives, span, rng) for first in parts]


def _by_users(numbers: Ints, users: pd.DataFrame, lives: Lives, span: Span, rng: np.random.Generator) -> Rows:
    """The days on which the users of these numbers are active, then their events."""
    users = users.iloc[numbers]
    spell = users["spell"].to_numpy()
    pull = span.weekly[spell] ** users["fades"].to_numpy(np.float32)[:, None]
    pull *= (users["appetite"].to_numpy() * lives.of("level")[spell]).astype(np.float32)[:, None]
    region = lives.of("region")[spell]
    odds = span.odds(pull, span.workdays[region], users["joins"].to_numpy(), users["leaves"].to_numpy())
    who, column = np.nonzero(rng.random(odds.shape, np.float32) < odds)
    spell, role, day = spell[who], users["role"].to_numpy()[who], span.days[column]
    since = day - lives.of("opens")[spell]
    probability = _event_probabilities(span.weekly[spell, column // 7], role, since, lives.of("stalled")[spell])
    row, event = np.nonzero(rng.random(probability.shape) < probability)
    return _narrow(numbers[who[row]], day[row], event, 1 + rng.poisson(_REPEATS[event]))


def _event_probabilities(level: npt.NDArray[np.float32], role: Ints, age: Reals, stalled: Reals) -> Reals:
    """Probability of each of the users' events on a day on which a user is active; a row a user and day."""
    doubt = 1 - np.minimum(level, 1.0)[:, None]
    setting_up = np.where(stalled[:, None], _STALLED, _SET_UP)
    in_first_weeks = np.where(age[:, None] < _SET_UP_DAYS, setting_up, 1.0)
    probability: Reals = _BY_ROLE[role] * (1 - _BREADTH * doubt) * in_first_weeks
    probability[:, _EXPORT] += _TAKES_DATA_ALONG * doubt[:, 0] ** 3
    return probability


def _machines_begin(lives: Lives, rng: np.random.Generator) -> Reals:
    """The day on which each kind of machine is set up, a row a kind and a column a spell; infinite where it never is.

    The kinds are integrations, automations and programs.
    """
    shape, stalled = (len(_ADOPTS), len(lives.spells)), lives.of("stalled")
    skill = np.exp(0.35 * lives.of("mastery")) * _ADOPTS_BY_SEGMENT[lives.of("segment")] * np.where(stalled, 0.6, 1.0)
    begins = lives.of("opens") + 1 + rng.exponential(_AFTER_DAYS[:, None] * np.where(stalled, 3, 1))
    return np.where(rng.random(shape) < _ADOPTS[:, None] * skill, begins, np.inf)


def _by_machines(kind: int, begins: Reals, users: int, lives: Lives, span: Span, rng: np.random.Generator) -> Rows:
    """Usage by one kind of machine for the accounts that have set it up."""
    there = np.flatnonzero((begins <= span.days[-1]) & (lives.until > span.days[0]))
    factor = np.sqrt(span.workdays[lives.of("region")[there]]) * _DAILY[kind]
    odds = span.odds(np.minimum(span.weekly[there], 1.2) ** 0.7, factor, begins[there], lives.until[there])
    row, column = np.nonzero(rng.random(odds.shape, np.float32) < odds)
    who = there[row]
    quantity = 1 + rng.poisson(_TIMES[kind] * np.sqrt(lives.of("seats")[who]) * span.weekly[who, column // 7])
    return _narrow(users + who, span.days[column], np.full(len(who), _BY_ROLE.shape[1] + kind), quantity)


def _narrow(*columns: Ints) -> Rows:
    return [column.astype(np.int32) for column in columns]


def _arrives(account: Ints, day: Ints, lives: Lives, rng: np.random.Generator) -> Ints:
    """The day on which each row arrives. A few accounts have a flaky collector, and some of their days arrive late."""
    flaky = np.flatnonzero(rng.random(len(lives.ids)) < _FLAKY_ACCOUNTS)
    late = rng.random((len(flaky), lives.time.days)) < _LATE_DAYS_SHARE
    delays = np.zeros((1 + len(flaky), lives.time.days), np.int8)
    delays[1:] = late * rng.integers(1, _MOST_LATE_DAYS + 1, late.shape)
    row = np.zeros(len(lives.ids), np.int64)
    row[flaky] = 1 + np.arange(len(flaky))
    return day + delays[row[account], day]


def _user_ids(users: pd.DataFrame, ids: list[str]) -> list[str]:
    return [f"{ids[account]}-U{number:03d}" for account, number in zip(users["account"], users["number"], strict=True)]
