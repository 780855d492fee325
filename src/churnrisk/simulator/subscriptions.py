"""The subscriptions of every spell: trial, paid terms with their changes, add-ons; and what is stated when one ends."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.simulator.offers import Offer
from churnrisk.simulator.past import Past
from churnrisk.simulator.timeline import NEVER, Timeline

_REASONS = (  # by what an account would leave for: value, service, price
    ("low adoption", "missing feature", "switched to a competitor", "project ended"),
    ("unhappy with support", "too many bugs", "switched to a competitor", "unhappy with support"),
    ("too expensive", "budget cut", "too expensive", "switched to a competitor"),
)
_ACAUSAL_REASONS = ("bankrupt", "acquired", "business closed")
_SAYS_NOTHING = 0.125
_CHANGES = ("", "upgrade", "downgrade", "price change")
_ENTERED_LATE = 0.02
_ADD_ON_SHARE, _ADD_ON_DROPPED, _ADD_ON_PRICE = 0.10, 0.3, 6.0

Words = npt.NDArray[np.object_]


def subscriptions_sold(past: Past, rng: np.random.Generator) -> pd.DataFrame:
    """One row a subscription ever sold, in days: `spell`, `account`, `started`, `ended` and the columns of the contract table."""
    reason = _stated_reasons(past, rng)
    rows = pd.concat([_trials(past), *_paid(past, reason, rng), _add_ons(past, reason, rng)], ignore_index=True)
    first = ~rows["is_trial"] & (rows["started"].to_numpy() == past.spells["opens"].to_numpy()[rows["spell"]])
    late = first & (rng.random(len(rows)) < _ENTERED_LATE)
    rows["known_at"] = np.where(late, rows["started"] + rng.integers(1, 10, len(rows)), np.inf)
    return rows[rows["started"] < past.time.days].reset_index(drop=True)


def subscriptions_table(past: Past, sold: pd.DataFrame) -> pd.DataFrame:
    """The contract table `subscriptions`. An end that is told after the simulated weeks is left empty."""
    told = np.where(sold["end_known"] < NEVER, sold["end_known"], sold["ended"]) < past.time.days
    return past.table("subscriptions", sold.assign(
        started_on=sold["started"], ended_on=sold["ended"].where(told, np.inf), end_known_at=sold["end_known"].where(told, np.inf),
        end_reason=sold["end_reason"].where(told, None),
    ))


def _rows(spells: pd.DataFrame, which: npt.NDArray[Any], **columns: Any) -> pd.DataFrame:
    """One subscription for each spell in `which`; columns are arrays over all spells, or one value for all."""
    usual = {"term_months": spells["term"].to_numpy(float), "planned_end_on": np.inf, "end_known": NEVER, "is_trial": False}
    given = {**usual, "auto_renew": spells["auto_renews"].to_numpy(), **columns}
    picked = {name: value[which] if isinstance(value, np.ndarray) else value for name, value in given.items()}
    return pd.DataFrame({"spell": which, "account": spells["account"].to_numpy()[which], **picked})


def _trials(past: Past) -> pd.DataFrame:
    """A trial ends as planned; it is followed by a paid subscription on the same day, or by nothing."""
    spells = past.spells
    tried = np.flatnonzero(spells["opens"] < spells["trial_ends"])
    reason = np.where(spells["begins"] < NEVER, "converted", "trial did not convert").astype(object)
    ends = spells["trial_ends"].to_numpy()
    return _rows(spells, tried, started=spells["opens"].to_numpy(), ended=ends, planned_end_on=ends.astype(float), is_trial=True,
                 end_reason=reason, term_months=np.nan, plan="Trial", seats=spells["seats"].to_numpy(), mrr=0.0, auto_renew=False)


def _paid(past: Past, reason: Words, rng: np.random.Generator) -> list[pd.DataFrame]:
    """Walk from renewal to renewal; each change closes a row, and the last row ends with the spell."""
    spells, changes = past.spells, np.array(_CHANGES, object)
    offer, started, parts = Offer(spells, rng), spells["begins"].to_numpy(), []
    begins, term, paying = np.where(started < NEVER, started, 0), spells["term"].to_numpy(), started < NEVER
    until = np.where(paying, past.until, begins)
    for renewal in range(1, _most_renewals(past.time)):
        day = past.time.add_months(begins, renewal * term)
        before = offer.columns()
        change = offer.renew(day < until, past.level_on(np.arange(len(spells)), day), rng)
        parts.append(_rows(spells, np.flatnonzero(change), started=started, ended=day, end_reason=changes[change], **before))
        started = np.where(change > 0, day, started)
    last = _rows(spells, np.flatnonzero(paying), started=started, ended=past.fate.ends, end_known=past.fate.known, end_reason=reason,
                 **offer.columns())
    return [*[part for part in parts if len(part)], last]


def _most_renewals(time: Timeline) -> int:
    return 12 * (time.before + time.weeks) // 52 + 2


def _add_ons(past: Past, reason: Words, rng: np.random.Generator) -> pd.DataFrame:
    """A small second subscription beside the first. Some drop it and stay; else it ends with the account."""
    spells, fate, count = past.spells, past.fate, len(past.spells)
    paying = (spells["begins"] < NEVER).to_numpy()
    starts = past.time.add_months(np.where(paying, spells["begins"], 0), rng.integers(1, 14, count))
    dropped_on = past.time.add_months(starts, rng.integers(2, 16, count))
    drops = (rng.random(count) < _ADD_ON_DROPPED) & (dropped_on < fate.ends - 90)
    has = paying & (rng.random(count) < _ADD_ON_SHARE) & (starts < fate.ends - 90)
    seats = np.ceil(spells["seats"].to_numpy() / 3)
    return _rows(
        spells, np.flatnonzero(has), started=starts, plan="Add-on: Forecasting", seats=seats, mrr=seats * _ADD_ON_PRICE,
        term_months=np.nan, ended=np.where(drops, dropped_on, fate.ends), end_known=np.where(drops, NEVER, fate.known),
        end_reason=np.where(drops, "add-on not needed", reason),
    )


def _stated_reasons(past: Past, rng: np.random.Generator) -> Words:
    """What each account says when it leaves; some say nothing."""
    count = len(past.spells)
    said = np.array(_REASONS, object)[past.spells["driver"], rng.integers(len(_REASONS[0]), size=count)]
    said[rng.random(count) < _SAYS_NOTHING] = None
    said[past.fate.abrupt] = "stopped paying"
    acausal = np.array(_ACAUSAL_REASONS, object)[rng.integers(len(_ACAUSAL_REASONS), size=count)]
    return np.where(past.fate.acausal, acausal, said)
