"""What the book costs for 200,000 accounts and five years, on one core, beside DuckDB.

The whole book is made, without its page: reading the tables, every figure of every period and segment, cohorts, months
as they were known, lifetime values, the forecast, and what became of those that were published in two years.
`first_book_seconds` is that of a company that has published none, where forecasts of past dates are made afterwards.
`duckdb_seconds` is one statement, on one thread, for the
movements and customers of the same periods and segments alone; both must give the same whole numbers.
"""

import json
import os
import tempfile
from pathlib import Path
from statistics import median

import duckdb
import numpy as np
import pandas as pd

from benchmarks.measured import Cost, measured
from churnrisk.book.calendar import Calendar
from churnrisk.book.compose import compose
from churnrisk.book.customers import members
from churnrisk.book.gather import gather
from churnrisk.book.outlooks import archived
from churnrisk.book.totals import add_up
from churnrisk.clock import Day, as_date, day
from churnrisk.contract import TABLES
from churnrisk.contract.table import PANDAS_TYPES
from churnrisk.params import Params, load
from churnrisk.store.archive import Archive
from churnrisk.store.catalogue.book import ARCHIVED_FORECASTS, Outlook
from churnrisk.store.catalogue.conform import TABLE
from churnrisk.store.catalogue.evaluate import BACKTEST
from churnrisk.store.catalogue.score import SCORES
from churnrisk.store.workspace import Workspace

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "book.json"
ACCOUNTS, MONTHS = 200_000, 60
AS_OF = day("2025-12-29")
FIRST = day("2020-12-01")
REPEATS = 3


