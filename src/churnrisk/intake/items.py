"""Several rows that are one subscription: its items, such as a plan and an add-on, and what is taken off it."""

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


_SAME_DAYS = ["account_id", "started_on", "ended_on", "known_at"]
"""Columns in which a discount is like its subscription, whose key it often lacks."""

NO_SUBSCRIPTION = "mrr is below 0, and no subscription of the account has the same days, to take it off"
TOO_MUCH = "mrr is below 0 once its discounts are taken off"


def take_off_discounts(rows: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Rows of subscriptions with every line below 0 taken off its subscription, and how many lines were.

    A line belongs to the dearest subscription of its account with the same days. Where there is none, or the discounts
    are more than it costs, `fault` says so: what an account pays is then not known.
    """
    sound = rows["fault"].isna() & rows["started_on"].notna()
    lines = rows[sound & (rows["mrr"] < 0)]
    if lines.empty:
        return rows, 0
    dearest = rows[sound & (rows["mrr"] >= 0)].sort_values("mrr", ascending=False, kind="stable")
    dearest = dearest.drop_duplicates(_SAME_DAYS)[_SAME_DAYS].reset_index(names="taken_from")
    taken_from = lines[_SAME_DAYS].merge(dearest, how="left", on=_SAME_DAYS)["taken_from"].set_axis(lines.index)
    fault = rows["fault"].mask(rows.index.isin(taken_from.index[taken_from.isna()]), NO_SUBSCRIPTION)
    off = lines["mrr"].groupby(taken_from).sum().reindex(rows.index, fill_value=0)
    mrr = rows["mrr"] + off
    fault = fault.mask((off < 0) & (mrr < 0), TOO_MUCH)
    left = rows.assign(mrr=mrr, fault=fault).drop(index=taken_from.index[taken_from.notna()])
    return left.reset_index(drop=True), int(taken_from.notna().sum())
