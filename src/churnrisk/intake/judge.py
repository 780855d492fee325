"""Which rows are sound, and what is wrong with the others: one reason a row, the first that is found."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandera.pandas import Check

from churnrisk.contract import Table

Places = npt.NDArray[np.int64]


def empty_faults(rows: pd.DataFrame, table: Table) -> tuple[pd.DataFrame, Counter[str]]:
    """The rows with every value at fault emptied that need not set its row aside, and how often for which reason."""
    reasons = Counter(reason for each in rows["emptied"] if each for reason in each.split("; "))
    for name, column in table.columns.items():
        if not column.metadata["emptied"]:
            continue
        for check in column.checks:
            failing = _failing(check, rows[name])
            if len(failing):
                reasons[f"{name} {check.error}"] += len(failing)
                rows = rows.assign(**{name: rows[name].where(~rows.index.isin(failing))})
    return rows, reasons


def reasons(rows: pd.DataFrame, table: Table) -> "pd.Series[str]":
    """Why each row is refused; empty for a sound one.

    `rows` are as `read_typed` gives them, numbered from 0, with `fault` and, for tables other than `accounts`,
    `has_account`. In order: a value that isn't of its type, what the table's schema says, an account that isn't there,
    and a key that a sound row before has taken. A key may come again with another `known_at`: that row is a correction.
    """
    found = pd.Series(rows["fault"].fillna("").to_numpy(object), index=rows.index)
    for sentence, places in _broken(rows, table):
        found.iloc[places] = found.iloc[places].where(found.iloc[places] != "", sentence)
    if "has_account" in rows:
        found[(found == "") & ~rows["has_account"]] = "account_id is not in accounts"
    if table.key:
        # As given and as filled: two rows of one key without a date of knowing don't correct each other.
        for known_at in (rows["known_at"], rows["known_at"].fillna(rows[table.occurs])):
            sound = rows.assign(known_at=known_at).loc[found == "", [*table.key, "known_at"]]
            found[sound.index[sound.duplicated()]] = f"{', '.join(table.key)} is there already"
    return found


def _broken(rows: pd.DataFrame, table: Table) -> Iterator[tuple[str, Places]]:
    """Every rule of the table's schema in its own words, with the places of the rows that break it."""
    for name, column in table.columns.items():
        if not column.nullable:
            yield f"{name} is missing", np.flatnonzero(rows[name].isna())
        for check in column.checks:
            yield f"{name} {check.error}", _failing(check, rows[name])
    for rule in table.schema.checks:
        yield rule.error, _failing(rule, rows)


def _failing(check: Check, rows: "pd.DataFrame | pd.Series[Any]") -> Places:
    """The places at which a check fails; a missing value fails none."""
    # Asked one by one: a whole schema's report of many bad rows takes ten times the memory.
    passed = check(rows).check_output
    places: Places = passed.index[~passed].to_numpy(np.int64)
    return places


# Where a second date of knowing is not given, the fact was known when it happened.
_KNOWN_WHEN = {"end_known_at": "ended_on", "result_known_at": "reached_on"}


def fill_known(rows: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The rows with every date of knowing filled: with the date on which the fact happened.

    A row that was corrected before that was known before it was: just before the first of its key's versions that say
    when they became known. Or it would stand in the place of its own correction from that day on.

    >>> from churnrisk.contract import TABLES
    >>> rows = pd.DataFrame({"day": pd.to_datetime(["2025-03-10"]), "known_at": pd.to_datetime([None])})
    >>> str(fill_known(rows, TABLES["usage"]).known_at[0])
    '2025-03-10 00:00:00'
    """
    happened = {"known_at": table.occurs} | {k: v for k, v in _KNOWN_WHEN.items() if k in table.columns}
    filled = rows.assign(**{known: rows[known].fillna(rows[fact]) for known, fact in happened.items()})
    if not table.key or rows["known_at"].notna().all():
        return filled
    corrected = rows.groupby(list(table.key))["known_at"].transform("min") - pd.Timedelta(microseconds=1)
    first = rows["known_at"].isna() & (corrected < filled["known_at"])
    return filled.assign(known_at=filled["known_at"].mask(first, corrected))
