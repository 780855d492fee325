"""What a list should turn out to be, before its labels are known, as far as its probabilities can be believed."""

import numpy as np
import pandas as pd

from churnrisk.model.bundle import Figures
from churnrisk.model.matrix import Numbers
from churnrisk.store.catalogue.monitor import Expected

ASSUMPTIONS = (
    "Every probability means what it says, as it did on the test, and accounts churn independently of each other. It"
    " shows when accounts become harder to tell apart; it can't show that the same facts have come to mean something"
    " else, for which labels have to be waited for."
)

_ERRORS = 1.96
"""Standard errors to each side of a 95 % interval."""


def expected(probability: Numbers, listed: "pd.Series[bool]", figures: Figures) -> Expected:
    """What to expect of the accounts of one date, of which some are `listed`, row by row; beside the test's figures.

    >>> figures = {"model": {"auc": 0.8, "auc_low": 0.7}}
    >>> made = expected(np.array([0.5, 0.5, 0.0, 0.0]), pd.Series([True, True, False, False]), figures)
    >>> made.precision, made.precision_low, round(made.auc, 3)
    (0.5, 0.0, 0.833)
    """
    own = probability[listed.to_numpy(bool)]
    churns, places = float(own.sum()), max(len(own), 1)
    reach = _ERRORS * float((own * (1 - own)).sum()) ** 0.5
    return Expected(
        listed=len(own),
        churns_on_list=round(churns, 1),
        precision=round(churns / places, 4),
        precision_low=round(max(0.0, churns - reach) / places, 4),
        precision_high=round(min(float(len(own)), churns + reach) / places, 4),
        auc=expected_auc(probability),
        auc_of_test=round(float(figures["model"]["auc"]), 4),
        auc_of_test_low=round(float(figures["model"]["auc_low"]), 4),
        assumptions=ASSUMPTIONS,
    )


def expected_auc(probability: Numbers) -> float | None:
    """The AUC that a ranking by calibrated probabilities has: over all pairs of accounts, how likely it is that the one
    that churns is the one ranked above. None where nobody could churn, or everybody must.

    Source: confidence-based performance estimation; J. Białek, W. Kuberski, N. Perrakis, A. Bifet, 2023.

    >>> expected_auc(np.array([0.1, 0.1])), expected_auc(np.array([1.0, 0.0])), expected_auc(np.array([0.0, 0.0]))
    (0.5, 1.0, None)
    """
    value, code = np.unique(probability, return_inverse=True)
    churn = np.bincount(code, weights=probability, minlength=len(value))
    stay = np.bincount(code, weights=1 - probability, minlength=len(value))
    pairs = churn.sum() * stay.sum()
    if pairs <= 0:
        return None
    below = np.cumsum(stay) - stay
    return round(float((churn * (below + stay / 2)).sum() / pairs), 4)
