"""Accounts that one table writes differently from `accounts`, such as in small letters."""

import pandas as pd
from duckdb import DuckDBPyConnection

from churnrisk.intake.faults import NO_ACCOUNT

OTHER_SPELLING = "account_id is in accounts only with other capitals, spaces or leading zeros"
"""Said apart from accounts that nobody knows, because a query can fix it: lower(account_id). It is not fixed here,
because in some systems two ids differ in their capitals and nothing else.
"""

_FOLDED = "ltrim(lower(trim(account_id)), '0')"


def name_other_spellings(connection: DuckDBPyConnection, rows: pd.DataFrame, reason: "pd.Series[str]") -> None:
    """Change the reason of rows that lack their account to `OTHER_SPELLING`, where that is why.

    `rows` have `account_id`; `known_accounts` is a table of the connection. Takes no time where all accounts are known.
    """
    strays = pd.DataFrame({"account_id": rows.loc[reason == NO_ACCOUNT, "account_id"].unique()})
    if strays.empty:
        return
    connection.register("strays", strays)
    known = f"SELECT {_FOLDED} FROM known_accounts"
    alike = connection.execute(f"SELECT account_id FROM strays WHERE {_FOLDED} IN ({known})").fetchall()
    connection.unregister("strays")
    reason[(reason == NO_ACCOUNT) & rows["account_id"].isin([account for (account,) in alike])] = OTHER_SPELLING
