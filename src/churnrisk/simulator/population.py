"""Who signs up: the accounts, with the traits that everybody can see and those that nobody can."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.simulator import names
from churnrisk.simulator.lives import text
from churnrisk.simulator.seasons import REGIONS
from churnrisk.simulator.timeline import GROWN_WEEKS, Flags, Ints, Timeline

SEGMENTS = ("small", "mid", "enterprise")
INDUSTRIES = (
    "software",
    "manufacturing",
    "retail",
    "health care",
    "finance",
    "logistics",
    "education",
    "media",
    "professional services",
)
ACQUISITIONS = ("organic search", "referral", "paid ads", "partner", "outbound sales", "event")
USE_CASES = ("management reporting", "operations", "sales forecasting", "client reporting", "compliance")
ACCOUNTS_PER_OWNER = 60

_SEGMENT_SHARES = (0.62, 0.28, 0.10)
_INDUSTRY_SHARES = (0.20, 0.14, 0.14, 0.11, 0.10, 0.09, 0.08, 0.07, 0.07)
_ACQUISITION_SHARES = (0.24, 0.16, 0.22, 0.12, 0.18, 0.08)
_REGION_SHARES = (0.48, 0.36, 0.16)
_SEATS = np.array([3.8, 8.0, 26.0])  # median by segment
_SEATS_SPREAD = np.array([0.4, 0.5, 0.5])  # of the logarithm
_SEGMENT_RISK = np.array([1.15, 0.95, 0.8])
_ACQUISITION_RISK = np.array([1.0, 0.8, 1.3, 0.85, 1.05, 0.95])
_WORLDLY = 3  # one of so many prominent accounts has a name from `names.WORLD`
_NO_INDUSTRY, _NO_OWNER, _NO_EMPLOYEES = 0.03, 0.02, 0.1  # shares that nobody has filled in


def sign_ups(count: int, time: Timeline, rng: np.random.Generator) -> pd.DataFrame:
    """One row an account, oldest first; `count` of them have signed up by the end of week `GROWN_WEEKS`, or of the
    life where it is shorter. Words are held as their index in `SEGMENTS`, `REGIONS` and so on.

    Hidden traits: `frailty` (multiplies the risk), `level` (multiplies the activity), `mastery` (skill with the
    product), `driver` (why it would churn: 0 value, 1 service, 2 price), `payment_habit` (days from due date to
    payment).
    """
    created = _created(count, time, rng.spawn(1)[0])
    count = len(created)
    segment = rng.choice(len(SEGMENTS), count, p=_SEGMENT_SHARES)
    acquisition = rng.choice(len(ACQUISITIONS), count, p=_ACQUISITION_SHARES)
    mastery, luck, size = rng.normal(size=(3, count))
    frailty = _SEGMENT_RISK[segment] * _ACQUISITION_RISK[acquisition] * np.exp(0.3 * luck - 0.15 * mastery)
    return pd.DataFrame(
        {
            "created": created,
            "segment": segment,
            "industry": rng.choice(len(INDUSTRIES), count, p=_INDUSTRY_SHARES),
            "region": rng.choice(len(REGIONS), count, p=_REGION_SHARES),
            "acquisition": acquisition,
            "use_case": rng.choice(len(USE_CASES), count),
            "seats": np.ceil(_SEATS[segment] * np.exp(_SEATS_SPREAD[segment] * size)),
            "mastery": mastery,
            # Rounded, because the last digit of exp depends on the processor, and the truth follows from frailty.
            "frailty": frailty.clip(0.3, 2.8).round(9),
            "level": np.exp(rng.normal(0, 0.15, count)),
            "driver": rng.choice(3, count, p=(0.5, 0.25, 0.25)),
            "payment_habit": rng.normal(-5, 5, count),
        }
    )


def _created(count: int, time: Timeline, rng: np.random.Generator) -> Ints:
    """Half of `count` sign up before `start`, most of them shortly before, and the others until the company is grown,
    in growing numbers; in the rest of its life the growth goes on.
    """
    old, grown = count // 2, min(GROWN_WEEKS, time.weeks)
    before = -1 - rng.random(old) ** 1.4 * (7 * time.before - 30)
    # The pace rises from 1 to 1.6 while the company grows, in a straight line. In units of its sign-ups until then,
    # there have been ((1 + 0.6 x)^2 - 1) / 1.56 after x times as long.
    by_the_end = ((1 + 0.6 * time.weeks / grown) ** 2 - 1) / 1.56
    later = 1 + (by_the_end - 1) * rng.random(round((by_the_end - 1) * (count - old)))
    share = np.concatenate([rng.random(count - old), later])
    after = (np.sqrt(1 + 1.56 * share) - 1) / 0.6 * 7 * grown
    return np.sort(np.floor(np.concatenate([before, after]))).astype(np.int64)


def accounts_table(population: pd.DataFrame, prominent: Ints, time: Timeline, rng: np.random.Generator) -> pd.DataFrame:
    """The contract table `accounts`, with two attributes of the company's own.

    Every third of the `prominent` accounts has a name from `names.WORLD`, so that pages, spreadsheets and consoles are
    tried with names in many scripts.
    """
    count = len(population)
    region = text(REGIONS, population["region"].to_numpy())
    grown = int((population["created"] < 7 * GROWN_WEEKS).sum())
    owners = names.people(-(-grown // ACCOUNTS_PER_OWNER), rng)
    ours = rng.permutation(count) < max(2, count // 250)
    employees = population["seats"].to_numpy() * np.exp(rng.normal(1.8, 0.6, count))
    return pd.DataFrame(
        {
            "account_id": pd.Series(account_ids(count), dtype="str"),
            "created_on": time.dates(population["created"]),
            "name": pd.Series(_names(region.tolist(), ours, prominent, rng), dtype="str"),
            "owner": _gappy(owners, rng.integers(len(owners), size=count), _NO_OWNER, rng),
            "segment": text(SEGMENTS, population["segment"].to_numpy()),
            "industry": _gappy(INDUSTRIES, population["industry"].to_numpy(), _NO_INDUSTRY, rng),
            "region": region,
            "acquisition": text(ACQUISITIONS, population["acquisition"].to_numpy()),
            "is_internal": ours,
            "known_at": time.dates(np.full(count, np.inf)),
            "attribute_employees": np.where(rng.random(count) < _NO_EMPLOYEES, np.nan, employees.round()),
            "attribute_use_case": text(USE_CASES, population["use_case"].to_numpy()),
        }
    )


def account_ids(count: int) -> list[str]:
    """Ids in the order of signing up.

    >>> account_ids(2)
    ['A000001', 'A000002']
    """
    return [f"A{number:06d}" for number in range(1, count + 1)]


def _gappy(words: npt.ArrayLike, codes: Ints, missing: float, rng: np.random.Generator) -> "pd.Series[str]":
    """The words of some codes, with a share left empty."""
    known = [str(word) for word in np.asarray(words)]
    return text([*known, None], np.where(rng.random(len(codes)) < missing, len(known), codes))


def _names(regions: list[str], ours: Flags, prominent: Ints, rng: np.random.Generator) -> list[str]:
    name = names.companies(regions, rng)
    world = {region: iter(known) for region, known in names.WORLD.items()}
    for account in prominent[::_WORLDLY].tolist():
        name[account] = next(world[regions[account]], name[account])
    for number, account in enumerate(np.flatnonzero(ours).tolist()):
        name[account] = f"Internal {('test', 'demo', 'sandbox')[number % 3]} {number // 3 + 1}"
    return name
