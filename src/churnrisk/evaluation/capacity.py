"""How good is a list as long as a team can work through? For the model and for each simple system."""

import numpy as np
import pandas as pd

from churnrisk.evaluation.order import baselines_of
from churnrisk.metrics.metric import Numbers
from churnrisk.metrics.ranking import Found, found, list_length

SHARES = (0.05, 0.1, 0.2)
"""Lists of so many of the accounts of their date, beside the list of the configured length."""

TIES = ("worst", "random", "best")
"""How the accounts of equal score at the border of a list are ordered."""

COLUMNS = ["list", "system", "ties", "listed", "churned", "found", "precision", "recall", "lift"]


def at_capacity(backtest: pd.DataFrame, length: int) -> pd.DataFrame:
    """A list of `length` accounts a date, and lists of `SHARES` of them, of each system of a backtest.

    Returns a row a list, system and order of ties: `listed` and `churned` count rows over all dates, `found` those that
    are both (a mean where ties are at random); `lift` is `found` over what lists drawn by lot find on the same dates.

    >>> dates = pd.to_datetime(["2025-01-06"] * 4)
    >>> rows = pd.DataFrame({"as_of": dates, "probability": [0.9, 0.5, 0.5, 0.1], "label": [1.0, 1, 0, 0]})
    >>> at_capacity(rows, length=2).head(3)[["list", "ties", "found", "precision", "recall", "lift"]]
             list    ties  found  precision  recall  lift
    0  2 accounts   worst    1.0       0.50    0.50   1.0
    1  2 accounts  random    1.5       0.75    0.75   1.5
    2  2 accounts    best    2.0       1.00    1.00   2.0
    """
    label = backtest["label"].to_numpy(float)
    systems = {"model": backtest["probability"].to_numpy(float), **baselines_of(backtest)}
    dates = [np.asarray(rows) for rows in backtest.groupby("as_of").indices.values()]
    lengths = {f"{length:,} accounts": [min(length, len(rows)) for rows in dates]}
    lengths |= {f"{share:.0%} of accounts": [list_length(share, len(rows)) for rows in dates] for share in SHARES}
    table = [
        {"list": name, "system": system, **figures}
        for name, takes in lengths.items()
        for system, score in systems.items()
        for figures in _by_ties([(label[rows], score[rows], take) for rows, take in zip(dates, takes, strict=True)])
    ]
    return pd.DataFrame(table, columns=COLUMNS)


def _by_ties(lists: list[tuple[Numbers, Numbers, int]]) -> list[dict[str, str | float]]:
    """Figures of one list a date (label, score, places), a row an order of ties."""
    each_found: list[Found] = [found(*each) for each in lists]
    listed, churned = sum(take for _, _, take in lists), float(sum(label.sum() for label, _, _ in lists))
    by_lot = sum(take * label.mean() for label, _, take in lists)
    rows: list[dict[str, str | float]] = []
    for ties in TIES:
        hits = float(sum(getattr(each, ties) for each in each_found))
        shares = {"precision": hits / listed, "recall": _over(hits, churned), "lift": _over(hits, by_lot)}
        rows.append({"ties": ties, "listed": listed, "churned": churned, "found": hits, **shares})
    return rows


def _over(part: float, whole: float) -> float:
    return part / whole if whole else np.nan
