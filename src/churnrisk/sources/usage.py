"""Usage by month: all of it, or of a source that was pulled before only the months in which something may be new."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from churnrisk.sources.months import NO_MONTH, literal, month_of, write_by_month
from churnrisk.store.catalogue.pull import PULLED, RAW_USAGE, Pulled, PulledMonth
from churnrisk.store.partitions import carry, content, digest, program, record_before
from churnrisk.store.workspace import Workspace

_STRAYS = 0.001
"""Share of all rows that does not move the watermark. One row that is dated years ahead would otherwise stand for all
the months until then. A day of a year's usage is three times as much, and a watermark that is too early costs a month
that is read in vain."""


@dataclass(frozen=True)
class Overlap:
    """How far back a source is read again that was pulled before: `days` before the last day that the last pull found,
    for rows that come late and don't say so; all of it where it is `full`.
    """

    days: int
    full: bool = False


@dataclass(frozen=True)
class Drafted:
    """A workspace as it is, its draft, and a folder of the draft for what has to leave memory."""

    workspace: Workspace
    draft: Workspace
    spill: Path


@dataclass(frozen=True)
class Times:
    """When usage happened and became known, as SQL over the view `pulled`."""

    day: str
    known_at: str


def write_usage(connection: DuckDBPyConnection, times: Times, drafted: Drafted, query: str, overlap: Overlap) -> None:
    """Write the months of the view `pulled` that may have changed since the last pull, and carry the others over.

    `query` stands for all that decides on a row beside the files that are read. A month is read where it is not before
    the overlap, where a row of it became known since then, or where the number of its rows is not what it was. That
    misses rows before the overlap whose values changed in place without saying when that became known.
    """
    made_by = digest(program(), query, connection.execute("DESCRIBE pulled").fetchall())
    before = None if overlap.full else record_before(PULLED, drafted.workspace, made_by)
    old = {} if before is None else before.months
    counts = _counts(connection, times, begin := _begin(old, overlap.days))
    kept = {
        month: old[month]
        for month, (rows, learned) in counts.items()
        if month in old and month < f"{begin:%Y-%m}" and rows == old[month].rows and not learned
    }
    kept = {month: each for month, each in kept.items() if carry([RAW_USAGE], drafted.workspace, drafted.draft, month)}
    months = [month for month in counts if month not in kept]
    folder = RAW_USAGE.at(drafted.draft, month="").parent
    write_by_month(connection, f"({_rows_of(months, times.day)})", times.day, drafted.spill, folder)
    made = {month: _made(connection, RAW_USAGE.at(drafted.draft, month=month), times.day) for month in months}
    PULLED.write(Pulled(made_by=made_by, months=dict(sorted((kept | made).items()))), drafted.draft)


def watermark(months: Mapping[str, PulledMonth]) -> dt.date | None:
    """The last day until which a source was pulled; None where nothing was. Few rows that are dated ahead don't count.

    >>> usual = PulledMonth(content="", rows=5000, last=dt.date(2025, 3, 20))
    >>> stray = PulledMonth(content="", rows=2, last=dt.date(2052, 3, 1))
    >>> watermark({"2025-03": usual, "2052-03": stray})
    datetime.date(2025, 3, 20)
    """
    left = _STRAYS * sum(each.rows for each in months.values())
    for _, each in sorted(months.items(), reverse=True):
        left -= each.rows
        if left < 0 and each.last is not None:
            return each.last
    return None


def _begin(months: Mapping[str, PulledMonth], overlap_days: int) -> dt.date:
    last = watermark(months)
    return dt.date.min if last is None else last - dt.timedelta(days=overlap_days)


def _counts(connection: DuckDBPyConnection, times: Times, begin: dt.date) -> dict[str, tuple[int, int]]:
    """By month, how many rows there are, and how many of them became known from `begin` on.

    Two columns are read of all rows. By the first day of the month, because to write the month of every row as text
    takes longer than to read it.
    """
    learned = f"coalesce({times.known_at} >= {_time(begin)}, false)"
    return {
        month: (rows, new)
        for month, rows, new in connection.execute(f"""
            SELECT {month_of("start")} AS month, sum(rows)::BIGINT, sum(new)::BIGINT FROM (
                SELECT date_trunc('month', {times.day}) AS start, count(*) AS rows, count(*) FILTER ({learned}) AS new
                FROM pulled GROUP BY ALL
            ) GROUP BY ALL ORDER BY ALL""").fetchall()
    }


def _rows_of(months: list[str], day: str) -> str:
    """The rows of some months as one SELECT. As ranges of days, by which whole files are skipped."""
    ranges: list[list[dt.date]] = []
    for start in sorted(dt.date.fromisoformat(f"{month}-01") for month in months if _is_regular(month)):
        if ranges and ranges[-1][1] == start:
            ranges[-1][1] = _next(start)
        else:
            ranges.append([start, _next(start)])
    conditions = [f"{day} >= {_time(start)} AND {day} < {_time(stop)}" for start, stop in ranges]
    odd = ", ".join(literal(month) for month in months if not _is_regular(month))
    conditions += [f"{month_of(day)} IN ({odd})"] if odd else []
    return " UNION ALL ".join(f"SELECT * FROM pulled WHERE {each}" for each in conditions or ["false"])


def _is_regular(month: str) -> bool:
    """Is it a month of four-digit years? Others, and `NO_MONTH`, have no range of days that Python knows."""
    return month != NO_MONTH and len(month) == len("2025-01") and month < "9999-12"


def _next(start: dt.date) -> dt.date:
    return (start + dt.timedelta(days=31)).replace(day=1)


def _time(when: dt.date) -> str:
    return f"TIMESTAMP '{when.isoformat()}'"


def _made(connection: DuckDBPyConnection, path: Path, day: str) -> PulledMonth:
    # Python has no dates of other years.
    last = f"CAST(max({day}) FILTER ({day} >= TIMESTAMP '0001-01-01' AND {day} < TIMESTAMP '9999-12-01') AS DATE)"
    rows, until = connection.execute(f"SELECT count(*), {last} FROM read_parquet({literal(str(path))})").fetchall()[0]
    return PulledMonth(content=content(path), rows=rows, last=until)
