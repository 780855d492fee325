"""Several rows of one subscription that are its items, such as a plan and an add-on: they are added up."""

import pandas as pd

_SAME = ["subscription_id", "account_id", "started_on", "ended_on", "planned_end_on", "known_at"]
"""Columns in which the items of a subscription are alike. Rows of one key that differ in these are not items, and can't
be told from corrections without a `known_at` of their own.
"""


def add_items(rows: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Rows of subscriptions with one row for all items of each, and how many rows went into others.

    `mrr` and `seats` are summed; the rest is that of the item that costs most. Exact copies are no items: one that came
    twice would be paid twice.
    """
    values = [name for name in rows if name not in ("row", "fault", "emptied", "has_account")]
    single = ~rows.duplicated(values)
    several = rows[single & rows.duplicated(_SAME, keep=False).to_numpy() & rows["subscription_id"].notna()]
    several = several[several.duplicated(_SAME, keep=False)]
    if several.empty:
        return rows, 0
    dearest = several.sort_values("mrr", ascending=False, kind="stable").drop_duplicates(_SAME)
    sums = several.groupby(_SAME, dropna=False, as_index=False)[["mrr", "seats"]].sum(min_count=1)
    whole = dearest.drop(columns=["mrr", "seats"]).merge(sums, how="left", on=_SAME)[list(rows)]
    together = pd.concat([rows.drop(index=several.index), whole])
    return together.sort_values("row", kind="stable", ignore_index=True), len(several) - len(whole)
