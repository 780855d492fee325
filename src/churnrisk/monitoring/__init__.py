"""Are feeds, features and scores as they were, and were past lists right?

`monitor` reads what the run of one date wrote, and the archive before that date. It needs neither training data nor
labels: what training looked like is in the bundle, and what became of past lists is found out from the tables.
"""

from churnrisk.monitoring.monitor import monitor

__all__ = ["monitor"]
