"""What was known of dispositions before a date: those of the inbox, and those of the source where it offers them."""

import pandas as pd

from churnrisk.clock import Day, to_column
from churnrisk.contract import TABLES
from churnrisk.dispositions.inbox import archived, changes
from churnrisk.past.tables.ledger import read_ledger
from churnrisk.store.catalogue.conform import TABLE
from churnrisk.store.workspace import Workspace

_TABLE = TABLES["dispositions"]


def known_dispositions(workspace: Workspace, as_of: Day) -> pd.DataFrame:
    """Every disposition with `known_at` before a date, the oldest first: one row each, the latest of each key.

    Columns are those of the contract table: `account_id`, `as_of` (the date of the list), `play`, `outcome`, `who`,
    `reason`, `snooze_until`, `verdict`, `known_at`; texts that are not given are empty, dates NaT.
    """
    rows = changes(archived(workspace))
    rows = rows[rows["known_at"] < to_column(as_of)][list(_TABLE.columns)]
    if TABLE["dispositions"].at(workspace).exists():
        offered = read_ledger(workspace, "dispositions").before(as_of).frame()[list(_TABLE.columns)]
        rows = pd.concat([offered, rows], ignore_index=True)
    rows = rows.astype(_TABLE.empty().dtypes.to_dict())
    texts = {name: rows[name].fillna("") for name in rows if _TABLE.kind(name) == "text"}
    rows = rows.assign(**texts).sort_values("known_at", kind="stable")
    kept: pd.DataFrame = rows.drop_duplicates(list(_TABLE.key), keep="last", ignore_index=True)
    return kept


def latest(rows: pd.DataFrame) -> pd.DataFrame:
    """The last disposition of each account, of rows of `known_dispositions`."""
    return rows.drop_duplicates("account_id", keep="last", ignore_index=True)
