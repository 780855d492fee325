"""Plain pandas: for every date and window, group the rows that were known by account."""

import pandas as pd
from asked import KEY_EVENTS, WEEKS, answer, known


def compute(usage: pd.DataFrame, cutoffs: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([_at(usage, as_of, rows["account_id"]) for as_of, rows in cutoffs.groupby("as_of")])


def _at(usage: pd.DataFrame, as_of: pd.Timestamp, accounts: "pd.Series[str]") -> pd.DataFrame:
    return pd.concat([_window(known(usage, as_of, weeks), as_of, accounts, weeks) for weeks in WEEKS], axis=1)


def _window(rows: pd.DataFrame, as_of: pd.Timestamp, accounts: "pd.Series[str]", weeks: int) -> pd.DataFrame:
    by = rows.groupby("account_id")
    values = by.agg(
        total=("quantity", "sum"),
        mean=("quantity", "mean"),
        rows=("quantity", "size"),
        active_days=("day", "nunique"),
        people=("user_id", "nunique"),
        events=("event", "nunique"),
        last=("day", "max"),
    )
    values["days_since"] = (as_of - values.pop("last")).dt.days
    keyed = rows[rows["event"].isin(KEY_EVENTS)]
    totals = keyed.pivot_table(index="account_id", columns="event", values="quantity", aggfunc=["sum", "count"])
    totals.columns = ["_".join(pair) for pair in totals.columns]
    return values.join(totals).reindex(accounts).add_suffix(f"_{weeks}w")


if __name__ == "__main__":
    answer(compute)
