"""What is done in the product: rows by user, day and event, and by machines that act for an account."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.simulator.past import Levels, Past, text
from churnrisk.simulator.seasons import workday_factor
from churnrisk.simulator.timeline import Ints

EVENTS = (
    "login", "dashboard_viewed", "report_created", "export_run", "comment_added", "invite_sent", "help_article_viewed",
    "training_attended", "mobile_opened", "integration_synced", "automation_run", "api_call",
)
_BY_ROLE = np.array([  # on an active day, a contented viewer, builder and admin do each of the first nine events with this probability
    [0.92, 0.50, 0.03, 0.04, 0.05, 0.002, 0.02, 0.003, 0.10],
    [0.94, 0.38, 0.26, 0.10, 0.08, 0.006, 0.03, 0.005, 0.05],
    [0.95, 0.35, 0.14, 0.08, 0.05, 0.045, 0.04, 0.006, 0.06],
])
_REPEATS = np.array([0.3, 2.2, 0.6, 0.4, 0.6, 0.3, 0.3, 0.0, 0.9])  # times beyond the first
_BREADTH = np.array([0.0, 0.25, 0.7, 0.8, 0.9, 1.0, 0.0, 0.6, 0.3])  # how much of the habit goes with engagement
_SET_UP = np.array([1.0, 1.0, 1.5, 0.8, 0.8, 4.0, 2.5, 4.0, 0.7])  # in the first weeks
_STALLED = np.array([1.0, 0.9, 0.25, 0.4, 0.5, 0.25, 1.8, 0.4, 1.0])  # in the first weeks that go badly
_SET_UP_DAYS = 42
_MACHINES = ((0.50, 20, 0.75, 5.0), (0.30, 60, 0.65, 4.0), (0.20, 45, 0.80, 40.0))  # adopt, after days, daily share, times
_WAVES, _WAVES_KEEP = 0.18, 0.75
_CHUNK = 2000

Rows = list[npt.NDArray[np.int64]]


def waves(levels: Levels, rng: np.random.Generator) -> Levels:
    """Engagement as it shows: with projects and lulls of its own that last some weeks and mean nothing."""
    now = rng.normal(0, _WAVES, len(levels))
    seen = np.empty_like(levels)
    for column in range(levels.shape[1]):
        seen[:, column] = levels[:, column] * np.exp(now)
        now = _WAVES_KEEP * now + rng.normal(0, _WAVES * np.sqrt(1 - _WAVES_KEEP**2), len(levels))
    return seen


def usage_table(past: Past, users: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The contract table `usage`, sorted by day, account, user and event."""
    spells, ids = past.spells.assign(until=past.until), past.ids
    weekly, workdays = waves(past.level, rng), workday_factor(past.time).astype(np.float32)
    parts = [
        _by_people(users.iloc[first : first + _CHUNK], first, spells, weekly, workdays, rng) for first in range(0, len(users), _CHUNK)
    ]
    parts += [_by_machines(number, spells, weekly, workdays, len(users), rng) for number in range(len(_MACHINES))]
    who, day, event, quantity = (np.concatenate(column) for column in zip(*parts, strict=True))
    owner = np.concatenate([users["account"], spells["account"]])[who]
    user = np.where(who < len(users), who, -1)
    order = np.argsort(((day * len(ids) + owner) * (len(users) + 1) + user + 1) * len(EVENTS) + event, kind="stable")
    owner, user, day, event = owner[order], user[order], day[order], event[order]
    names = [f"{ids[account]}-U{number:03d}" for account, number in zip(users["account"], users["number"], strict=True)]
    return pd.DataFrame({
        "account_id": text(ids, owner), "user_id": text([*names, None], user % (len(names) + 1)), "day": past.time.dates(day),
        "event": text(EVENTS, event), "quantity": quantity[order].astype(float),
        "known_at": past.time.dates(_late(owner, day, len(ids), rng)),
    })


def _by_people(users: pd.DataFrame, first: int, spells: pd.DataFrame, weekly: Levels,
               workdays: Levels, rng: np.random.Generator) -> Rows:
    """Who is active on which day, then what they do there: users' numbers, days, events, quantities."""
    spell = users["spell"].to_numpy()
    of_spell = spells.iloc[spell]
    pull = weekly[spell] ** users["fades"].to_numpy(np.float32)[:, None]
    pull *= (users["appetite"] * of_spell["level"].to_numpy()).to_numpy(np.float32)[:, None]
    odds = np.repeat(pull, 7, axis=1) * workdays[of_spell["region"]]
    day_number = np.arange(odds.shape[1])
    here = (day_number >= users["joins"].to_numpy()[:, None]) & (day_number < users["leaves"].to_numpy()[:, None])
    who, day = np.nonzero((rng.random(odds.shape, np.float32) < odds) & here)
    breadth = 1 - _BREADTH * (1 - np.minimum(weekly[spell[who], day // 7], 1.0)[:, None])
    new = day - of_spell["opens"].to_numpy()[who] < _SET_UP_DAYS
    start = np.where(of_spell["stalled"].to_numpy()[who, None], _STALLED, _SET_UP)
    chance = _BY_ROLE[users["role"].to_numpy()[who]] * breadth * np.where(new[:, None], start, 1.0)
    row, event = np.nonzero(rng.random(chance.shape) < chance)
    return [first + who[row], day[row], event, 1 + rng.poisson(_REPEATS[event])]


def _by_machines(number: int, spells: pd.DataFrame, weekly: Levels, workdays: Levels,
                 users: int, rng: np.random.Generator) -> Rows:
    """What integrations, automations and programs do for an account that has set them up. They have no user."""
    adopt, after, share, times = _MACHINES[number]
    count = len(spells)
    skill = np.exp(0.35 * spells["mastery"].to_numpy()) * np.array([0.8, 1.2, 1.6])[spells["segment"]]
    slow = np.where(spells["stalled"], 3.0, 1.0)
    begins = spells["opens"].to_numpy() + 1 + rng.exponential(after * slow)
    begins = np.where(rng.random(count) < adopt * skill / np.sqrt(slow), begins, np.inf)
    odds = np.repeat(np.minimum(weekly, 1.2) ** 0.7, 7, axis=1) * np.sqrt(workdays[spells["region"]]) * share
    days = np.arange(odds.shape[1])
    here = (days >= begins[:, None]) & (days < spells["until"].to_numpy()[:, None])
    who, day = np.nonzero((rng.random(odds.shape, np.float32) < odds) & here)
    quantity = 1 + rng.poisson(times * np.sqrt(spells["seats"].to_numpy()[who]) * weekly[who, day // 7])
    return [users + who, day, np.full(len(who), len(EVENTS) - len(_MACHINES) + number), quantity]


def _late(owner: Ints, day: Ints, accounts: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """A few accounts have a flaky collector: some of their days come in one to three days late."""
    flaky = np.flatnonzero(rng.random(accounts) < 0.03)
    delays = np.zeros((accounts, int(day.max(initial=0)) + 1), np.int8)
    late = rng.random((len(flaky), delays.shape[1])) < 0.18
    delays[flaky] = late * rng.integers(1, 4, late.shape)
    delay = delays[owner, day]
    return np.where(delay > 0, day + delay.astype(float), np.inf)
