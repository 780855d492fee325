"""Usage added up, month by month: raw events are read here and nowhere after."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from duckdb import DuckDBPyConnection

from churnrisk.errors import SourceError
from churnrisk.intake.engine import connect, file, target
from churnrisk.workspace import whole_folder

# A copy is equal to another row in all but when it became known. The hash stands for the row: comparing texts is slow.
# A list for each group takes half the time of count(DISTINCT), which groups by the whole key a second time.
_COPIES = "count(*) - len(list_distinct(list(hash(user_id, day, quantity)))) AS copies"
_AHEAD = "count(*) FILTER (known_at < date_trunc('day', day)) AS ahead"

# A row can't be known before its own day; `known_on` is the day itself where it is known at once.
_KNOWN_ON = "greatest(date_trunc('day', known_at), date_trunc('day', day))"

_ROLLUPS = {
    "daily": (("account_id", "day", "event", "known_on"), "quantity > 0", (_COPIES, _AHEAD)),
    "people": (("account_id", "user_id", "day", "known_on"), "quantity > 0 AND user_id IS NOT NULL", ()),
}
"""Each rollup: what its rows are one each of, which rows of usage it adds up, and what else it counts of them."""

_AT_A_TIME = 2
"""Months, each with a connection and a thread of its own."""


def rollup(tables: Path, usage: Path) -> None:
    """Add up the quantities of `tables/usage/` by account, day and event, and by account, person and day.

    Writes `daily/YYYY-MM.parquet` and `people/YYYY-MM.parquet` to `usage`, one pair for each month of usage: the
    columns of the key, then `quantity` and `rows` (how many were added up); times are days. `daily` counts `copies`
    (how many of those are exact copies of others) and `ahead` (how many were known before the day on which they are
    dated) too. A quantity of 0 is no usage. Both are split by `known_on`, so that a snapshot can take what was known.
    Where nobody knows who did it, the people's files have no rows. Memory is bounded by a month.

    Raises SourceError where `conform` has not run.
    """
    months = sorted((tables / "usage").glob("*.parquet"))
    if not months:
        mend = "run the stages before, with `dvc repro`"
        raise SourceError("usage is not there", where=str(tables), mend=mend)
    with whole_folder(usage) as partial, ThreadPoolExecutor(_AT_A_TIME) as pool:
        for name in _ROLLUPS:
            (partial / name).mkdir()
        list(pool.map(lambda month: _add_up_month(month, partial), months))


def _add_up_month(month: Path, usage: Path) -> None:
    with connect(usage) as connection:
        # Sums of floats depend on their order, and with one thread that is the order of the rows.
        connection.execute("SET threads = 1")
        for name, (key, which, counts) in _ROLLUPS.items():
            _add_up(connection, month, key, which, counts, usage / name / month.name)


def _add_up(
    connection: DuckDBPyConnection, month: Path, key: tuple[str, ...], which: str, counts: tuple[str, ...], out: Path
) -> None:
    values = {"day": "date_trunc('day', day)", "known_on": _KNOWN_ON}
    columns = ", ".join(f"{values.get(column, column)} AS {column}" for column in key)
    places = ", ".join(str(place + 1) for place in range(len(key)))
    sums = ", ".join(("sum(quantity) AS quantity", "count(*) AS rows", *counts))
    rows = f"SELECT {columns}, {sums} FROM {file(month)} WHERE {which} GROUP BY {places}"
    connection.execute(f"COPY ({rows} ORDER BY {places}) TO {target(out)} (FORMAT parquet)")
