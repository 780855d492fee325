"""Two accounts and three weeks, small enough to check by hand: the worked example of `churnrisk.past`.

The doctests of all views ask the same four snapshots: ana and ben on 20 January 2025, then both on 27 January.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from churnrisk.clock import Grid, day, of_column
from churnrisk.contract import TABLES
from churnrisk.params.sections import Milestone
from churnrisk.past.company import Company
from churnrisk.past.past import Block, Past
from churnrisk.past.tables.ledger import Ledger
from churnrisk.rollup.read import Daily

ACCOUNTS = ("ana", "ben")
FIRST, SECOND = "2025-01-20", "2025-01-27"

_USAGE = pd.DataFrame(
    [
        ("ana", "u1", "login", "2025-01-07", "2025-01-07", 6.0),
        ("ana", "u1", "login", "2025-01-13", "2025-01-13", 2.0),
        ("ana", "u2", "report", "2025-01-19", "2025-01-22", 3.0),
        ("ben", "u3", "report", "2025-01-21", "2025-01-21", 4.0),
    ],
    columns=["account_id", "user_id", "event", "day", "known_on", "quantity"],
)


def tables() -> dict[str, pd.DataFrame]:
    """Its contract tables.

    Ana has two subscriptions that pay the same, and two tickets, the first of which is closed on 24 January. Ben began
    on 6 January and gave notice on the 23rd.
    """
    return {
        "accounts": _rows("accounts", account_id=ACCOUNTS, created_on="2024-06-01", known_at="2024-06-01"),
        "subscriptions": _rows(
            "subscriptions",
            subscription_id=("s1", "s2", "s3"),
            account_id=("ana", "ana", "ben"),
            started_on=("2024-06-01", "2024-12-01", "2025-01-06"),
            known_at=("2024-06-01", "2024-12-01", "2025-01-06"),
            plan=("basic", "team", "basic"),
            mrr=(50.0, 50.0, 30.0),
            term_months=(12.0, 12.0, 1.0),
            ended_on=(None, None, "2025-02-28"),
            end_known_at=(None, None, "2025-01-23"),
        ),
        "tickets": _rows(
            "tickets",
            ticket_id=("t1", "t2"),
            account_id=("ana", "ana"),
            opened_at=("2025-01-08", "2025-01-20"),
            known_at=("2025-01-08", "2025-01-20"),
            closed_at=("2025-01-24", None),
            severity=(1.0, 3.0),
        ),
    }


def ledger(name: str) -> Ledger:
    """One of its tables, as it was known at any date."""
    return Ledger(tables()[name], TABLES[name])


def daily(by: str = "event") -> Daily:
    """Its usage, by `event` or by `user_id`, as the rollup has it."""
    code, names = pd.factorize(_USAGE[by], sort=True)
    return Daily(
        names=tuple(names),
        account_index=np.searchsorted(ACCOUNTS, _USAGE["account_id"]),
        code=code,
        day=of_column(_USAGE["day"]),
        known_on=of_column(_USAGE["known_on"]),
        quantity=_USAGE["quantity"].to_numpy(),
    )


def block() -> Block:
    """Both accounts on both dates, as `Block.of` makes it of what is in memory."""
    company = Company(
        usage=Path("data/usage"),
        tables=tables(),
        grid=Grid(day(FIRST)),
        usage_from=day("2025-01-06"),
        settle_days=0,
        milestones={"first_report": Milestone(event="report", target_days=14)},
        has_users=True,
    )
    snapshots = pd.DataFrame(
        {
            "account_id": ACCOUNTS * 2,
            "as_of": pd.to_datetime([FIRST, FIRST, SECOND, SECOND]),
            "spell_started_on": pd.to_datetime(["2024-06-01", "2025-01-06"] * 2),
        }
    )
    return Block.of(company, snapshots, lambda by, since: [daily(by)])


def past() -> Past:
    """The past of its four snapshots, which are few enough to be looked at together."""
    (whole,) = block().spans()
    return whole


def views() -> Any:
    """The views of the four snapshots, by name."""
    return past().views


def _rows(name: str, **columns: Any) -> pd.DataFrame:
    """Rows of a contract table. A column that isn't given is empty, or False where it is a flag."""
    table, n = TABLES[name], len(next(iter(columns.values())))
    flags: dict[str, Any] = {column: False for column in table.columns if table.kind(column) == "flag"}
    rows = table.empty().reindex(range(n)).assign(**flags)
    for column, values in columns.items():
        each = [values] * n if isinstance(values, str) else list(values)
        rows[column] = pd.to_datetime(pd.Series(each)) if table.kind(column) == "time" else each
    return rows
