"""Why a score moved since the date before: this date's contributions less that one's, both by the same model."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from churnrisk.explain.points import change_of_model

NEW_MODEL, NEW_LEVELS = "a new model", "new levels of segments"
"""What stands beside the facts for the part of a movement that no fact makes."""


def movement(reasons: pd.DataFrame, now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """How each account's score moved, and the fact that moved it most; `reasons` are those of `now` since `before`.

    Returns, in the order of `now`: `account_id`, `probability_before` (what the present model gives for the date
    before; NaN: not watched then), `fact` (the one that moved most in the direction of the change; empty: not watched
    then) and `fact_change`, in points.
    """
    change = reasons.pivot(index="account_id", columns="fact", values="change_points").reindex(now["account_id"])
    known = change.notna().all(axis=1) & (change.shape[1] > 0)
    direction = np.sign(change.sum(axis=1)).replace(0, 1)
    fact = change.mul(direction, axis=0)[known].idxmax(axis=1).reindex(change.index)
    most = [change.at[account, name] if name == name else np.nan for account, name in fact.items()]
    then = before.set_index("account_id")["probability"].reindex(now["account_id"])
    return pd.DataFrame(
        {
            "account_id": now["account_id"].to_numpy(),
            "probability_before": then.to_numpy(),
            "fact": fact.astype("str").to_numpy(),
            "fact_change": most,
        }
    )


def by_new_model(movement: pd.DataFrame, published: Mapping[str, float]) -> dict[str, float]:
    """Points by which the present model sees the date before otherwise than the list of that date did, by account.

    `published` are the probabilities of that list, by another model, or with other levels; accounts that either lacks
    are left out. With these points before the facts', a movement leads from what people were told to what they are told
    now.

    >>> rows = pd.DataFrame({"account_id": ["a", "b", "c"], "probability_before": [0.25, np.nan, 0.1]})
    >>> by_new_model(rows, {"a": 0.10, "b": 0.5})
    {'a': 15.0}
    """
    before = dict(zip(movement["account_id"].astype(str), movement["probability_before"].astype(float), strict=True))
    found = {
        account: change_of_model(published.get(account), None if value != value else value)
        for account, value in before.items()
    }
    return {account: points for account, points in found.items() if points is not None}
