"""Spells: from the start of an account's subscriptions to the day on which the last of them has ended."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day
from churnrisk.history.ledger import Columns

NEVER = np.datetime64("2262-01-01", "us")


def spells(subscriptions: Columns) -> pd.DataFrame:
    """Spells of every account, from subscriptions as they were known at some date.

    A subscription that starts on or before the day on which the ones before it end goes on with their spell; one that
    starts later opens a new spell. A fixed term that nobody cut short ends as planned.

    Returns one row a spell, in order of account and start: `account_id`, `started_on`, `ended_on` (NEVER while no end
    is known), `planned` (the end is the end of a fixed term), `paid_from` (NEVER: a trial that was not converted).
    """
    rows = pd.DataFrame(
        {
            "account_id": subscriptions["account_id"],
            "started_on": subscriptions["started_on"],
            "ended_on": ends_on(subscriptions),
            "planned": ~cut_short(subscriptions),
            "paid_from": np.where(subscriptions["is_trial"], NEVER, subscriptions["started_on"]),
        }
    ).sort_values(["account_id", "started_on", "ended_on"], kind="stable", ignore_index=True)
    running_end = rows.groupby("account_id", sort=False)["ended_on"].cummax()
    first = rows["account_id"].ne(rows["account_id"].shift())
    opens = first | (rows["started_on"] > running_end.shift())
    rows["spell"] = opens.cumsum()
    # The subscription that ends last decides how the spell ends; of two on one day, a cut before an end as planned.
    last = rows.sort_values(["spell", "ended_on", "planned"], ascending=[True, True, False], kind="stable")
    last = last.drop_duplicates("spell", keep="last").set_index("spell")
    by = rows.groupby("spell", sort=True)
    return pd.DataFrame(
        {
            "account_id": by["account_id"].first(),
            "started_on": by["started_on"].first(),
            "ended_on": last["ended_on"],
            "planned": last["planned"] & (last["ended_on"] < NEVER),
            "paid_from": by["paid_from"].min(),
        }
    ).reset_index(drop=True)


def current(all_spells: pd.DataFrame, as_of: Day) -> pd.DataFrame:
    """The latest spell of each account that has started before `as_of`; at most one row an account."""
    begun = all_spells[all_spells["started_on"] < as_of]
    return begun.drop_duplicates("account_id", keep="last").reset_index(drop=True)


def running(subscriptions: Columns, as_of: Day) -> npt.NDArray[np.bool_]:
    """Which subscriptions run at `as_of`, by what is known."""
    return np.asarray((subscriptions["started_on"] < as_of) & (ends_on(subscriptions) >= as_of))


def paused(subscriptions: Columns, as_of: Day) -> npt.NDArray[Any]:
    """The accounts that have subscriptions at `as_of`, all of them a pause."""
    here = running(subscriptions, as_of)
    rows = pd.DataFrame({name: subscriptions[name][here] for name in ("account_id", "is_paused")})
    all_paused = rows.groupby("account_id")["is_paused"].all()
    return all_paused.index[all_paused].to_numpy(object)


def cut_short(subscriptions: Columns) -> npt.NDArray[np.bool_]:
    """Which subscriptions have an end other than as planned."""
    ended, planned_end = subscriptions["ended_on"], subscriptions["planned_end_on"]
    return np.asarray(~np.isnat(ended) & (np.isnat(planned_end) | (ended < planned_end)))


def ends_on(subscriptions: Columns) -> npt.NDArray[np.datetime64]:
    """When each subscription ends by what is known: cut short or as planned, whichever is earlier; NEVER: unknown."""
    ends = np.fmin(subscriptions["ended_on"], subscriptions["planned_end_on"])
    return np.asarray(np.where(np.isnat(ends), NEVER, ends))
