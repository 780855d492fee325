"""What is done in the product: by people, a row a user, day and event, and by machines that act for an account."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.simulator.past import Levels, Past, text
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
    [  # chance of the first nine events on an active day of a contented viewer, builder, admin
        [0.90, 0.46, 0.03, 0.04, 0.05, 0.002, 0.02, 0.003, 0.10],
        [0.92, 0.36, 0.26, 0.10, 0.08, 0.006, 0.03, 0.005, 0.05],
        [0.94, 0.34, 0.14, 0.08, 0.05, 0.045, 0.04, 0.006, 0.06],
    ]
)
_REPEATS = np.array([0.3, 2.2, 0.6, 0.4, 0.6, 0.3, 0.3, 0.0, 0.9])  # times beyond the first
_BREADTH = np.array([0.0, 0.25, 0.7, 0.8, 0.9, 1.0, 0.0, 0.6, 0.3])  # how much of the habit goes with engagement
_SET_UP = np.array([1.0, 1.0, 1.5, 0.8, 0.8, 4.0, 2.5, 4.0, 0.7])  # in the first weeks
_STALLED = np.array([1.0, 0.9, 0.25, 0.4, 0.5, 0.25, 1.8, 0.4, 1.0])  # in first weeks that go badly
_SET_UP_DAYS = 42
_EXPORT, _TAKES_DATA_ALONG = 3, 0.5  # those about to leave export what is theirs
_ADOPTS, _AFTER_DAYS = np.array([0.50, 0.30, 0.20]), np.array([20, 60, 45])  # by machine: share of accounts, mean delay
_DAILY, _TIMES = np.array([0.75, 0.65, 0.80]), np.array([5.0, 4.0, 40.0])
_ADOPTS_BY_SEGMENT = np.array([0.8, 1.2, 1.6])
_WAVES, _WAVES_KEEP = 0.12, 0.75  # spread of the logarithm, and what is kept of it from week to week
_FLAKY_ACCOUNTS, _LATE_DAYS_SHARE, _MOST_LATE_DAYS = 0.03, 0.18, 3
_USERS_AT_A_TIME = 2000

Rows = list[npt.NDArray[np.int32]]
"""Numbers of users (machines: the number of users + the spell), days, events and quantities; narrow: there are many."""


def usage_table(past: Past, users: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The contract table `usage`, sorted by day, account, user and event; rows of machines have no user."""
    weekly, workdays = _waves(past.level, rng), workday_factor(past.time).astype(np.float32)
    parts = [
        _by_people(users.iloc[first : first + _USERS_AT_A_TIME], first, past, weekly, workdays, rng)
        for first in range(0, len(users), _USERS_AT_A_TIME)
    ]
    parts += [_by_machines(machine, len(users), past, weekly, workdays, rng) for machine in range(len(_ADOPTS))]
    who, day, event, quantity = (np.concatenate(column) for column in zip(*parts, strict=True))
    account = np.r_[users["account"].to_numpy(), past.of("account")][who]
    user, arrives = np.minimum(who, len(users)), _arrives(account, day, past, rng)
    cell = (day.astype(np.int64) * len(past.ids) + account) * (len(users) + 1) + user
    order = np.argsort(cell * len(_EVENTS) + event, kind="stable")
    order = order[arrives[order] < past.time.days]
    late = np.where(arrives > day, arrives, NEVER)
    return pd.DataFrame(
        {
            "account_id": text(past.ids, account[order]),
            "user_id": text([*_user_ids(users, past.ids), None], user[order]),
            "day": past.time.dates(day[order]),
            "event": text(_EVENTS, event[order]),
            "quantity": quantity[order].astype(float),
            "known_at": past.time.dates(late[order]),
        }
    )


def _waves(levels: Levels, rng: np.random.Generator) -> Levels:
    """Engagement as it shows: with projects and lulls that last some weeks and mean nothing."""
    now = rng.normal(0, _WAVES, len(levels))
    seen = np.empty_like(levels)
    for week, level in enumerate(levels.T):
        seen[:, week] = level * np.exp(now)
        now = _WAVES_KEEP * now + rng.normal(0, _WAVES * np.sqrt(1 - _WAVES_KEEP**2), len(levels))
    return seen


