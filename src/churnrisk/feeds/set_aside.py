"""Rows that were set aside: one that is missing changes what the account's other rows mean."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import pandas as pd

from churnrisk.clock import Day
from churnrisk.feeds.finding import Evidence

_FEWEST = 5
_FAR = 0.2
"""Accounts, and the difference of the shares that have ended, from which on rows set aside are said to be unlike the
others: with fewer, or less, chance alone makes such a difference often.
"""


@dataclass(frozen=True, kw_only=True)
class SetAside:
    """Rows of subscriptions that were set aside, as the source gave them, with their `reason`.

    `watched` are the accounts known at the date, but for internal ones, `accept` the reasons that hold nothing, and
    `ended` the share of the rows kept that have an end.
    """

    rows: pd.DataFrame
    watched: Collection[str]
    accept: Collection[str]
    ended: float


def rows_set_aside(set_aside: SetAside, as_of: Day) -> Iterator[Evidence]:
    """One finding a reason: a hold for rows of watched accounts, a note for others that are unlike those kept.

    A renewal that is set aside makes a customer look churned, and a churn that is set aside makes one look loyal.
    """
    for reason, rows in set_aside.rows.groupby("reason", sort=True):
        ours = rows[rows["account_id"].isin(set_aside.watched)]
        if len(ours):
            accepted = reason in set_aside.accept
            many = f"{len(ours):,} rows of {ours['account_id'].nunique():,} watched accounts were set aside"
            yield _evidence(len(ours), 0.0, "note" if accepted else "hold", f"{many}: {reason}", as_of)
        elif rows["account_id"].nunique() >= _FEWEST and "ended_on" in rows:
            ended = float((rows["ended_on"].fillna("").str.strip() != "").mean())
            if abs(ended - set_aside.ended) >= _FAR:
                many = f"{len(rows):,} rows of {rows['account_id'].nunique():,} accounts were set aside: {reason}"
                unlike = f"{ended:.0%} of them have ended, of those kept {set_aside.ended:.0%}"
                yield _evidence(ended, set_aside.ended, "note", f"{many}; {unlike}", as_of)


def _evidence(found: float, usual: float, severity: str, sentence: str, as_of: Day) -> Evidence:
    return Evidence(
        feed="subscriptions",
        severity="hold" if severity == "hold" else "note",
        first_day=as_of,
        last_day=as_of,
        found=found,
        usual=usual,
        sentence=sentence,
    )
