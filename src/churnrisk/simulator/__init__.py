"""A made-up B2B SaaS company whose true churn probabilities are known: a source like any other, and a benchmark for
the model.
"""

from churnrisk.simulator.company import SimulatedCompany, simulate
from churnrisk.simulator.write import write

__all__ = ["SimulatedCompany", "simulate", "write"]
