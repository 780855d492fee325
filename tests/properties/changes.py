"""What may become of a company without changing its past: more rows, values that are learned, another order."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from churnrisk.contract import TABLES, Table

from .company import Company, table
from .strategies import OF_THE_SOURCE, OWN, STEADY, accounts, facts

NEW = "account-new"


@st.composite
def more_rows(draw: st.DrawFn) -> dict[str, pd.DataFrame]:
    """Rows of every table, of accounts that are there and of a new one."""
    of = draw(accounts)
    tables = {name: table(name, draw(facts(name, [*of, STEADY, NEW], key="more-"))) for name in OF_THE_SOURCE}
    return tables | {"accounts": table("accounts", draw(facts("accounts", [NEW])))}


def happening_from(day: pd.Timestamp, more: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The rows, moved to the day where they happened before it, and known no sooner."""

    def later(rows: pd.DataFrame, occurs: str) -> pd.DataFrame:
        wait = (day - rows[occurs]).clip(lower=pd.Timedelta(0))
        return rows.assign(**{column: rows[column] + wait for column in rows.select_dtypes("datetime")})

    return known_from(day, {name: later(rows, TABLES[name].occurs) for name, rows in more.items()})


def known_from(day: pd.Timestamp, more: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The rows as they are, but known on the day at the earliest."""
    return {name: rows.assign(known_at=rows["known_at"].clip(lower=day)) for name, rows in more.items()}


def corrected_from(day: pd.Timestamp, company: Company, wait: pd.Timedelta) -> dict[str, pd.DataFrame]:
    """Each row of the company anew, with other dates and values, known on the day at the earliest."""

    def other(rows: pd.DataFrame, declared: Table) -> pd.DataFrame:
        if not declared.key:
            return rows.iloc[:0]
        times, numbers = rows.select_dtypes("datetime"), rows.select_dtypes("number")
        newest = rows.groupby(list(declared.key))["known_at"].transform("max")
        known = (newest + pd.Timedelta(days=1)).clip(lower=day)
        moved = {name: rows[name] + wait for name in times}
        changed = rows.assign(**moved, **dict.fromkeys(numbers, 1.0))
        return changed.assign(known_at=known).drop_duplicates(list(declared.key))

    return {name: other(rows, TABLES[name]) for name, rows in company.tables.items()}


def learning_from(day: pd.Timestamp, company: Company, wait: pd.Timedelta) -> Company:
    """Every value that is not known before the day (an end, a payment, an answer) becomes another one, or is there."""
    tables = {name: _learned(rows, TABLES[name], day, wait) for name, rows in company.tables.items()}
    return replace(company, tables=tables)


def _learned(rows: pd.DataFrame, declared: Table, day: pd.Timestamp, wait: pd.Timedelta) -> pd.DataFrame:
    changed = rows.copy()
    for column, by in declared.known_by().items():
        open_ = ~(rows[by] < day)
        backdated = (rows[declared.occurs] + pd.Timedelta(days=1)).clip(lower=day - wait)
        other = {"time": backdated, "number": 1.0, "text": "other"}[declared.kind(column)]
        changed[column] = rows[column].where(~open_, other if column != by else day + wait)
        changed[by] = rows[by].where(~open_, day + wait)
    return changed


def cut_off(company: Company, day: pd.Timestamp) -> Company:
    """What the company knew when the day began."""

    def known(rows: pd.DataFrame, declared: Table) -> pd.DataFrame:
        seen = rows[rows["known_at"] < day].copy()
        for column, by in declared.known_by().items():
            seen[column] = seen[column].where(rows[by] < day)
        times = set(declared.known_by().values())
        return seen.assign(**{by: seen[by].where(rows[by] < day) for by in times})

    return replace(company, tables={name: known(rows, TABLES[name]) for name, rows in company.tables.items()})


def known_at_once(company: Company) -> Company:
    """The same company, where nothing is corrected, and everything is known when it happens."""

    def prompt(rows: pd.DataFrame, declared: Table) -> pd.DataFrame:
        last = rows.sort_values("known_at").drop_duplicates(list(declared.key), keep="last") if declared.key else rows
        ends = {"end_known_at": last["ended_on"]} if declared.name == "subscriptions" else {}
        return last.assign(known_at=last[declared.occurs], **ends)

    return replace(company, tables={name: prompt(rows, TABLES[name]) for name, rows in company.tables.items()})


def shuffled(company: Company, seed: int) -> Company:
    """The same rows in another order."""
    random = np.random.default_rng(seed)
    return replace(company, tables={n: rows.iloc[random.permutation(len(rows))] for n, rows in company.tables.items()})


def left_with(company: Company, some: Collection[str]) -> Company:
    """Only some accounts, and those that keep the feeds alive."""
    stay = {*some, STEADY, OWN}
    return replace(company, tables={n: rows[rows["account_id"].isin(stay)] for n, rows in company.tables.items()})


def without_terms(company: Company) -> Company:
    """No subscription renews by the calendar, whose months differ in length."""
    subscriptions = company.tables["subscriptions"].assign(term_months=np.nan)
    return replace(company, tables={**company.tables, "subscriptions": subscriptions})
