"""The worked example of docs/time.md, five accounts around one date; the drawing and the page are made from it."""

import pandas as pd

from churnrisk.clock import LabelWindow, day
from churnrisk.contract import TABLES
from churnrisk.past.tables.ledger import Ledger

AS_OF = day("2025-03-10")
WINDOW = LabelWindow(lead_days=14, horizon_days=60, reporting_lag_days=7)
SETTLE_DAYS = 2
TEST_BEGINS = day("2025-06-02")

_ROWS = [  # account, started_on, ended_on, end_known_at
    ("Ana", "2024-09-02", None, None),
    ("Ben", "2024-09-02", "2025-05-05", "2025-04-10"),
    ("Caro", "2024-09-02", "2025-03-20", "2025-03-18"),
    ("Dev", "2024-09-02", "2025-03-03", "2025-03-17"),
    ("Eli", "2024-09-02", "2025-05-20", "2025-06-03"),
]


def subscriptions() -> Ledger:
    """One subscription an account. Dev's end was dated back, and Eli's was entered two weeks after it."""
    given = pd.DataFrame(_ROWS, columns=["account_id", "started_on", "ended_on", "end_known_at"])
    rows = TABLES["subscriptions"].empty().reindex(given.index)
    times = {name: pd.to_datetime(given[name]) for name in ("started_on", "ended_on", "end_known_at")}
    columns = {"account_id": given["account_id"], "known_at": times["started_on"], **times}
    return Ledger(rows.assign(is_trial=False, is_paused=False, **columns), TABLES["subscriptions"])


def accounts() -> Ledger:
    """The five accounts."""
    names = [row[0] for row in _ROWS]
    rows = TABLES["accounts"].empty().reindex(range(len(names)))
    began = pd.Timestamp("2024-09-02")
    return Ledger(
        rows.assign(account_id=names, created_on=began, known_at=began, is_internal=False), TABLES["accounts"]
    )
