"""What every table is agreed to be: grain, key, columns, units, meaning, and rules that carry their own sentence.

One declaration (`tables`) serves validation, the documentation and the simulator's output check.
"""

from churnrisk.contract.table import ATTRIBUTE, Table
from churnrisk.contract.tables import TABLES

__all__ = ["ATTRIBUTE", "TABLES", "Table"]
