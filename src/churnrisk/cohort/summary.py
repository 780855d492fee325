"""How many accounts are watched, and how many each rule leaves out."""

import pandas as pd

from churnrisk.clock import Day, as_date
from churnrisk.cohort.rules import AT_RISK, RULES
from churnrisk.errors import ModelError
from churnrisk.store.catalogue.snapshot import CohortCounts, SnapshotCounts


def summary(rows: pd.DataFrame, as_of: Day) -> CohortCounts:
    """Accounts watched and left out by each rule: at `as_of`, the date of the list, and over all snapshots.

    `rows` are those of `cohort.cohort`, of all dates.
    """
    latest = rows[rows["as_of"] == as_of]
    return CohortCounts(
        as_of=as_date(as_of),
        watched=_watched(latest),
        left_out=_left_out(latest),
        snapshots=SnapshotCounts(dates=int(rows["as_of"].nunique()), watched=_watched(rows), left_out=_left_out(rows)),
    )


def require_watched(rows: pd.DataFrame) -> None:
    """Raise ModelError where nobody is watched on any date: there would be nothing to learn from, and no list."""
    if not (rows["rule"] == AT_RISK).any():
        raise ModelError(
            "nobody is at risk on any date",
            where="params.yaml, cohort and clock",
            fix=f"loosen {', '.join(sorted(set(rows['rule'])))}",
        )


def _watched(rows: pd.DataFrame) -> int:
    return int((rows["rule"] == AT_RISK).sum())


def _left_out(rows: pd.DataFrame) -> dict[str, int]:
    by_rule = rows["rule"].value_counts()
    return {rule.name: int(by_rule.get(rule.name, 0)) for rule in RULES}
