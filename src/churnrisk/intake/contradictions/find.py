"""Counting contradictions, with DuckDB over the sound tables."""

import glob
from collections.abc import Collection
from pathlib import Path

import pandas as pd
from duckdb import DuckDBPyConnection

from churnrisk.contract import TABLES, Table
from churnrisk.intake.contradictions.kinds import KINDS, Kind
from churnrisk.store.catalogue.conform import Contradiction
from churnrisk.store.engine import file, frame, target

# A subscription's days, as `past.tables.spells` has them: ending as planned is not churn, and what renews by itself
# goes on after its planned end.
_TERMS = """
    SELECT
        subscription_id AS term,
        account_id AS holder,
        CAST(started_on AS DATE) AS term_started_on,
        CAST(coalesce(ended_on, if(auto_renew = 1, NULL, planned_end_on)) AS DATE) AS term_ended_on,
        ended_on IS NOT NULL AND ended_on IS DISTINCT FROM planned_end_on AS cut_short
    FROM {subscriptions}"""

# An account's subscriptions on the last day of usage, `seen`: it stands for today, because no code asks the clock.
_STANDING = """
    SELECT
        account_id,
        any_value(signed_up_on) AS signed_up_on,
        any_value(seen) AS seen,
        min(term_started_on) AS first_started_on,
        max(term_ended_on) AS last_ended_on,
        bool_and(coalesce(term_ended_on <= seen, false)) AS all_ended,
        arg_max(cut_short, (term_ended_on, cut_short)) AS last_cut_short,
        bool_or(coalesce(term_started_on <= seen, false) AND coalesce(term_ended_on > seen, true)) AS one_runs
    FROM (SELECT account_id, CAST(arg_min(created_on, known_at) AS DATE) AS signed_up_on FROM {accounts} GROUP BY ALL)
    LEFT JOIN terms ON holder = account_id,
    (SELECT CAST(max(day) AS DATE) AS seen FROM {usage})
    GROUP BY account_id"""


# A row of usage contradicts others by its account, its subscription and its days alone, so rows that share them are
# looked at as one.
_DAYS = """
    SELECT
        account_id,
        subscription_id,
        date_trunc('day', day) AS day,
        CASE WHEN CAST(known_at AS DATE) < CAST(day AS DATE) THEN date_trunc('day', known_at) END AS known_at,
        count(*) AS rows
    FROM {usage} GROUP BY ALL ORDER BY ALL"""


def days_of_usage(connection: DuckDBPyConnection, usage: Path) -> pd.DataFrame:
    """All that `contradictions` looks at in a file of sound usage, as `USAGE_DAYS` declares it."""
    return frame(connection, _DAYS.format(usage=f"read_parquet({file(usage)})"))


def contradictions(
    connection: DuckDBPyConnection, tables: Path, names: Collection[str], by_day: Path | None = None
) -> list[Contradiction]:
    """The contradictions in the sound tables of these names, in the order of the contract.

    One entry for each kind that occurs: `table`, `name`, `what`, `rows`, `share` of the table's rows, and the first row
    as `example`. Only the last version of a corrected row counts, except that an account signed up when its first
    version says. Accounts and subscriptions are held in memory; usage is streamed, from its days in the folder `by_day`
    where they have been counted.
    """
    sources = {name: _every_version(tables, name) for name in names}
    if by_day is not None:
        sources["usage"] = _all_in(by_day)
    connection.execute(f"CREATE TEMP TABLE stated AS FROM {_last_versions(sources, TABLES['accounts'])}")
    terms = _TERMS.format(subscriptions=_last_versions(sources, TABLES["subscriptions"]))
    connection.execute(f"CREATE TEMP TABLE terms AS {terms}")
    connection.execute(f"CREATE TEMP TABLE standing AS {_STANDING.format(**sources)}")
    tables_in_order = [table for name, table in TABLES.items() if name in sources]
    return [entry for table in tables_in_order for entry in _of_table(connection, _judged(sources, table), table)]


def _every_version(tables: Path, name: str) -> str:
    if name == "usage":
        return f"(SELECT *, 1 AS rows FROM {_all_in(tables / name)})"
    return f"read_parquet({file(tables / f'{name}.parquet')})"


def _all_in(folder: Path) -> str:
    return f"read_parquet({target(Path(glob.escape(str(folder)) + '/*.parquet'))})"


def _last_versions(sources: dict[str, str], table: Table) -> str:
    if not table.key:
        return sources[table.name]
    latest = f"row_number() OVER (PARTITION BY {', '.join(table.key)} ORDER BY known_at DESC) = 1"
    return f"(FROM {sources[table.name]} QUALIFY {latest})"


def _judged(sources: dict[str, str], table: Table) -> str:
    """The rows of a table joined with the standing of their account and the terms of their subscription."""
    own_term = "LEFT JOIN terms ON term = subscription_id" if table.name == "usage" else ""
    return f"{_last_versions(sources, table)} AS fact JOIN standing USING (account_id) {own_term}"


def _of_table(connection: DuckDBPyConnection, rows: str, table: Table) -> list[Contradiction]:
    kinds = [kind for kind in KINDS if kind.table == table.name]
    many = "sum(rows)" if table.name == "usage" else "count(*)"
    counts = "".join(f", coalesce({many} FILTER ({kind.holds}), 0)::BIGINT" for kind in kinds)
    total, *by_kind = connection.execute(f"SELECT {many}::BIGINT{counts} FROM {rows}").fetchall()[0]
    return [
        Contradiction(
            table=table.name,
            name=kind.name,
            what=kind.what,
            rows=count,
            share=round(count / total, 4),
            example=_example(connection, rows, table, kind),
        )
        for kind, count in zip(kinds, by_kind, strict=True)
        if count
    ]


def _example(connection: DuckDBPyConnection, rows: str, table: Table, kind: Kind) -> dict[str, str | None]:
    """The first contradictory row, ordered by key, account and the columns shown; as text, days as ISO."""
    columns = list(dict.fromkeys([*table.key, "account_id", *kind.shows]))
    days = {name for name in columns if name in table.columns and table.kind(name) == "time"}
    texts = ", ".join(f"CAST({f'CAST({c} AS DATE)' if c in days else c} AS VARCHAR) AS {c}" for c in columns)
    first = connection.execute(f"SELECT {texts} FROM {rows} WHERE {kind.holds} ORDER BY ALL LIMIT 1").fetchall()[0]
    return dict(zip(columns, first, strict=True))
