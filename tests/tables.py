"""Tables as text: rows of a contract table, written the way a person would."""

from io import StringIO

import pandas as pd

from churnrisk.contract import TABLES
from churnrisk.contract.table import PANDAS_TYPES
from churnrisk.intake.faults import fill_known
from churnrisk.past.tables.ledger import Ledger


def rows(name: str, text: str) -> pd.DataFrame:
    """Rows of the contract table `name`: columns apart by spaces, `-` for nothing, the others as when they aren't
    given.
    """
    table = TABLES[name]
    given = pd.read_csv(StringIO(text), sep=r"\s+", dtype=str, na_values=["-"], keep_default_na=False)
    if table.key and table.key[0] not in given:
        given[table.key[0]] = [f"{name}-{number}" for number in range(len(given))]
    columns = {}
    for column in table.columns:
        kind, default = table.kind(column), table.columns[column].metadata["default"]
        values = given.get(column, pd.Series([None] * len(given)))
        values = values.fillna(str(default)) if default is not None else values
        columns[column] = _typed(values, kind)
    return fill_known(pd.DataFrame(columns), table)


def ledger(name: str, text: str) -> Ledger:
    """The same as a ledger."""
    return Ledger(rows(name, text), TABLES[name])


def _typed(values: "pd.Series[str]", kind: str) -> "pd.Series":
    if kind in ("flag", "answer"):
        known = values.where(~values.isin(["1.0", "0.0"]), values.map({"1.0": "true", "0.0": "false"}))
        return known.str.lower().eq("true").astype(PANDAS_TYPES[kind])
    if kind == "time":
        return pd.to_datetime(values, format="ISO8601").astype("datetime64[us]")
    return values.astype(PANDAS_TYPES[kind])
