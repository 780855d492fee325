"""A random company on which the stages run: all that the properties know of what stages read and write."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from churnrisk.contract import TABLES, Table
from churnrisk.contract.table import PANDAS_TYPES
from churnrisk.intake.faults import fill_known
from churnrisk.params import Params
from churnrisk.store.blocks import read_features
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import write_table

from ..company import root_params, run

ORIGIN = pd.Timestamp("2025-01-06")
"""Day 0; days are counted from it, also as halves."""

STAGES = ("rollup", "snapshot", "label", "featurize")
TO_LABELS = STAGES[:3]

Records = list[dict[str, Any]]


@dataclass(frozen=True)
class Company:
    """Contract tables, in their declared types, and the settings of the stages."""

    tables: Mapping[str, pd.DataFrame]
    params: Params

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """How hypothesis shows it: short enough to be read, without the accounts that keep the feeds alive."""
        settings = "\n".join(f"{name}: {getattr(self.params, name)}" for name in ("clock", "churn", "cohort"))
        printer.text("\n\n".join([settings, *(f"{name}\n{_words(rows)}" for name, rows in self.tables.items())]))

    @property
    def dates(self) -> list[pd.Timestamp]:
        """All dates on which snapshots are taken, first to last."""
        clock = self.params.clock
        return list(pd.date_range(clock.first_as_of, clock.as_of, freq=f"{7 * clock.grid_every_weeks}D", unit="us"))

    def with_settings(self, **sections: Mapping[str, Any]) -> "Company":
        """The same company with other params."""
        content = self.params.model_dump()
        for section, changes in sections.items():
            content[section] = content[section] | dict(changes)
        return replace(self, params=Params.model_validate(content))

    def plus(self, more: Mapping[str, pd.DataFrame]) -> "Company":
        """The same company with more rows."""
        added = {name: pd.concat([rows, more[name]], ignore_index=True) for name, rows in self.tables.items()}
        return replace(self, tables=added)


@dataclass(frozen=True)
class Outcome:
    """What the stages wrote, in order of date and account.

    `watched` and `left_out` are the cohort; the labels are there for the watched alone, by horizon.
    """

    watched: pd.DataFrame
    left_out: pd.DataFrame
    labels: pd.DataFrame
    features: pd.DataFrame

    def of(self, accounts: list[str]) -> "Outcome":
        """Only some accounts."""
        return self._where(lambda rows: rows["account_id"].isin(accounts))

    def on(self, dates: list[pd.Timestamp]) -> "Outcome":
        """Only some dates."""
        return self._where(lambda rows: rows["as_of"].isin(dates))

    def known_by(self, day: pd.Timestamp) -> "Outcome":
        """Dates up to a day, and labels that are mature on it."""
        until = self._where(lambda rows: rows["as_of"] <= day)
        return replace(until, labels=_in_order(until.labels[until.labels["matures_on"] <= day]))

    def sooner(self, days: int) -> "Outcome":
        """Every date moved back by so many days."""
        frames = vars(self).items()
        return Outcome(**{name: _in_order(_moved(rows, -pd.Timedelta(days=days))) for name, rows in frames})

    def _where(self, holds: Any) -> "Outcome":
        return Outcome(**{name: _in_order(rows[holds(rows)]) for name, rows in vars(self).items()})


def outcome(company: Company, stages: tuple[str, ...] = STAGES) -> Outcome:
    """Run stages from the conformed tables on, in a folder of their own; there are no features without `featurize`."""
    with TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        _write(company, workspace)
        run(workspace, *stages, settings=company.params)
        return Outcome(
            watched=_read(workspace.snapshots / "snapshots.parquet"),
            left_out=_read(workspace.snapshots / "left_out.parquet"),
            labels=_read(workspace.labels / "labels.parquet"),
            features=_features(workspace),
        )


def assert_same(found: Outcome, expected: Outcome, peers: bool = True) -> None:
    """Bit by bit, but for features that one of them does without, as nothing fills their columns.

    Without `peers`, comparisons with other accounts aren't held against each other either.
    """
    both = [each for each in expected.features if each in found.features]
    compared = both if peers else [each for each in both if not each.endswith("_against_peers")]
    for name, rows in vars(expected).items():
        columns = compared if name == "features" else list(rows)
        pd.testing.assert_frame_equal(vars(found)[name][columns], rows[columns], check_exact=True, obj=name)


def table(name: str, records: Records) -> pd.DataFrame:
    """Rows of a contract table in its declared types, dates of knowing filled; a time is a day counted from ORIGIN."""
    declared = TABLES[name]
    given = pd.DataFrame(records, dtype=object)
    columns = {column: _typed(given.get(column), len(given), declared, column) for column in declared.columns}
    return fill_known(pd.DataFrame(columns), declared)


def params(clock: Mapping[str, Any], churn: Mapping[str, Any], cohort: Mapping[str, Any]) -> Params:
    """The repository's own params but for the calendar, the label and the cohort; times are days from ORIGIN."""
    content = root_params()
    days = {name: (ORIGIN + pd.Timedelta(days=clock[name])).date() for name in ("first_as_of", "as_of", "usage_from")}
    content["clock"] = content["clock"] | dict(clock) | days
    content["churn"] = dict(churn)
    content["cohort"] = content["cohort"] | dict(cohort)
    content["features"] = content["features"] | {"key_events": ["login"], "block_accounts": 4096, "workers": 1}
    # Its tables rarely fill a column of words, and a slice of one that is off is refused.
    content["evaluate"] = content["evaluate"] | {"slices": []}
    return Params.model_validate(content)


