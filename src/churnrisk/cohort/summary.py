"""How many accounts are watched, and how many each rule leaves out."""

import pandas as pd

from churnrisk.clock import Day
from churnrisk.cohort.rules import AT_RISK, RULES
from churnrisk.errors import ModelError


def summary(rows: pd.DataFrame, as_of: Day) -> dict[str, object]:
    """Accounts watched and left out by each rule: at `as_of`, the date of the list, and over all snapshots.

    `rows` are those of `cohort.cohort`, of all dates.
    """
    latest = rows[rows["as_of"] == as_of]
    return {
        "as_of": str(as_of),
        **_counts(latest),
        "snapshots": {"dates": int(rows["as_of"].nunique()), **_counts(rows)},
    }


def require_watched(rows: pd.DataFrame) -> None:
    """Raise ModelError where nobody is watched on any date: there would be nothing to learn from, and no list."""
    if not (rows["rule"] == AT_RISK).any():
        raise ModelError(
            "nobody is at risk on any date",
            where="params.yaml, cohort and clock",
            fix=f"loosen {', '.join(sorted(set(rows['rule'])))}",
        )


def _counts(rows: pd.DataFrame) -> dict[str, object]:
    by_rule = rows["rule"].value_counts()
    left_out = {rule.name: int(by_rule.get(rule.name, 0)) for rule in RULES}
    return {"watched": int(by_rule.get(AT_RISK, 0)), "left_out": left_out}