def main() -> None:
    """Measure, print one JSON object and write it."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        write(workspace, ACCOUNTS)
        first = [measured(book, workspace) for _ in range(REPEATS)]
        publish(workspace)
        costs = [measured(book, workspace) for _ in range(REPEATS)]
        sql = [measured(by_duckdb, workspace) for _ in range(REPEATS)]
        same = movements(workspace).equals(by_duckdb(workspace))
    assert same, "DuckDB gives other movements"
    result = {
        "seconds_200k": _seconds(costs),
        "first_book_seconds": _seconds(first),
        "peak_memory_gb": round(max(each.peak_gb for each in costs), 3),
        "duckdb_seconds": _seconds(sql),
        "duckdb_peak_memory_gb": round(max(each.peak_gb for each in sql), 3),
        "accounts": ACCOUNTS,
        "months": MONTHS,
        "repeats": REPEATS,
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result))  # noqa: T201


def _seconds(costs: list[Cost]) -> float:
    """Of processor, which on one core is what the clock would show if nothing else ran on it."""
    return round(median(each.cpu_seconds for each in costs), 2)


def publish(workspace: Workspace) -> None:
    """Two years of weekly forecasts in the archive, as a company has that has run so long."""
    for as_of in AS_OF - 7 * np.arange(104, 0, -1):
        outlooks = [
            Outlook(
                as_of=as_date(as_of),
                until=as_date(as_of + 91 * quarters),
                quarters=quarters,
                renewal_month=None,
                customers=1,
                mrr=1.0,
                **dict.fromkeys(("grr", "grr_low", "grr_high", "nrr", "nrr_low", "nrr_high"), 0.9),
                actual_grr=None,
                actual_nrr=None,
                kept=True,
            )
            for quarters in (1, 2)
        ]
        Archive(workspace, ARCHIVED_FORECASTS).append(archived(outlooks, "made-up"), as_of=as_of, lineage="made-up")


def book(workspace: Workspace) -> None:
    """The whole book, on one core."""
    _one_core()
    compose(gather(workspace, _params(), AS_OF))


def _one_core() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def _params() -> Params:
    return load(ROOT / "params.yaml")


def write(workspace: Workspace, accounts: int) -> None:
    """Tables and scores of a made-up company whose accounts began over five years."""
    rng = np.random.default_rng(7)
    ids = np.array([f"account-{number:07d}" for number in range(accounts)], object)
    began = FIRST + rng.integers(0, 365 * 5, accounts)
    _table(
        workspace,
        "accounts",
        account_id=ids,
        created_on=began,
        segment=rng.choice(["SMB", "Mid-market", "Enterprise"], accounts),
        owner=rng.choice([f"owner {number}" for number in range(40)], accounts),
    )
    sold = _sold(rng, ids, began)
    _table(workspace, "subscriptions", **sold)
    _asked(workspace, rng, ids, began)
    _scored(workspace, rng, ids)


def _sold(rng: np.random.Generator, ids: np.ndarray, began: np.ndarray) -> dict[str, np.ndarray]:
    """About three subscriptions an account, one after the other, with a gap now and then; most of the last ones run."""
    parts, start = [], began.copy()
    for step in range(4):
        alive = rng.random(len(ids)) < 0.9 - 0.12 * step
        end = start + rng.integers(30, 700, len(ids))
        known = end + rng.integers(-30, 10, len(ids))
        ends = (end < AS_OF) & (rng.random(len(ids)) < 0.8)
        rows = np.flatnonzero(alive & (start < AS_OF))
        parts.append(
            pd.DataFrame(
                {
                    "account_id": ids[rows],
                    "started_on": start[rows],
                    "ended_on": np.where(ends, end, np.datetime64("NaT"))[rows],
                    "end_known_at": np.where(ends, known, np.datetime64("NaT"))[rows],
                    "known_at": (start + rng.integers(0, 5, len(ids)))[rows],
                    "mrr": np.round(rng.lognormal(5, 1, len(rows)), 2),
                    "term_months": rng.choice([1.0, 12.0], len(rows)),
                }
            )
        )
        start = np.where(ends, end, day("2100-01-01")) + np.where(rng.random(len(ids)) < 0.1, 60, 0)
    rows = pd.concat(parts, ignore_index=True)
    rows["subscription_id"] = [f"subscription-{number:07d}" for number in range(len(rows))]
    return {str(name): rows[name].to_numpy() for name in rows}


def _asked(workspace: Workspace, rng: np.random.Generator, ids: np.ndarray, began: np.ndarray) -> None:
    """Two surveys a year, and an invoice a quarter."""
    who = np.repeat(np.arange(len(ids)), 6)
    sent = began[who] + rng.integers(30, 1500, len(who))
    kept = sent < AS_OF
    who, sent = who[kept], sent[kept]
    answered = np.where(rng.random(len(who)) < 0.4, sent + 3, np.datetime64("NaT"))
    score = np.where(np.isnat(answered), np.nan, rng.integers(0, 11, len(who)))
    keys = np.array([f"{number:08d}" for number in range(len(who))], object)
    _table(workspace, "surveys", survey_id=keys, account_id=ids[who], sent_on=sent, answered_on=answered, score=score)


def _scored(workspace: Workspace, rng: np.random.Generator, ids: np.ndarray) -> None:
    def of(as_of: Day) -> pd.DataFrame:
        probability = rng.beta(1, 12, len(ids))
        rows = pd.DataFrame({"account_id": pd.array(ids, "str"), "as_of": pd.Timestamp(as_of)})
        rows["as_of"] = rows["as_of"].astype("datetime64[us]")
        rows["horizon_days"] = 90
        return rows.assign(
            probability=probability, **{f"probability_{days}d": probability for days in (30, 60, 90, 120)}
        )

    SCORES.write(of(AS_OF).assign(raw_score=0.0, base_value=0.0), workspace, as_of=AS_OF)
    dates = AS_OF - 7 * np.arange(28, 15, -1)
    past = pd.concat([of(each).assign(label=0.0, offset=0.0) for each in dates], ignore_index=True)
    BACKTEST.write(past, workspace)


def _table(workspace: Workspace, name: str, **columns: np.ndarray) -> None:
    """A contract table, with what is not given empty or at its default."""
    table, n = TABLES[name], len(next(iter(columns.values())))
    rows = {}
    for column in table.columns:
        kind, default = table.kind(column), table.columns[column].metadata["default"]
        values = columns.get(column)
        if values is None and column == "known_at":
            values = columns[table.occurs]
        rows[column] = pd.Series([default] * n if values is None else values, dtype=PANDAS_TYPES[kind])
    TABLE[name].write(pd.DataFrame(rows), workspace)


def movements(workspace: Workspace) -> pd.DataFrame:
    """Customers and MRR by period and segment, from the book's own totals."""
    inputs = gather(workspace, _params(), AS_OF)
    calendar = Calendar.of(inputs.first_day(), AS_OF)
    who = members(inputs.require("accounts", AS_OF))
    customers = inputs.customers(who, calendar.boundaries, AS_OF)
    totals = add_up(customers, calendar.periods())
    names = ["opening", "churned", "closing", "opening_mrr", "expansion", "contraction", "churned_mrr", "closing_mrr"]
    keys = pd.MultiIndex.from_product([range(len(totals.opening)), customers.parts])
    return pd.DataFrame({name: getattr(totals, name).ravel() for name in names}, index=keys)


