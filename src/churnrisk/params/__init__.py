"""The settings of the pipeline: `params.yaml`."""

from churnrisk.params.reading import load
from churnrisk.params.sections import Churn, Clock, Evaluate, Features, Params

__all__ = ["Churn", "Clock", "Evaluate", "Features", "Params", "load"]
