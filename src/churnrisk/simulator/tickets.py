"""Support cases: silent accounts ask less, wavering ones complain more, and most unhappy ones never complain."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.simulator.lives import Lives, office_hours, repeated
from churnrisk.simulator.timeline import Flags, Ints, Reals

_KINDS = ("question", "bug", "billing", "feature request", "complaint")
_KIND_SHARES = (0.46, 0.27, 0.12, 0.15)
_COMPLAINT = 4
_ASKS = 0.04  # a week, times the root of the seats
_COMPLAINS = np.array([0.0015, 0.022, 0.024, 0.010, 0.0])  # a week, by state; last: the spell doesn't run
_SERVICE = 1  # the driver of accounts that would churn because of bad service
_SEVERITY_SHARES = (0.04, 0.16, 0.45, 0.35)
_DAYS_TO_CLOSE = np.array([0.4, 0.9, 2.0, 4.0])  # median, by severity
_PROMISED_HOURS = np.array([2.0, 4.0, 8.0, 24.0])  # until the first answer, by severity
_ENTERED_LATE, _RATED = 0.03, 0.4


def tickets_table(lives: Lives, rng: np.random.Generator) -> pd.DataFrame:
    """The contract table `tickets`. A few are entered one to five days after they were opened."""
    spell, week, kind = _cases(lives, rng)
    opened = office_hours(week, rng)
    kept = lives.during(spell, opened)
    spell, week, kind, opened = spell[kept], week[kept], kind[kept], opened[kept]
    state, count = np.maximum(lives.state[spell, week], 0), len(spell)
    grievance = (lives.of("driver")[spell] == _SERVICE) & (state > 0)
    severity = np.maximum(rng.choice(4, count, p=_SEVERITY_SHARES) - (kind == _COMPLAINT), 0)
    entered = np.where(rng.random(count) < _ENTERED_LATE, opened + rng.integers(1, 6, count), np.inf)
    closed = opened + _DAYS_TO_CLOSE[severity] * np.where(grievance, 2.0, 1.0) * np.exp(rng.normal(0, 0.8, count))
    closed = np.where(np.isfinite(entered), np.maximum(closed, entered + 0.1), closed)
    closed = np.where(closed < lives.time.days, closed, np.inf)
    # From streams of their own, as all columns that came later: the draws of the others stay as they were.
    answered = _answered(opened, closed, severity, grievance, rng.spawn(1)[0])
    return lives.table(
        "tickets",
        pd.DataFrame(
            {
                "account": lives.of("account")[spell],
                "opened_at": opened,
                "closed_at": closed,
                "answered_at": np.where(answered < lives.time.days, answered, np.inf),
                "reopened_at": _reopened(lives, closed, grievance, rng.spawn(1)[0]),
                "promised_hours": _PROMISED_HOURS[severity],
                "severity": severity + 1,
                "kind": np.array(_KINDS, object)[kind],
                "known_at": entered,
                "satisfaction": _satisfaction(state, kind == _COMPLAINT, grievance, closed, rng),
            }
        ),
    )


def _answered(opened: Reals, closed: Reals, severity: Ints, grievance: Flags, rng: np.random.Generator) -> Reals:
    """When the first answer came: mostly within the promised hours, and never after the case was closed."""
    hours = 0.5 * _PROMISED_HOURS[severity] * np.where(grievance, 1.8, 1.0) * np.exp(rng.normal(0, 0.7, len(opened)))
    return np.minimum(opened + hours / 24, closed)


def _reopened(lives: Lives, closed: Reals, grievance: Flags, rng: np.random.Generator) -> Reals:
    """When a case was opened again because closing it had not solved it."""
    again = rng.random(len(closed)) < np.where(grievance, 0.16, 0.04)
    moment = closed + rng.exponential(3.0, len(closed))
    return np.where(again & (moment < lives.time.days), moment, np.inf)


def _cases(lives: Lives, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Spell, week and kind of every case."""
    service, seats = (lives.of("driver") == _SERVICE)[:, None], lives.of("seats")[:, None]
    runs, wavers = lives.state >= 0, lives.state == 1
    asks = _ASKS * np.sqrt(seats) * (0.4 * runs + 0.6 * lives.level) * np.where(service & wavers, 1.8, 1.0)
    complains = _COMPLAINS[lives.state] * np.where(service, 2.4, 0.6)
    (asking, asked), (complaining, complained) = repeated(asks, rng), repeated(complains, rng)
    kind = np.r_[rng.choice(4, len(asking), p=_KIND_SHARES), np.full(len(complaining), _COMPLAINT)]
    return np.r_[asking, complaining], np.r_[asked, complained], kind


def _satisfaction(
    state: npt.NDArray[np.int8], complaint: Flags, grievance: Flags, closed: Reals, rng: np.random.Generator
) -> Reals:
    """The answers, 1 to 5, after some of the closed cases."""
    mood = 4.5 - 0.4 * state - 0.8 * grievance - 0.9 * complaint + rng.normal(0, 0.8, len(state))
    return np.where((rng.random(len(state)) < _RATED) & np.isfinite(closed), mood.round().clip(1, 5), np.nan)