def by_duckdb(workspace: Workspace) -> pd.DataFrame:
    """The same by one statement, on one thread."""
    _one_core()
    inputs_first = day(pd.read_parquet(TABLE["subscriptions"].at(workspace), columns=["started_on"]).min().iloc[0])
    calendar = Calendar.of(inputs_first, AS_OF)
    dates = pd.DataFrame({"step": range(len(calendar.boundaries)), "day": calendar.boundaries.astype("M8[us]")})
    periods = pd.DataFrame([(at, each.start, each.stop) for at, each in enumerate(calendar.periods())])
    periods.columns = pd.Index(["period", "start", "stop"])
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("SET enable_progress_bar = false")
        for name, rows in (("dates", dates), ("periods", periods)):
            connection.register(name, rows)
        for name in ("accounts", "subscriptions"):
            connection.execute(f"CREATE VIEW {name} AS FROM read_parquet('{TABLE[name].at(workspace)}')")
        rows = connection.execute(_STATEMENT, {"known": str(AS_OF)}).df()
    return rows.set_index(["period", "segment"]).rename_axis([None, None]).astype("int64")


_STATEMENT = """
WITH sold AS (
    SELECT account_id, started_on, CAST(round(coalesce(mrr, 0) * 10000) AS BIGINT) AS mrr,
        coalesce(CASE WHEN end_known_at < $known::TIMESTAMP THEN ended_on END, TIMESTAMP '2262-01-01') AS ends
    FROM subscriptions WHERE known_at < $known::TIMESTAMP
),
level AS (
    SELECT account_id, segment, step, sum(mrr) AS mrr
    FROM sold JOIN accounts USING (account_id) JOIN dates ON started_on < day AND ends >= day
    GROUP BY ALL
),
opened AS (SELECT period, start, stop, level.* FROM periods JOIN level ON step = start),
closed AS (SELECT period, start, stop, level.* FROM periods JOIN level ON step = stop),
both_ends AS (
    SELECT coalesce(o.period, c.period) AS period, coalesce(o.segment, c.segment) AS segment,
        o.mrr AS pays, c.mrr AS will_pay
    FROM opened o FULL JOIN closed c USING (period, account_id)
)
SELECT period, segment,
    count(pays) AS opening,
    count(*) FILTER (will_pay IS NULL) AS churned,
    count(will_pay) AS closing,
    coalesce(sum(pays), 0) AS opening_mrr,
    coalesce(sum(greatest(will_pay - pays, 0)) FILTER (pays IS NOT NULL AND will_pay IS NOT NULL), 0) AS expansion,
    coalesce(sum(greatest(pays - will_pay, 0)) FILTER (pays IS NOT NULL AND will_pay IS NOT NULL), 0) AS contraction,
    coalesce(sum(pays) FILTER (will_pay IS NULL), 0) AS churned_mrr,
    coalesce(sum(will_pay), 0) AS closing_mrr
FROM both_ends GROUP BY ALL ORDER BY period, segment
"""


if __name__ == "__main__":
    main()
