"""What a model must beat: a rule that anybody can apply, and a logistic regression on two features."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

RECENCY, VOLUME = "days_since_active", "usage_last_month"

NEVER_ACTIVE = 3651.0
"""Days given to an account that never was: longer than any."""

Numbers = npt.NDArray[np.float64]


def last_login_rule(features: pd.DataFrame) -> Numbers:
    """The longer since the last activity, the higher the risk; never active is the highest.

    >>> last_login_rule(pd.DataFrame({"days_since_active": [3.0, float("nan")]})).tolist()
    [3.0, 3651.0]
    """
    return np.asarray(np.minimum(features[RECENCY].to_numpy(float, na_value=np.inf), NEVER_ACTIVE))


def two_feature_logistic(train: pd.DataFrame, label: Numbers, features: pd.DataFrame) -> Numbers:
    """Probabilities from recency and volume alone."""
    model = make_pipeline(StandardScaler(), LogisticRegression())
    model.fit(_recency_and_volume(train), label)
    return np.asarray(model.predict_proba(_recency_and_volume(features))[:, 1])


def _recency_and_volume(features: pd.DataFrame) -> Numbers:
    volume = features[VOLUME].to_numpy(float, na_value=0.0)
    return np.asarray(np.log1p(np.column_stack([last_login_rule(features), np.nan_to_num(volume)])))
