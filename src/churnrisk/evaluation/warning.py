"""How early would past lists have warned of those who churned?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from churnrisk.evaluation.order import ranks

DAYS_BEFORE = (30, 60, 90)
"""Days before churn: a call, a plan and a renewal each need about so long."""

SHARES = (0.025, 0.05, 0.1, 0.2)
"""Lists of so many of the accounts of their date; from what a small team can call in a week to a generous list."""


def early_warning(
    backtest: pd.DataFrame, shares: Sequence[float] = SHARES, days_before: Sequence[int] = DAYS_BEFORE
) -> pd.DataFrame:
    """Of the accounts that churned, how many were on a list so many days before.

    `backtest` has `account_id`, `as_of`, `probability`, and `churned_on` where the account churned in the label window.
    An account counts where it was watched so many days before it churned, and is warned of where it stood on the list
    of any date that early. Accounts of equal probability share the places at the border of a list in the order of their
    ids.

    Returns a row a number of days and length of list: `days_before`, `share`, `churned` (accounts), `warned`
    (accounts), `warned_share` (NaN without accounts).

    >>> dates = pd.to_datetime(["2025-01-06", "2025-01-06", "2025-02-03", "2025-02-03"])
    >>> rows = pd.DataFrame({"account_id": ["a", "b"] * 2, "as_of": dates, "probability": [0.9, 0.1, 0.2, 0.8]})
    >>> rows["churned_on"] = pd.to_datetime(["2025-03-01", None, "2025-03-01", None])
    >>> early_warning(rows, shares=[0.5], days_before=[30, 60])
       days_before  share  churned  warned  warned_share
    0           30    0.5        1       1           1.0
    1           60    0.5        0       0           NaN
    """
    churned_on = backtest.groupby("account_id")["churned_on"].transform("min")
    rows = backtest[churned_on.notna()]
    ahead = (churned_on[rows.index] - rows["as_of"]).dt.days
    place = (ranks(backtest) / backtest.groupby("as_of")["as_of"].transform("size")).loc[rows.index]
    table = []
    for days in days_before:
        early = rows.loc[ahead >= days, "account_id"]
        for share in shares:
            listed = early[place[early.index] < share]
            table.append((days, share, early.nunique(), listed.nunique()))
    made = pd.DataFrame(table, columns=["days_before", "share", "churned", "warned"])
    return made.assign(warned_share=(made["warned"] / made["churned"].replace(0, np.nan)).astype(float))
