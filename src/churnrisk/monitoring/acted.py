"""Did acting help? Accounts of past lists that somebody reached, beside those that nobody did."""

import pandas as pd

from churnrisk.contract import REACHED
from churnrisk.store.catalogue.monitor import Acted, Reached


def reached(rows: pd.DataFrame, dispositions: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows (`account_id`, `as_of`) are of an account that was reached after the list of that date.

    >>> dates = pd.to_datetime(["2025-01-06", "2025-01-13"])
    >>> rows = pd.DataFrame({"account_id": "a", "as_of": dates})
    >>> said = pd.DataFrame({"account_id": ["a", "a"], "as_of": dates, "outcome": ["talked", "no_answer"]})
    >>> reached(rows, said).tolist()
    [True, False]
    """
    keys = ["account_id", "as_of"]
    done = dispositions.loc[dispositions["outcome"].isin(REACHED), keys]
    return pd.Series(pd.MultiIndex.from_frame(rows[keys]).isin(pd.MultiIndex.from_frame(done)), index=rows.index)


def acted(rows: pd.DataFrame) -> Acted | None:
    """Of the rows on a list (`listed`, `reached`, `label`, `probability`), those reached and the others; None where
    nobody was reached.
    """
    own = rows[rows["listed"]]
    if not own["reached"].any():
        return None
    return Acted(reached=_of(own[own["reached"]]), others=_of(own[~own["reached"]]))


def _of(rows: pd.DataFrame) -> Reached:
    return Reached(
        places=len(rows), churned=int(rows["label"].sum()), expected=round(float(rows["probability"].sum()), 2)
    )
