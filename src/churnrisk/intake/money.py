"""Money given as an event: added to counts of what was done, it would be most of them."""

import re
from collections.abc import Sequence
from pathlib import Path

from duckdb import DuckDBPyConnection

from churnrisk.errors import ContractError
from churnrisk.intake.typed import Offered
from churnrisk.store.engine import file

_MONEY = (
    r"spen[dt]|spending|revenues?|turnover|gmv|sales|amounts?|prices?|costs?|money|cents?"
    r"|dollars?|euros?|pounds?|usd|eur|gbp|chf|[$€£]"
)
_WORD = re.compile(rf"(?:^|[^a-z])(?:{_MONEY})(?:$|[^a-z])", re.I)
_LAST_WORD = re.compile(rf"(?:^|[^a-z])(?:{_MONEY})[^a-z]*(?:value)?$", re.I)

_MANY = 10
"""A median quantity from which on an event whose name ends in a word for money is taken for money in whole units: what
people do, they seldom do ten times a row.
"""


def refuse_money(connection: DuckDBPyConnection, parts: Sequence[Path], offered: Offered) -> None:
    """Raise ContractError where the raw usage in `parts` has an event that is an amount of money.

    A name alone proves nothing (`spend_report_viewed`), nor does a quantity alone (2.5 hours): it takes a word for
    money, and either quantities most of which are not whole, or a name that ends in that word and large quantities.
    """
    if not {"event", "quantity"} <= set(offered):
        return
    rows = f"read_parquet([{', '.join(map(file, parts))}])"
    names = f"SELECT DISTINCT CAST(event AS VARCHAR) AS name FROM {rows} WHERE event IS NOT NULL ORDER BY name"
    named = [name for (name,) in connection.execute(names).fetchall() if _WORD.search(name)]
    if not named:
        return
    figures = connection.execute(
        f"SELECT event, avg((quantity <> trunc(quantity))::INT), median(quantity), max(quantity)"
        f" FROM (SELECT CAST(event AS VARCHAR) AS event, TRY_CAST(quantity AS DOUBLE) AS quantity FROM {rows})"
        f" WHERE event IN (SELECT unnest($named)) AND quantity > 0 GROUP BY event ORDER BY event",
        {"named": named},
    ).fetchall()
    for event, broken, median, largest in figures:
        if broken > 1 / 2 or (_LAST_WORD.search(event) and median >= _MANY):
            raise ContractError(
                f"event '{event}' is money: half of its quantities are {median:,.2f} or more, up to {largest:,.2f}",
                where="queries/usage.sql",
                allowed="how much or how often something was done, because events are added up",
                fix="give each purchase as a row of invoices, as docs/tables.md says, or rename what is not money",
            )
