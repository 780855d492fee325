"""How good is the probability of each horizon of the ladder?"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.metrics import roc_auc_score

from churnrisk.evaluation.calibration import OF_AGREEMENT, agreement
from churnrisk.metrics.metric import Numbers


def by_horizon(
    labels: Mapping[int, Numbers], probabilities: Mapping[int, Numbers], account: npt.NDArray[Any]
) -> pd.DataFrame:
    """AUC and agreement of each horizon that has probabilities: `horizon_days`, `auc`, and what `agreement` gives.

    The labels and probabilities of a horizon are (rows,), a label NaN while it is not mature; such rows are left out,
    so that a longer horizon is judged on fewer and older dates. A horizon without a mature label has no row, and one
    with a single outcome no AUC.

    >>> who, labels = np.array(["a", "b", "c"]), {30: np.array([1.0, 0, 0]), 60: np.array([1.0, 0, np.nan])}
    >>> both = {30: np.array([0.5, 0.1, 0.3]), 60: np.array([0.6, 0.2, 0.4])}
    >>> by_horizon(labels, both, who)[["horizon_days", "auc", "rows", "mean_probability", "churn_rate"]]
       horizon_days  auc  rows  mean_probability  churn_rate
    0            30  1.0     3               0.3    0.333333
    1            60  1.0     2               0.4    0.500000
    """
    rows = []
    for horizon in sorted(set(labels) & set(probabilities)):
        mature = ~np.isnan(labels[horizon])
        if mature.any():
            label, probability = labels[horizon][mature], probabilities[horizon][mature]
            auc = float(roc_auc_score(label, probability)) if 0 < label.sum() < len(label) else np.nan
            rows.append({"horizon_days": horizon, "auc": auc, **agreement(label, probability, account[mature])})
    return pd.DataFrame(rows, columns=["horizon_days", "auc", *OF_AGREEMENT])
