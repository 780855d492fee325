"""Money given as an event: added to counts of what was done, it would be most of them."""

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from churnrisk.errors import ContractError
from churnrisk.intake.typed import Offered
from churnrisk.store.catalogue.conform import NamedMoney
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
    figures = _figures(
        connection, parts, offered, "avg((quantity <> trunc(quantity))::INT), median(quantity), max(quantity)"
    )
    for event, broken, median, largest in figures:
        if broken > 1 / 2 or (_LAST_WORD.search(event) and median >= _MANY):
            raise ContractError(
                f"event '{event}' is money: half of its quantities are {median:,.2f} or more, up to {largest:,.2f}",
                where="queries/usage.sql",
                allowed="how much or how often something was done, because events are added up",
                fix="give each purchase as a row of invoices, as docs/tables.md says, or rename what is not money",
            )


def money_of(connection: DuckDBPyConnection, part: Path, offered: Offered) -> dict[str, NamedMoney]:
    """What one raw file of usage says of the events whose names have a word for money."""
    counts = f"count(*), count(*) FILTER (quantity <> trunc(quantity)), count(*) FILTER (quantity < {_MANY})"
    figures = _figures(connection, [part], offered, counts)
    return {event: NamedMoney(rows=rows, broken=broken, small=small) for event, rows, broken, small in figures}


def may_be_money(files: Collection[Mapping[str, NamedMoney]]) -> bool:
    """Whether `refuse_money` may refuse an event of files that say this; where not, it need not read them.

    A median can't be had from those of the files, but half of the quantities are below it.

    >>> of_a_file = {"sales": NamedMoney(rows=5, broken=0, small=3)}
    >>> may_be_money([of_a_file]), may_be_money([of_a_file, {"sales": NamedMoney(rows=3, broken=0, small=0)}])
    (False, True)
    """
    for event in {event for each in files for event in each}:
        those = [each[event] for each in files if event in each]
        rows, broken, small = (sum(getattr(each, name) for each in those) for name in ("rows", "broken", "small"))
        if broken * 2 > rows or (_LAST_WORD.search(event) and small * 2 <= rows):
            return True
    return False


def _figures(
    connection: DuckDBPyConnection, parts: Sequence[Path], offered: Offered, asked: str
) -> list[tuple[Any, ...]]:
    """Every event whose name has a word for money, in order, with what is `asked` of its quantities."""
    if not {"event", "quantity"} <= set(offered):
        return []
    rows = f"read_parquet([{', '.join(map(file, parts))}])"
    names = f"SELECT DISTINCT CAST(event AS VARCHAR) AS name FROM {rows} WHERE event IS NOT NULL ORDER BY name"
    named = [name for (name,) in connection.execute(names).fetchall() if _WORD.search(name)]
    if not named:
        return []
    return connection.execute(
        f"SELECT event, {asked}"
        f" FROM (SELECT CAST(event AS VARCHAR) AS event, TRY_CAST(quantity AS DOUBLE) AS quantity FROM {rows})"
        f" WHERE event IN (SELECT unnest($named)) AND quantity > 0 GROUP BY event ORDER BY event",
        {"named": named},
    ).fetchall()