def moved(company: Company, days: int) -> Company:
    """The same company, with everything that ever happens so many days later."""
    clock, by = company.params.clock, pd.Timedelta(days=days)
    tables = {name: _moved(rows, by) for name, rows in company.tables.items()}
    dates = ("first_as_of", "as_of", "usage_from")
    return replace(company, tables=tables).with_settings(clock={name: getattr(clock, name) + by for name in dates})


def _words(rows: pd.DataFrame) -> str:
    random = rows[rows["account_id"].str.startswith("account")].dropna(axis="columns", how="all")
    return random.to_string(index=False) if len(random) else "no rows"


def _typed(values: "pd.Series | None", n: int, declared: Table, column: str) -> "pd.Series":
    kind, default = declared.kind(column), declared.columns[column].metadata["default"]
    values = pd.Series([None] * n, dtype=object) if values is None else values
    if default is not None:
        values = values.where(values.notna(), default)
    if kind == "time":
        return (ORIGIN + pd.to_timedelta(values.astype(float), unit="D")).astype(PANDAS_TYPES["time"])
    return values.astype(PANDAS_TYPES[kind])


def _moved(rows: pd.DataFrame, by: pd.Timedelta) -> pd.DataFrame:
    times = rows.select_dtypes("datetime").columns
    return rows.assign(**{column: rows[column] + by for column in times})


def _write(company: Company, workspace: Workspace) -> None:
    """The tables as `conform` leaves them."""
    for name, rows in company.tables.items():
        if name == "usage":
            for month, part in rows.groupby(rows["day"].dt.strftime("%Y-%m")):
                write_table(part, workspace.tables / "usage" / f"{month}.parquet")
        else:
            write_table(rows, workspace.tables / f"{name}.parquet")


def _read(file: Path) -> pd.DataFrame:
    return _in_order(pd.read_parquet(file))


def _features(workspace: Workspace) -> pd.DataFrame:
    none = pd.DataFrame({"account_id": [], "as_of": []}).astype({"account_id": "str", "as_of": "datetime64[us]"})
    return _in_order(read_features(workspace)) if workspace.features.exists() else none


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    order = [name for name in ("as_of", "account_id", "horizon_days") if name in rows]
    return rows.sort_values(order, ignore_index=True)
