"""The weekly list as customer success receives it: a page, a spreadsheet, a CSV and a JSON file, all of one structure.

`compose` makes the structure from what the stages before wrote; `publish` writes it.
"""

from churnrisk.risk_list.files import publish, write
from churnrisk.risk_list.rows import Reason, Row, Week
from churnrisk.risk_list.structure import InNotice, Model, OwnerTotal, RiskList, compose

__all__ = ["InNotice", "Model", "OwnerTotal", "Reason", "RiskList", "Row", "Week", "compose", "publish", "write"]
