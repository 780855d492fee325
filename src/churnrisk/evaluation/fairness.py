"""Whom does the list name, and whom wrongly, by a column such as gender or region?"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from churnrisk.evaluation.order import ranks

NOT_GIVEN = "not given"

COLUMNS = ["column", "value", "rows", "churned", "listed", "share_listed", "precision", "recall", "false_positive_rate"]


def fairness(backtest: pd.DataFrame, words: Mapping[str, "pd.Series[str]"], length: int) -> pd.DataFrame:
    """Whom a list of the `length` highest probabilities of each date names, by the values of some columns.

    `words` has a value of every row of the backtest by the name of the column. Returns a row a column and value, with
    counts of rows over all dates: `share_listed` (of the rows), `precision` (churned of those listed), `recall` (listed
    of those that churned), `false_positive_rate` (listed of those that stayed); NaN where there is nobody to count.

    >>> rows = pd.DataFrame({"account_id": list("abcd"), "as_of": pd.Timestamp("2025-01-06"), "label": [1.0, 0, 1, 0]})
    >>> rows["probability"] = [0.9, 0.8, 0.2, 0.1]
    >>> made = fairness(rows, {"gender": pd.Series(["f", "m", "f", "m"])}, length=2).set_index("value")
    >>> made[["listed", "share_listed", "precision", "recall", "false_positive_rate"]].T
    value                  f    m
    listed               1.0  1.0
    share_listed         0.5  0.5
    precision            1.0  0.0
    recall               0.5  NaN
    false_positive_rate  NaN  0.5
    """
    label = backtest["label"].to_numpy() == 1
    listed = (ranks(backtest) < length).to_numpy()
    counted = pd.DataFrame({"rows": 1, "churned": label, "listed": listed, "hits": label & listed}).astype(int)
    tables = [
        counted.groupby(values.fillna(NOT_GIVEN).to_numpy())
        .sum()
        .rename_axis("value")
        .reset_index()
        .assign(column=name)
        for name, values in words.items()
    ]
    if not tables:
        return pd.DataFrame(columns=COLUMNS)
    made = pd.concat(tables, ignore_index=True)
    stayed, misses = made["rows"] - made["churned"], made["listed"] - made["hits"]
    return made.assign(
        share_listed=made["listed"] / made["rows"],
        precision=made["hits"] / made["listed"].replace(0, np.nan),
        recall=made["hits"] / made["churned"].replace(0, np.nan),
        false_positive_rate=misses / stayed.replace(0, np.nan),
    )[COLUMNS]
