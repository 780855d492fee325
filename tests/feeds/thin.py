"""A year and a half of a company with fifteen rows on a workday and two on a Sunday: some Sundays are silent."""

import numpy as np
import pandas as pd

from churnrisk.clock import Day, day

from .files import full

BEGINS, ENDS = pd.Timestamp("2024-01-01"), pd.Timestamp("2025-07-07")  # Mondays
LAST_YEAR = np.arange(day("2024-07-08"), day(ENDS) + 1, 7)
_DAYS = pd.date_range(BEGINS, ENDS, inclusive="left")
_ACCOUNTS = 30


def usage(seed: int = 1) -> pd.DataFrame:
    """Raw usage: each account is there on a day or not, by chance."""
    chance = np.where(_DAYS.day_of_week < 5, 0.5, np.where(_DAYS.day_of_week == 5, 0.25, 0.06))
    at, who = np.nonzero(np.random.default_rng(seed).random((len(_DAYS), _ACCOUNTS)) < chance[:, None])
    names = "a" + pd.Series(who).astype(str)
    dates = {"day": _DAYS[at], "known_at": _DAYS[at]}
    return pd.DataFrame({"account_id": names, "user_id": names, "event": "login", "quantity": 1.0, **dates})


def contracts(seed: int = 1) -> pd.DataFrame:
    """A subscription begins about every tenth day."""
    began = _DAYS[np.random.default_rng(seed).random(len(_DAYS)) < 0.1]
    ids = [f"s{number}" for number in range(len(began))]
    owners = [f"a{number % _ACCOUNTS}" for number in range(len(began))]
    rows = {"subscription_id": ids, "account_id": owners, "started_on": began, "known_at": began}
    return full("subscriptions", pd.DataFrame(rows))


def accounts() -> pd.DataFrame:
    """All of them, since the beginning."""
    ids = [f"a{number}" for number in range(_ACCOUNTS)]
    return full("accounts", pd.DataFrame({"account_id": ids}).assign(created_on=BEGINS, known_at=BEGINS))


def silent_sundays(rows: pd.DataFrame) -> list[Day]:
    """The Mondays of the last year after a Sunday without a row."""
    return [each for each in LAST_YEAR if not (rows["day"] == pd.Timestamp(each) - pd.Timedelta(days=1)).any()]
