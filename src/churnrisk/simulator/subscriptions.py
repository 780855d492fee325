"""The subscriptions of every spell: trials, paid terms with their changes, add-ons, and why each ends."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.simulator.lives import Lives, Words
from churnrisk.simulator.offers import CHANGES, Offer
from churnrisk.simulator.timeline import NEVER, Ints

_REASONS = (  # by driver: value, service, price
    ("low adoption", "missing feature", "switched to a competitor", "project ended"),
    ("unhappy with support", "too many bugs", "switched to a competitor", "unhappy with support"),
    ("too expensive", "budget cut", "too expensive", "switched to a competitor"),
)
ACAUSAL_REASONS = ("bankrupt", "acquired", "business closed")
_NO_REASON = 0.125
_ENTERED_LATE = 0.02
_ADD_ON, _ADD_ON_SHARE, _ADD_ON_DROPPED, _ADD_ON_SEAT_PRICE = "Add-on: Forecasting", 0.10, 0.3, 6.0
_ADD_ON_LEAST_DAYS = 90
_DISCOUNTED, _DISCOUNT_DAYS = 0.1, 365  # share of first contracts, and for how long
_NOTICE_DAYS = 30  # before the end of a term of a year or more


def subscriptions_sold(lives: Lives, rng: np.random.Generator) -> pd.DataFrame:
    """One row a subscription, in days: `spell`, `account`, `started`, `ended`, `end_known` and the contract's."""
    reason = _stated_reasons(lives, rng)
    rows = pd.concat([_trials(lives), *_paid(lives, reason, rng), _add_ons(lives, reason, rng)], ignore_index=True)
    first = ~rows["is_trial"] & (rows["started"].to_numpy() == lives.of("opens")[rows["spell"]])
    late = first & (rng.random(len(rows)) < _ENTERED_LATE)
    rows["known_at"] = np.where(late, rows["started"] + rng.integers(1, 10, len(rows)), np.inf)
    # From a stream of its own, as every column that came later: the draws of the others stay as they were.
    discounted = first & (rng.spawn(1)[0].random(len(rows)) < _DISCOUNTED)
    rows["discount_ends_on"] = np.where(discounted, rows["started"] + _DISCOUNT_DAYS, np.inf)
    return rows[rows["started"] < lives.time.days].reset_index(drop=True)


def subscriptions_table(lives: Lives, sold: pd.DataFrame) -> pd.DataFrame:
    """The contract table `subscriptions`. An end that becomes known after the life is left empty."""
    known = sold["end_known"].where(sold["end_known"] < NEVER, sold["ended"]) < lives.time.days
    return lives.table(
        "subscriptions",
        sold.assign(
            started_on=sold["started"],
            ended_on=sold["ended"].where(known, NEVER),
            end_known_at=sold["end_known"].where(known, NEVER),
            end_reason=sold["end_reason"].where(known, None),
            notice_days=np.where(sold["term_months"] >= 12, _NOTICE_DAYS, np.nan),
        ),
    )


def _rows(lives: Lives, which: Ints, **columns: Any) -> pd.DataFrame:
    """One subscription for each spell in `which`; columns are arrays over all spells, or one value for all."""
    usual = {"term_months": lives.of("term"), "planned_end_on": NEVER, "end_known": NEVER, "is_trial": False}
    given = {**usual, "auto_renew": lives.of("auto_renews"), **columns}
    picked = {name: value[which] if isinstance(value, np.ndarray) else value for name, value in given.items()}
    return pd.DataFrame({"spell": which, "account": lives.of("account")[which], **picked})


def _trials(lives: Lives) -> pd.DataFrame:
    """A trial ends as planned; it is followed by a paid subscription on the same day, or by nothing."""
    ends = lives.of("trial_ends")
    reason = np.where(lives.of("begins") < NEVER, "converted", "trial did not convert").astype(object)
    return _rows(
        lives,
        np.flatnonzero(lives.of("opens") < ends),
        started=lives.of("opens"),
        ended=ends,
        planned_end_on=ends,
        is_trial=True,
        end_reason=reason,
        term_months=np.nan,
        plan="Trial",
        seats=lives.of("seats"),
        mrr=0.0,
        auto_renew=False,
    )


def _paid(lives: Lives, reason: Words, rng: np.random.Generator) -> list[pd.DataFrame]:
    """Walk from renewal to renewal; each change closes a row, and the last row ends with the spell."""
    offer, started, parts = Offer(lives.spells, rng), lives.of("begins"), []
    paying, everyone = started < NEVER, np.arange(len(started))
    begins, until = np.where(paying, started, 0), np.where(paying, lives.until, 0)
    renewals = (lives.time.before + lives.time.weeks) * 12 // 52 + 1
    for renewal in range(1, renewals + 1):
        day = lives.time.add_months(begins, renewal * lives.of("term"))
        before = offer.columns()
        change = offer.renew(day < until, lives.level_on(everyone, day), rng)
        kind = np.array(CHANGES, object)[change]
        parts.append(_rows(lives, np.flatnonzero(change), started=started, ended=day, end_reason=kind, **before))
        started = np.where(change > 0, day, started)
    last = _rows(
        lives,
        np.flatnonzero(paying),
        started=started,
        ended=lives.fate.ends,
        end_known=lives.fate.known,
        end_reason=reason,
        **offer.columns(),
    )
    return [*[part for part in parts if len(part)], last]


def _add_ons(lives: Lives, reason: Words, rng: np.random.Generator) -> pd.DataFrame:
    """A small second subscription beside the first; it ends with the spell, or before, where an account drops it."""
    begins, ends, count = lives.of("begins"), lives.fate.ends, len(lives.spells)
    paying = begins < NEVER
    starts = lives.time.add_months(np.where(paying, begins, 0), rng.integers(1, 14, count))
    dropped_on = lives.time.add_months(starts, rng.integers(2, 16, count))
    has = paying & (rng.random(count) < _ADD_ON_SHARE) & (starts < ends - _ADD_ON_LEAST_DAYS)
    drops = (rng.random(count) < _ADD_ON_DROPPED) & (dropped_on < ends - _ADD_ON_LEAST_DAYS)
    seats = np.ceil(lives.of("seats") / 3)
    return _rows(
        lives,
        np.flatnonzero(has),
        started=starts,
        ended=np.where(drops, dropped_on, ends),
        plan=_ADD_ON,
        seats=seats,
        mrr=seats * _ADD_ON_SEAT_PRICE,
        term_months=np.nan,
        end_known=np.where(drops, NEVER, lives.fate.known),
        end_reason=np.where(drops, "add-on not needed", reason),
    )


def _stated_reasons(lives: Lives, rng: np.random.Generator) -> npt.NDArray[np.object_]:
    """The reason that each account states when it churns; None where it states none."""
    count = len(lives.spells)
    stated = np.array(_REASONS, object)[lives.of("driver"), rng.integers(len(_REASONS[0]), size=count)]
    stated[rng.random(count) < _NO_REASON] = None
    stated[lives.fate.abrupt] = "stopped paying"
    acausal = np.array(ACAUSAL_REASONS, object)[rng.integers(len(ACAUSAL_REASONS), size=count)]
    return np.where(lives.fate.acausal, acausal, stated)
