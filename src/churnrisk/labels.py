"""Did they leave? The only room that looks past `as_of`."""

import numpy as np
import pandas as pd

from churnrisk.clock import Day, LabelWindow, day
from churnrisk.history.ledger import Ledger
from churnrisk.history.spells import current, spells


def label(
    snapshots: pd.DataFrame, subscriptions: Ledger, as_of: Day, window: LabelWindow, seen_until: Day
) -> pd.DataFrame:
    """Labels of the snapshots of one `as_of`, by what was known on the day the window matures.

    `snapshots` has `account_id`. `seen_until` is the first day that the tables don't cover.

    Returns, in the order of `snapshots`: `account_id`, `as_of`, `horizon_days`, `label` (1 left in the window, 0
    stayed, NaN: not mature, too late to act on, or a fixed term that ends inside the window), `too_late`,
    `matures_on`.
    """
    matures = window.matures(as_of)
    known = current(spells(subscriptions.before(matures)), as_of)
    rows = snapshots[["account_id"]].merge(known, how="left", on="account_id")
    left = rows["ended_on"].where(~rows["planned"].eq(True))
    completed = rows["planned"].eq(True) & (rows["ended_on"] < window.closes(as_of))
    too_late = left < window.opens(as_of)
    churned = (left >= window.opens(as_of)) & (left < window.closes(as_of))
    certain = ~too_late & ~completed & (matures <= seen_until)
    return pd.DataFrame(
        {
            "account_id": rows["account_id"],
            "as_of": as_of.astype("M8[us]"),
            "horizon_days": window.horizon_days,
            "label": np.where(certain, churned.astype(float), np.nan),
            "too_late": too_late,
            "matures_on": matures.astype("M8[us]"),
        }
    )


def counts(labels: pd.DataFrame) -> list[dict[str, object]]:
    """By horizon: how many snapshots, mature ones, churned ones, and ones whose churn came too late to act on."""
    by = labels.groupby("horizon_days", sort=True)
    return [
        {
            "horizon_days": int(str(horizon)),
            "snapshots": len(rows),
            "mature": int(rows["label"].notna().sum()),
            "churned": int(rows["label"].sum()),
            "too_late": int(rows["too_late"].sum()),
            "last_mature_as_of": _latest(rows.loc[rows["label"].notna(), "as_of"]),
        }
        for horizon, rows in by
    ]


def _latest(dates: "pd.Series[pd.Timestamp]") -> str | None:
    return None if dates.empty else str(day(dates.max()))
