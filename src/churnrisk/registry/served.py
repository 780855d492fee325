"""The registered model as MLflow serves it: a table of features in, the probability of the list out.

MLflow loads it by the name of this module, from the same sealed text files that the pipeline reads: no pickle, so that
loading a model never runs code that came with it.
"""

from pathlib import Path

import pandas as pd

from churnrisk.model.bundle import Bundle
from churnrisk.model.matrix import Numbers
from churnrisk.model.risk_model import RiskModel


class Served:
    """A model behind MLflow's `predict`."""

    def __init__(self, model: RiskModel) -> None:
        self._model = model

    def predict(self, features: pd.DataFrame) -> Numbers:
        """The probability of each row that its account churns in the main horizon."""
        return self._model.probabilities(features)


def _load_pyfunc(path: str) -> Served:
    """What MLflow calls to load the bundle in the folder `path`."""
    return Served(Bundle.load(Path(path)).model)
