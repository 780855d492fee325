"""When what accounts pay each month falls."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day
from churnrisk.past.tables.columns import Columns
from churnrisk.past.tables.spells import cut_short, ends_on
from churnrisk.past.tables.standing import Standing


def fell_on(
    subscriptions: Columns, as_of: Day, share: float, until: Day, *, as_planned: bool
) -> "pd.Series[pd.Timestamp]":
    """The first day from `as_of` on, before `until`, on which MRR was lower than at `as_of` by `share` or more.

    One value for every account with MRR at `as_of`, by its id; NaT: on no day. What ends and begins on one day is one
    change. A fixed term that ends as planned counts as an end only if `as_planned`.
    """
    at_first = Standing.of(subscriptions, as_of).mrr()
    at_first = at_first[at_first > 0]
    steps = pd.concat([_starts(subscriptions), _ends(subscriptions, as_planned)])
    steps = steps[(steps["day"] >= as_of) & (steps["day"] < until) & steps["account_id"].isin(at_first.index)]
    daily = steps.groupby(["account_id", "day"])["mrr"].sum()
    change = daily.groupby("account_id").cumsum().reset_index()
    # The tolerance keeps a fall by exactly the share in, whichever way its sum was rounded.
    fallen = change[change["mrr"] <= -share * at_first.reindex(change["account_id"]).to_numpy() + 1e-9]
    return fallen.drop_duplicates("account_id").set_index("account_id")["day"].reindex(at_first.index)


def unpriced(subscriptions: Columns, as_of: Day, until: Day) -> npt.NDArray[Any]:
    """The ids of accounts with a subscription of unknown MRR that runs from `as_of` on, or begins before `until`."""
    here = np.isnan(subscriptions["mrr"]) & (subscriptions["started_on"] < until) & (ends_on(subscriptions) > as_of)
    return np.unique(subscriptions["account_id"][here])


def _starts(subscriptions: Columns) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "account_id": subscriptions["account_id"],
            "day": subscriptions["started_on"],
            "mrr": np.nan_to_num(subscriptions["mrr"]),
        }
    )


def _ends(subscriptions: Columns, as_planned: bool) -> pd.DataFrame:
    rows = _starts(subscriptions).assign(day=ends_on(subscriptions))
    rows["mrr"] = -rows["mrr"]
    return rows if as_planned else rows[cut_short(subscriptions)]
