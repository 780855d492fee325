"""Labels of snapshots, by any meaning of churn."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from churnrisk.clock import Day, LabelWindow, to_column
from churnrisk.labels.meanings import Meaning
from churnrisk.past.arrays import Mask
from churnrisk.rules import Rule, Rules, first_that_holds
from churnrisk.store.catalogue.label import LabelCounts


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    """What became of the accounts of one `as_of`, as far as it is known.

    `churns` has one row an account: `account_id`, `churned_on` (NaT: not before the window closes), `as_planned` (none
    where nothing is known of the account any more). `covered_until` is the first day that the tables don't cover.
    """

    churns: pd.DataFrame
    as_of: Day
    window: LabelWindow
    covered_until: Day

    def churned_before(self, date: Day) -> Mask:
        """Which accounts had churned before a date: (accounts,)."""
        return (self.churns["churned_on"] < date).to_numpy()


NO_LABEL: Rules[Outcomes, Mask] = Rules(
    [
        Rule(
            "too late",
            "churned before the label window opens, too early to act on",
            lambda each: each.churned_before(each.window.opens(each.as_of)),
        ),
        Rule(
            "ends as planned",
            "a fixed term ends as planned before the label window does",
            lambda each: each.churns["as_planned"].eq(True).to_numpy(),
        ),
        Rule(
            "not known",
            "nothing was known of the account any more; it had churned long before",
            lambda each: each.churns["as_planned"].isna().to_numpy(),
        ),
        Rule(
            "immature",
            "the label window is not over, or its churns may not be reported yet",
            lambda each: np.full(len(each.churns), each.window.matures(each.as_of) > each.covered_until),
        ),
    ]
)
"""Why a snapshot has no label, in order: the first rule that holds is the one that is counted.

The calendar comes last: an account that had churned before the window opens is known to be too late long before the
window is over, and is counted as that from the first day on.
"""


def label(
    snapshots: pd.DataFrame, as_of: Day, window: LabelWindow, meaning: Meaning, covered_until: Day
) -> pd.DataFrame:
    """Labels of the snapshots of one `as_of`, by what was known on the day on which the window matures.

    `snapshots` has `account_id`. `covered_until` is the first day that the tables don't cover.

    Returns, in the order of `snapshots`: `account_id`, `as_of`, `horizon_days`, `label` (1 churned in the window, 0
    stayed, NaN: no label), `rule` (why there is no label, the name of one of `NO_LABEL`, else empty), `churned_on`
    (where the label is 1), `matures_on`.
    """
    churns = meaning.churns(snapshots["account_id"], as_of, window).set_index("account_id")
    rows = churns.reindex(snapshots["account_id"]).reset_index()
    here = Outcomes(churns=rows, as_of=as_of, window=window, covered_until=covered_until)
    rule = first_that_holds(NO_LABEL, here, "")
    churned = here.churned_before(window.closes(as_of)) & ~here.churned_before(window.opens(as_of))
    return pd.DataFrame(
        {
            "account_id": rows["account_id"],
            "as_of": to_column(as_of),
            "horizon_days": window.horizon_days,
            "label": np.where(rule == "", churned.astype(float), np.nan),
            "rule": pd.array(rule, dtype="str"),
            "churned_on": rows["churned_on"].where(churned & (rule == "")).astype("datetime64[us]"),
            "matures_on": to_column(window.matures(as_of)),
        }
    )


def counts(labels: pd.DataFrame) -> list[LabelCounts]:
    """By horizon: how many snapshots have a label, how many churned, and how many have none by which rule."""
    by = labels.groupby("horizon_days", sort=True)
    return [
        LabelCounts(
            horizon_days=int(str(horizon)),
            snapshots=len(rows),
            mature=int(rows["label"].notna().sum()),
            churned=int(rows["label"].sum()),
            without_label={rule.name: int((rows["rule"] == rule.name).sum()) for rule in NO_LABEL},
            last_mature_as_of=_latest(rows.loc[rows["label"].notna(), "as_of"]),
        )
        for horizon, rows in by
    ]


def _latest(dates: "pd.Series[pd.Timestamp]") -> dt.date | None:
    return None if dates.empty else dates.max().date()
