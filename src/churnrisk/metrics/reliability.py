"""Do probabilities mean what they say? Predicted beside observed churn."""

import numpy as np
import pandas as pd

from churnrisk.metrics.metric import Numbers


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