def _by_people(
    users: pd.DataFrame, first: int, past: Past, weekly: Levels, workdays: Levels, rng: np.random.Generator
) -> Rows:
    """Who is active on which day, then what they do on it. `first` is the number of the first of these users."""
    spell = users["spell"].to_numpy()
    pull = weekly[spell] ** users["fades"].to_numpy(np.float32)[:, None]
    pull *= (users["appetite"].to_numpy() * past.of("level")[spell]).astype(np.float32)[:, None]
    odds = np.repeat(pull, 7, axis=1) * workdays[past.of("region")[spell]]
    odds *= _within(users["joins"].to_numpy(), users["leaves"].to_numpy(), odds.shape[1])
    who, day = np.nonzero(rng.random(odds.shape, np.float32) < odds)
    spell, role = spell[who], users["role"].to_numpy()[who]
    chance = _chances(weekly[spell, day // 7], role, day - past.of("opens")[spell], past.of("stalled")[spell])
    row, event = np.nonzero(rng.random(chance.shape) < chance)
    return _narrow(first + who[row], day[row], event, 1 + rng.poisson(_REPEATS[event]))


def _chances(level: npt.NDArray[np.float32], role: Ints, age: Reals, stalled: Reals) -> Reals:
    """Chance of each of the users' events on a day on which a user is active; a row a user and day."""
    doubt = 1 - np.minimum(level, 1.0)[:, None]
    setting_up = np.where(stalled[:, None], _STALLED, _SET_UP)
    chance: Reals = _BY_ROLE[role] * (1 - _BREADTH * doubt) * np.where(age[:, None] < _SET_UP_DAYS, setting_up, 1.0)
    chance[:, _EXPORT] += _TAKES_DATA_ALONG * doubt[:, 0] ** 3
    return chance


def _by_machines(
    machine: int, users: int, past: Past, weekly: Levels, workdays: Levels, rng: np.random.Generator
) -> Rows:
    """What integrations, automations or programs do for the accounts that have set them up."""
    count, stalled = len(past.spells), past.of("stalled")
    skill = np.exp(0.35 * past.of("mastery")) * _ADOPTS_BY_SEGMENT[past.of("segment")] * np.where(stalled, 0.6, 1.0)
    begins = past.of("opens") + 1 + rng.exponential(_AFTER_DAYS[machine] * np.where(stalled, 3, 1))
    begins = np.where(rng.random(count) < _ADOPTS[machine] * skill, begins, np.inf)
    odds = np.repeat(np.minimum(weekly, 1.2) ** 0.7, 7, axis=1) * np.sqrt(workdays[past.of("region")]) * _DAILY[machine]
    odds *= _within(begins, past.until, odds.shape[1])
    who, day = np.nonzero(rng.random(odds.shape, np.float32) < odds)
    quantity = 1 + rng.poisson(_TIMES[machine] * np.sqrt(past.of("seats")[who]) * weekly[who, day // 7])
    return _narrow(users + who, day, np.full(len(who), _BY_ROLE.shape[1] + machine), quantity)


def _narrow(*columns: Ints) -> Rows:
    return [column.astype(np.int32) for column in columns]


def _within(first: Reals | Ints, last: Reals | Ints, days: int) -> npt.NDArray[np.bool_]:
    """Which of the simulated days lie from `first` to before `last`; a row for each of them."""
    day = np.arange(days)
    return np.asarray((day >= first[:, None]) & (day < last[:, None]))


def _arrives(account: Ints, day: Ints, past: Past, rng: np.random.Generator) -> Ints:
    """The day on which each row comes in. A few accounts have a flaky collector: some of their days come in late."""
    flaky = np.flatnonzero(rng.random(len(past.ids)) < _FLAKY_ACCOUNTS)
    delays = np.zeros((len(past.ids), past.time.days), np.int8)
    late = rng.random((len(flaky), past.time.days)) < _LATE_DAYS_SHARE
    delays[flaky] = late * rng.integers(1, _MOST_LATE_DAYS + 1, late.shape)
    return day + delays[account, day]


def _user_ids(users: pd.DataFrame, ids: list[str]) -> list[str]:
    return [f"{ids[account]}-U{number:03d}" for account, number in zip(users["account"], users["number"], strict=True)]
