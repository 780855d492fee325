"""Which rows are sound, and what is wrong with each of the others: the first fault, in one sentence."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandera.pandas import Check

from churnrisk.contract import Table

NO_ACCOUNT = "account_id is not in accounts"

Positions = npt.NDArray[np.int64]


def empty_faults(rows: pd.DataFrame, table: Table) -> tuple[pd.DataFrame, Counter[str]]:
    """The rows with every value at fault emptied that need not set its row aside, and how often for which reason."""
    emptied = rows.loc[
        rows["emptied"] != "", "emptied"
    ]  # few rows are: to go through all in Python takes a third of the stage
    sentences = Counter(reason for each in emptied for reason in each.split("; "))
    for name, column in table.columns.items():
        if not column.metadata["emptied"]:
            continue
        for check in column.checks:
            failing = _failing(check, rows[name])
            if len(failing):
                sentences[f"{name} {check.error}"] += len(failing)
                rows = rows.assign(**{name: rows[name].where(~rows.index.isin(failing))})
    return rows, sentences


def faults(rows: pd.DataFrame, table: Table) -> "pd.Series[str]":
    """The first fault of each row, as a sentence; empty for a sound row.

    `rows` are as `read_typed` gives them, numbered from 0, with `fault` and, for tables other than `accounts`,
    `has_account`. Looked for in this order: a value that isn't of its type, a broken rule of the table's schema, an
    account that doesn't exist, and a key that an earlier sound row has. Keys come last, so that an unsound row takes
    no key from a sound one. A key may come again with another `known_at`: that row is a correction.
    """
    first = pd.Series(rows["fault"].fillna("").to_numpy(object), index=rows.index)
    for sentence, positions in _broken(rows, table):
        first.iloc[positions] = first.iloc[positions].where(first.iloc[positions] != "", sentence)
    if "has_account" in rows:
        first[(first == "") & ~rows["has_account"]] = NO_ACCOUNT
    if table.key:
        # `known_at` as given and as filled, because two rows of one key that both lack it don't correct each other.
        for known_at in (rows["known_at"], rows["known_at"].fillna(rows[table.occurs])):
            sound = rows.assign(known_at=known_at).loc[first == "", [*table.key, "known_at"]]
            first[sound.index[sound.duplicated()]] = f"{', '.join(table.key)} is there already"
    return first


def _broken(rows: pd.DataFrame, table: Table) -> Iterator[tuple[str, Positions]]:
    """Every rule of the table's schema in its own words, with the positions of the rows that break it."""
    for name, column in table.columns.items():
        if not column.nullable:
            yield f"{name} is missing", np.flatnonzero(rows[name].isna())
        for check in column.checks:
            yield f"{name} {check.error}", _failing(check, rows[name])
    for rule in table.schema.checks:
        yield rule.error, _failing(rule, rows)


def _failing(check: Check, rows: "pd.DataFrame | pd.Series[Any]") -> Positions:
    """The positions at which a check fails; a missing value fails none."""
    # One check at a time, because pandera's report on a whole schema takes ten times the memory where many rows fail.
    passed = check(rows).check_output
    positions: Positions = passed.index[~passed].to_numpy(np.int64)
    return positions


def fill_known(rows: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The rows with every empty `known_at` filled: the fact was known when it happened.

    Where its key has versions with a `known_at` that is earlier still, the row is dated a microsecond before the first
    of them. Otherwise it would count as the correction of its own correction.

    >>> from churnrisk.contract import TABLES
    >>> rows = pd.DataFrame({"day": pd.to_datetime(["2025-03-10"]), "known_at": pd.to_datetime([None])})
    >>> str(fill_known(rows, TABLES["usage"]).known_at[0])
    '2025-03-10 00:00:00'
    """
    filled = rows.assign(**{known: rows[known].fillna(rows[fact]) for known, fact in table.filled_by().items()})
    if not table.key or rows["known_at"].notna().all():
        return filled
    corrected = rows.groupby(list(table.key))["known_at"].transform("min") - pd.Timedelta(microseconds=1)
    first = rows["known_at"].isna() & (corrected < filled["known_at"])
    return filled.assign(known_at=filled["known_at"].mask(first, corrected))
