"""What a company knows of its whole life by the end of some week."""

import numpy as np
import pandas as pd

from churnrisk.contract.table import Table


def known_before(table: Table, rows: pd.DataFrame, end: np.datetime64) -> pd.DataFrame:
    """The rows of a contract table that are known before `end`; what becomes known of them later is empty.

    The contract says of each column by when it is known, so a table or column that is added to it is cut too.

    >>> from churnrisk.contract import TABLES
    >>> moments = {name: pd.to_datetime(["2025-03-01", "2025-03-04"]) for name in ("opened_at", "closed_at")}
    >>> rows = pd.DataFrame({"ticket_id": ["a", "b"], **moments, "known_at": pd.NaT})
    >>> known_before(TABLES["tickets"], rows.assign(closed_at=moments["closed_at"] + pd.Timedelta(days=2)),
    ...              np.datetime64("2025-03-03"))[["ticket_id", "closed_at"]].values.tolist()
    [['a', NaT]]
    """
    filled = table.filled_by()
    moments = sorted({"known_at", *table.known_by().values()} & set(rows))
    later = {
        name: ~(rows[name].fillna(rows[filled[name]]) < end if name in filled else rows[name] < end) for name in moments
    }
    emptied = {name: rows[name].mask(later[by]) for name, by in table.known_by().items() if name in rows}
    emptied |= {by: rows[by].mask(later[by]) for by in set(table.known_by().values()) & set(rows)}
    kept: pd.DataFrame = rows.assign(**emptied)[~later["known_at"]].reset_index(drop=True)
    return kept
