"""What was known of an account before: its risk on earlier dates, and the contacts with it."""

import numpy as np
import pandas as pd

from churnrisk.clock import Day, day, days, of_column
from churnrisk.close_up.structure import Contact, Past
from churnrisk.model.risk_model import RiskModel
from churnrisk.past.tables.ledger import read_ledger
from churnrisk.store.blocks import read_features
from churnrisk.store.kept_scores import Kept
from churnrisk.store.published import Published
from churnrisk.store.workspace import Workspace

DATES = 26
"""Dates that are shown: as many weeks as the drawing of usage has, so that both can be read side by side."""

CONTACT_DAYS = 182
"""Days back to which contacts are shown: the same half year."""


def history(workspace: Workspace, model: RiskModel, account: str, dates: list[Day]) -> tuple[Past, ...]:
    """The risk of an account on the last of some dates, the oldest first; dates with neither figure are left out."""
    shown = dates[-DATES:]
    own = read_features(workspace, filters=[("account_id", "==", account), ("as_of", ">=", pd.Timestamp(shown[0]))])
    present = dict(zip(of_column(own["as_of"]), model.probabilities(own), strict=True)) if len(own) else {}
    went_out = {day(on): Kept.of(made) for on, made in Published(workspace).shown().items()}
    past = []
    for on in sorted({*shown, *(each for each in went_out if shown[0] <= each <= shown[-1])}):
        kept = went_out.get(on)
        said = None if kept is None else _archived(workspace, kept, account)
        now = float(present[on]) if on in present else None
        if said is not None or now is not None:
            past.append(Past(on, said, kept.lineage if kept is not None and said is not None else "", now))
    return tuple(past)


def _archived(workspace: Workspace, kept: Kept, account: str) -> float | None:
    rows = kept.read(workspace, ["account_id", "probability"], account)
    return None if rows is None or rows.empty else float(rows["probability"].iloc[0])


def contacts(workspace: Workspace, account: str, as_of: Day) -> tuple[Contact, ...]:
    """The contacts with an account in the half year before a date, as they were known then, the newest first."""
    known = read_ledger(workspace, "touchpoints").only({account}).before(as_of).frame()
    when = known["happened_at"].to_numpy("M8[D]")
    lately = known[(when >= as_of - days(CONTACT_DAYS)) & (when < as_of)].sort_values("happened_at", kind="stable")
    return tuple(
        Contact(
            day(each["happened_at"]),
            "contact" if pd.isna(each["kind"]) else str(each["kind"]),
            None if pd.isna(each["answered"]) else bool(each["answered"]),
        )
        for each in lately.iloc[::-1].to_dict("records")
    )


def places(probability: "pd.Series[float]") -> "pd.Series[int]":
    """The place of each account by probability, 1 the highest; equal ones share the better place."""
    return probability.rank(method="min", ascending=False).astype(np.int64)
