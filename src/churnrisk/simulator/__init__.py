"""A made-up B2B SaaS company with a known truth: a source like any other, and a yardstick for the model."""

from churnrisk.simulator.company import Company, simulate
from churnrisk.simulator.write import write

__all__ = ["Company", "simulate", "write"]
