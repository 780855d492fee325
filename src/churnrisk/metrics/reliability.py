"""Do probabilities mean what they say? Predicted beside observed churn."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.metrics.metric import Numbers

BANDS = ((0, 2), (2, 5), (5, 10), (10, 20), (20, 30), (30, 50), (50, 70), (70, 100))
"""Percentages that are spoken of together: narrow where most accounts are, wide where few are."""

FEWEST_IN_A_BAND = 20
"""Accounts below which a band says nothing: of 20 accounts at 50%, 6 to 14 leave nineteen times in twenty."""


def left_by_band(label: Numbers, probability: Numbers, account: npt.NDArray[np.object_]) -> dict[str, float]:
    """The share that churned of the predictions in each band of `BANDS`, by its `band_name`; without bands of few
    accounts.

    >>> rows = np.arange(40)
    >>> left_by_band((rows % 4 == 0).astype(float), np.where(rows < 30, 0.25, 0.6), rows.astype(object))
    {'left_from_20_to_30': 0.266667}
    """
    found = {}
    for low, high in BANDS:
        # The last band has 100% too.
        own = (100 * probability >= low) & ((100 * probability < high) | (high == 100))
        if len(set(account[own])) >= FEWEST_IN_A_BAND:
            found[band_name(low, high)] = round(float(label[own].mean()), 6)
    return found


def band_name(low: int, high: int) -> str:
    """The name of a band's figure."""
    return f"left_from_{low}_to_{high}"


def reliability(label: Numbers, probability: Numbers, bins: int = 10) -> pd.DataFrame:
    """Predicted against observed churn in bins of equal count: `predicted`, `observed`, `rows`.

    >>> reliability(np.array([0.0, 0, 1, 1]), np.array([0.1, 0.2, 0.7, 0.8]), bins=2)
       predicted  observed  rows
    0       0.15       0.0     2
    1       0.75       1.0     2
    """
    order = np.argsort(probability, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return pd.DataFrame(
        {
            "predicted": [probability[part].mean() for part in parts],
            "observed": [label[part].mean() for part in parts],
            "rows": [len(part) for part in parts],
        }
    )


def expected_calibration_error(label: Numbers, probability: Numbers, bins: int = 10) -> float:
    """Mean distance between predicted and observed churn over bins of equal count.

    Bins of equal count, because churn is rare: bins of equal width would leave most rows in the first of them.
    """
    table = reliability(label, probability, bins)
    return float(np.average((table["predicted"] - table["observed"]).abs(), weights=table["rows"]))
