"""The settings of the pipeline: `params.yaml`."""

from churnrisk.params.reading import load
from churnrisk.params.sections import Churn, Clock, Features, Params

__all__ = ["Churn", "Clock", "Features", "Params", "load"]
