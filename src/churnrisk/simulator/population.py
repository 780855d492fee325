"""Who signs up: the accounts, what everybody can see of them, and the traits that nobody can."""

import numpy as np
import pandas as pd

from churnrisk.simulator import names
from churnrisk.simulator.seasons import REGIONS
from churnrisk.simulator.timeline import Ints, Reals, Timeline

SEGMENTS = ("small", "mid", "enterprise")
INDUSTRIES = ("software", "manufacturing", "retail", "health care", "finance", "logistics", "education", "media", "professional services")
ACQUISITIONS = ("organic search", "referral", "paid ads", "partner", "outbound sales", "event")
USE_CASES = ("management reporting", "operations", "sales forecasting", "client reporting", "compliance")

_SEGMENT_SHARES = (0.62, 0.28, 0.10)
_INDUSTRY_SHARES = (0.20, 0.14, 0.14, 0.11, 0.10, 0.09, 0.08, 0.07, 0.07)
_ACQUISITION_SHARES = (0.24, 0.16, 0.22, 0.12, 0.18, 0.08)
_REGION_SHARES = (0.48, 0.36, 0.16)
_SEATS = ((3.8, 0.4), (8.0, 0.5), (26.0, 0.5))  # median, spread of the logarithm
_SEGMENT_RISK = np.array([1.15, 0.95, 0.8])
_ACQUISITION_RISK = np.array([1.0, 0.8, 1.3, 0.85, 1.05, 0.95])
ACCOUNTS_PER_OWNER = 60


def sign_ups(count: int, time: Timeline, rng: np.random.Generator) -> pd.DataFrame:
    """One row an account, oldest first. What is visible stands as a number: the place in `SEGMENTS`, `REGIONS` and so on.

    Hidden traits: `frailty` (times the risk), `level` (times the activity), `mastery` (skill with the product), `driver`
    (0 value, 1 service, 2 price: what it would leave for) and `payment_habit` (days from due date to payment).
    """
    segment = rng.choice(len(SEGMENTS), count, p=_SEGMENT_SHARES)
    acquisition = rng.choice(len(ACQUISITIONS), count, p=_ACQUISITION_SHARES)
    median, spread = np.array(_SEATS).T
    mastery = rng.normal(size=count)
    frailty = _SEGMENT_RISK[segment] * _ACQUISITION_RISK[acquisition] * np.exp(rng.normal(0, 0.3, count) - 0.15 * mastery)
    return pd.DataFrame({
        "created": _created(count, time, rng),
        "segment": segment,
        "industry": rng.choice(len(INDUSTRIES), count, p=_INDUSTRY_SHARES),
        "region": rng.choice(len(REGIONS), count, p=_REGION_SHARES),
        "acquisition": acquisition,
        "use_case": rng.choice(len(USE_CASES), count),
        "seats": np.ceil(median[segment] * np.exp(spread[segment] * rng.normal(size=count))),
        "mastery": mastery,
        "frailty": frailty.clip(0.3, 2.8),
        "level": np.exp(rng.normal(0, 0.15, count)),
        "driver": rng.choice(3, count, p=(0.5, 0.25, 0.25)),
        "payment_habit": rng.normal(-5, 5, count),
    })


def _created(count: int, time: Timeline, rng: np.random.Generator) -> Ints:
    """Half the sign-ups before `start`, more of them lately; then a growing stream."""
    old = count // 2
    before = -1 - rng.random(old) ** 1.3 * (7 * time.before - 30)
    after = (np.sqrt(1 + 1.56 * rng.random(count - old)) - 1) / 0.6 * time.days
    return np.sort(np.floor(np.concatenate([before, after]))).astype(np.int64)


def accounts_table(population: pd.DataFrame, time: Timeline, rng: np.random.Generator) -> pd.DataFrame:
    """The contract table `accounts`, with two attributes of the company's own."""
    count = len(population)
    region = _words(REGIONS, population["region"])
    owners = np.array(names.people(-(-count // ACCOUNTS_PER_OWNER), rng), dtype=object)
    industry = np.where(rng.random(count) < 0.03, None, _words(INDUSTRIES, population["industry"]))
    owner = np.where(rng.random(count) < 0.02, None, owners[rng.integers(len(owners), size=count)])
    name, internal = _names(region.tolist(), rng)
    employees = population["seats"].to_numpy() * np.exp(rng.normal(1.8, 0.6, count))
    return pd.DataFrame({
        "account_id": account_ids(count),
        "created_on": time.dates(population["created"]),
        "name": name,
        "owner": pd.Series(owner, dtype="str"),
        "segment": _words(SEGMENTS, population["segment"]),
        "industry": pd.Series(industry, dtype="str"),
        "region": region,
        "acquisition": _words(ACQUISITIONS, population["acquisition"]),
        "is_internal": internal,
        "known_at": time.dates(np.full(count, np.inf)),
        "attribute_employees": np.where(rng.random(count) < 0.1, np.nan, employees.round()),
        "attribute_use_case": _words(USE_CASES, population["use_case"]),
    }).astype({"name": "str", "segment": "str", "region": "str", "acquisition": "str", "attribute_use_case": "str"})


def account_ids(count: int) -> list[str]:
    """Ids in the order of signing up."""
    return [f"A{number:06d}" for number in range(1, count + 1)]


def _words(words: tuple[str, ...], codes: "pd.Series[int]") -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    return np.array(words, dtype=object)[codes.to_numpy()]


def _names(regions: list[str], rng: np.random.Generator) -> tuple[list[str], Reals]:
    """A name each, and which accounts are our own; the nasty names go to other accounts."""
    name = names.companies(regions, rng)
    places = rng.permutation(len(name))
    ours = places[: max(2, len(name) // 250)]
    for number, place in enumerate(ours.tolist()):
        name[place] = f"Internal {('test', 'demo', 'sandbox')[number % 3]} {number // 3 + 1}"
    for nasty, place in zip(names.NASTY, places[len(ours):].tolist(), strict=False):
        name[place] = nasty
    internal = np.zeros(len(name), bool)
    internal[ours] = True
    return name, internal
