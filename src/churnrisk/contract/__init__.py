"""The contract: each table's grain, key, columns, units and meaning, and rules that carry their own sentence.

One declaration (`tables`) serves validation, the documentation and the check of the simulator's output.
"""

from churnrisk.contract.table import ATTRIBUTE, Table
from churnrisk.contract.tables import OUTCOMES, REACHED, TABLES, VERDICTS

__all__ = ["ATTRIBUTE", "OUTCOMES", "REACHED", "TABLES", "VERDICTS", "Table"]
