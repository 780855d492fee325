"""Subscriptions that may be wrong for a whole company: gaps that are paperwork, customers without any."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import pandas as pd

from churnrisk.clock import Day, day, days
from churnrisk.feeds.finding import Evidence
from churnrisk.feeds.recent import LEANED_ON
from churnrisk.intake.gaps import gaps

_SHORT, _MONTH = 3, 28
"""Days. A gap up to a weekend long, such as an inclusive end or a start on the next workday, is hardly ever a customer
who left and came back. Returns are spread over months, so few of those within four weeks are so soon.
"""

_FEWEST = 5
"""Gaps, or accounts: fewer may be chance, or new customers whose contracts are entered next week."""


@dataclass(frozen=True, kw_only=True)
class Contracts:
    """Subscriptions as they were known at a date, and the accounts, but for internal ones, active in the last weeks.

    `active` is how many these are, `without` those that have no subscription of any time, and `most_without` the share
    of them that the company allows.
    """

    subscriptions: pd.DataFrame
    active: int
    without: Collection[str]
    most_without: float


def short_gaps(contracts: Contracts) -> Iterator[Evidence]:
    """Repeated gaps of a few days between subscriptions of an account, each of which counts as churn.

    Gaps that `intake.bridge_days` allows are bridged already.
    """
    found = gaps(contracts.subscriptions)
    within = found[found["days"] <= _MONTH]
    short = within[within["days"] <= _SHORT]
    if len(short) < max(_FEWEST, len(within) / 2):
        return
    length = int(short["days"].mode().iloc[0])
    rows = short[short["days"] == length]
    yield Evidence(
        feed="subscriptions",
        severity="hold",
        first_day=day(rows["end"].min()),
        last_day=day(rows["resumes_on"].max()),
        found=len(rows),
        usual=0.0,
        sentence=f"{len(rows):,} times the next subscription of an account starts {length} day(s) after the last one"
        f" ended, and each counts as churn. If it is paperwork, set intake.bridge_days to {length}",
    )


def without_subscription(contracts: Contracts, as_of: Day) -> Iterator[Evidence]:
    """Accounts that use the product and have no subscription: a part of that table may be missing."""
    many = len(contracts.without)
    if many < _FEWEST or many <= contracts.most_without * contracts.active:
        return
    yield Evidence(
        feed="subscriptions",
        severity="hold",
        first_day=as_of - days(LEANED_ON),
        last_day=as_of - days(1),
        found=many / contracts.active,
        usual=contracts.most_without,
        sentence=f"{many:,} of {contracts.active:,} accounts active in the last {LEANED_ON} days have none, such as"
        f" {', '.join(sorted(contracts.without)[:3])}. Load what is missing, or allow as many by"
        " gate.without_subscription_share",
    )
