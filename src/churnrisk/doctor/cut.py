"""Is the future in the features? They are computed again from tables that end at the date, and compared."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import Day, day
from churnrisk.contract import TABLES, Table
from churnrisk.doctor.finding import Finding
from churnrisk.features.compute import compute_all
from churnrisk.features.peers import beside
from churnrisk.features.registry import Feature, needs_of
from churnrisk.past.company import Company
from churnrisk.past.past import Block
from churnrisk.rollup.schema import FILES as ROLLUPS
from churnrisk.store.columns import KEYS
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import read_table, write_table


@dataclass(frozen=True)
class Recipe:
    """How the pipeline makes features: from which `company`, which `features` are on, and with which `configured`
    values.

    `usual` is what is usual among peers (see `features.peers`): a mean of features, so it leaks only where one of them
    does.
    """

    company: Company
    features: Sequence[Feature]
    configured: Mapping[str, Any]
    usual: pd.DataFrame

    def compute(self, company: Company, snapshots: pd.DataFrame) -> pd.DataFrame:
        """Features of `snapshots`, in order of date and account."""
        own, compared = [each for each in self.features if not each.base], [e for e in self.features if e.base]
        rows = compute_all(own, Block.read(company, snapshots, needs_of(own)), self.configured)
        return rows.join(beside(compared, rows, self.usual)) if compared else rows


def cut_table(rows: pd.DataFrame, table: Table, as_of: Day) -> pd.DataFrame:
    """The part of a table that was known before `as_of`: later rows are dropped, later values and their dates emptied.

    This repeats on purpose what `churnrisk.past` does, in other code: a check that used the past's own cut would share
    its mistakes.

    >>> rows = TABLES["tickets"].empty().reindex([0, 1])
    >>> rows["known_at"] = rows["opened_at"] = pd.to_datetime(["2025-03-01", "2025-03-12"])
    >>> rows["closed_at"] = pd.Timestamp("2025-03-20")
    >>> cut_table(rows, TABLES["tickets"], Day("2025-03-10"))["closed_at"].tolist()
    [NaT]
    """
    known = rows[rows["known_at"] < as_of].reset_index(drop=True)
    later = table.known_by()
    unknown = {by: ~(known[by] < as_of) for by in set(later.values())}
    emptied = {name: known[name].mask(unknown[by]) for name, by in (later | {by: by for by in unknown}).items()}
    return known.assign(**emptied)


def cut_usage(rows: pd.DataFrame, settle_days: int, as_of: Day) -> pd.DataFrame:
    """The part of a rollup of usage that was known, and settled, before `as_of`."""
    settled = rows["day"] + pd.Timedelta(days=settle_days) < as_of
    return rows[settled & (rows["known_on"] < as_of)].reset_index(drop=True)


def cut_off(recipe: Recipe, snapshots: pd.DataFrame, written: pd.DataFrame) -> list[Finding]:
    """Features of `snapshots` that differ from `written` when they are made from tables that end at their date.

    `snapshots` has `account_id`, `as_of`, `spell_started_on` of some accounts and dates; `written` their features. A
    feature that does not come out again from the whole tables either is reported apart: then files and code are not of
    one run.
    """
    try:
        changed = _changed(recipe, snapshots, written)
    except OSError as error:
        return [_beside(error)]
    if not changed:
        return []
    stale = _differences(recipe.compute(recipe.company, snapshots), written)
    return [*_leaks(changed, stale, len(snapshots)), *_stale(stale)]


def _changed(recipe: Recipe, snapshots: pd.DataFrame, written: pd.DataFrame) -> "dict[str, _Difference]":
    changed: dict[str, _Difference] = {}
    with _shadow(recipe.company, snapshots["account_id"].unique()) as ending_at:
        for as_of, rows in snapshots.groupby("as_of", sort=True):
            again = recipe.compute(ending_at(day(as_of)), rows)
            for name, each in _differences(again, written).items():
                changed[name] = each.and_before(changed.get(name))
    return changed


@dataclass(frozen=True)
class _Difference:
    """Where a feature came out otherwise: in how many rows, and the first of them."""

    rows: int
    account: str
    as_of: Day
    written: Any
    again: Any

    def and_before(self, earlier: "_Difference | None") -> "_Difference":
        return self if earlier is None else replace(earlier, rows=earlier.rows + self.rows)


def _differences(again: pd.DataFrame, written: pd.DataFrame) -> dict[str, _Difference]:
    """Features that are not bit for bit the same, in the rows of `again`."""
    was = again[KEYS].merge(written, how="left", on=KEYS)
    missing = pd.Series(np.nan, index=was.index)
    differences = {}
    for name in (str(each) for each in again if each not in KEYS):
        old = was.get(name, missing)
        other = np.flatnonzero(~_same(old, again[name]))
        if len(other):
            first = other[0]
            differences[name] = _Difference(
                rows=len(other),
                account=str(was["account_id"].iloc[first]),
                as_of=day(was["as_of"].iloc[first]),
                written=old.iloc[first],
                again=again[name].iloc[first],
            )
    return differences


def _same(one: "pd.Series[Any]", other: "pd.Series[Any]") -> npt.NDArray[np.bool_]:
    equal = (one == other) | (one.isna() & other.isna())
    return np.asarray(equal.fillna(False), bool)


def _leaks(changed: dict[str, _Difference], stale: dict[str, _Difference], rows: int) -> list[Finding]:
    return [
        Finding(
            evidence=f"{name} changes in {each.rows:,} of {rows:,} rows when the tables end at the date: account"
            f" {each.account} on {each.as_of} has {_word(each.written)}, and what was known then gives"
            f" {_word(each.again)}",
            where="data/features",
            fix="make it of the views that a feature is handed, which end at the date; it has seen what came later",
            feature=name,
        )
        for name, each in changed.items()
        if name not in stale
    ]


def _beside(error: OSError) -> Finding:
    return Finding(
        evidence=f"features can't be made of tables that end at the date: one reads {error.filename or error}",
        where="data/features",
        fix="make it of the views that a feature is handed; a file beside them has no date at which it ends",
    )


def _stale(stale: dict[str, _Difference]) -> list[Finding]:
    if not stale:
        return []
    name, each = next(iter(stale.items()))
    return [
        Finding(
            evidence=f"{len(stale)} features don't come out again as they were written, not even from all of the"
            f" tables; such as {name} of account {each.account} on {each.as_of}: {_word(each.written)}, now"
            f" {_word(each.again)}",
            where="data/features",
            fix="features, tables and code are not of one run: run `dvc repro`, then `churnrisk doctor` again",
        )
    ]


def _word(value: Any) -> str:
    if pd.isna(value):
        return "no value"
    return value if isinstance(value, str) else f"{value:.6g}"


@contextlib.contextmanager
def _shadow(company: Company, accounts: npt.NDArray[Any]) -> Iterator[Callable[[Day], Company]]:
    """A workspace beside, and the company in it: some accounts, as they were known before a date.

    It is made of files, because features read files: a company in memory would not show what one of them reads beside
    its views.
    """
    tables = {name: rows[rows["account_id"].isin(accounts)] for name, rows in company.tables.items()}
    members = [("account_id", "in", list(accounts))]
    usage = {name: read_table(company.usage / name, filters=members) for name in ROLLUPS}
    with tempfile.TemporaryDirectory(prefix="churnrisk-doctor-") as folder:
        shadow = Workspace(Path(folder))

        def ending_at(as_of: Day) -> Company:
            known = {name: cut_table(rows, TABLES[name], as_of) for name, rows in tables.items()}
            for name, rows in known.items():
                write_table(rows, shadow.tables / f"{name}.parquet")
            for name, rows in usage.items():
                write_table(cut_usage(rows, company.settle_days, as_of), shadow.usage / name / "cut.parquet")
            return replace(company, usage=shadow.usage, tables=known)

        # A feature that reads files of its own, by names such as data/tables/..., finds those of the date there too.
        with contextlib.chdir(folder):
            yield ending_at
