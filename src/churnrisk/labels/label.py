"""Labels of snapshots, by any meaning of leaving."""

import numpy as np
import pandas as pd

from churnrisk.clock import Day, LabelWindow, day
from churnrisk.labels.meanings import Meaning

WITHOUT_LABEL = {
    "too late": "left before the label window opens, too early to act on",
    "ends as planned": "a fixed term ends as planned before the label window does",
    "not known": "nothing was known any more, as of an account that had left long before",
    "immature": "the label window is not over, or its churns may not be reported yet",
}
"""Why a snapshot has no label; the first rule that holds counts."""


def label(snapshots: pd.DataFrame, as_of: Day, window: LabelWindow, meaning: Meaning, seen_until: Day) -> pd.DataFrame:
    """Labels of the snapshots of one `as_of`, by what was known on the day the window matures.

    `snapshots` has `account_id`. `seen_until` is the first day that the tables don't cover.

    Returns, in the order of `snapshots`: `account_id`, `as_of`, `horizon_days`, `label` (1 left in the window, 0
    stayed, NaN: neither can be said), `rule` (why there is no label, one of `WITHOUT_LABEL`, else empty), `matures_on`.
    """
    matures = window.matures(as_of)
    departures = meaning.departures(snapshots["account_id"], as_of, window).set_index("account_id")
    rows = departures.reindex(snapshots["account_id"]).reset_index()
    left = rows["left_on"]
    holds = {
        "too late": left < window.opens(as_of),
        "ends as planned": rows["as_planned"].eq(True),
        "not known": rows["as_planned"].isna(),
        "immature": np.full(len(rows), matures > seen_until),
    }
    rule = np.select(list(holds.values()), list(holds), "")
    churned = ((left >= window.opens(as_of)) & (left < window.closes(as_of))).astype(float)
    return pd.DataFrame(
        {
            "account_id": rows["account_id"],
            "as_of": as_of.astype("M8[us]"),
            "horizon_days": window.horizon_days,
            "label": churned.where(rule == ""),
            "rule": pd.array(rule, dtype="str"),
            "matures_on": matures.astype("M8[us]"),
        }
    )


def counts(labels: pd.DataFrame) -> list[dict[str, object]]:
    """By horizon: how many snapshots have a label, how many churned, and how many have none by which rule."""
    by = labels.groupby("horizon_days", sort=True)
    return [
        {
            "horizon_days": int(str(horizon)),
            "snapshots": len(rows),
            "mature": int(rows["label"].notna().sum()),
            "churned": int(rows["label"].sum()),
            "without_label": {rule: int((rows["rule"] == rule).sum()) for rule in WITHOUT_LABEL},
            "last_mature_as_of": _latest(rows.loc[rows["label"].notna(), "as_of"]),
        }
        for horizon, rows in by
    ]


def _latest(dates: "pd.Series[pd.Timestamp]") -> str | None:
    return None if dates.empty else str(day(dates.max()))
