"""The weekly list as customer success receives it: a page, a spreadsheet, a CSV and a JSON file, all of one structure.

`gather` reads the inputs of one date, `with_past_lists` adds what the archive knew, `compose` makes the list from
them, and `publish` lets it go out. Scores and
model are handed to `gather`, so that they may come from any run.
"""

from churnrisk.risk_list.compose import compose
from churnrisk.risk_list.gather import gather, model_facts, read_scored, with_past_lists
from churnrisk.risk_list.inputs import Inputs, ModelFacts, Scored
from churnrisk.risk_list.outputs.record import composed
from churnrisk.risk_list.publishing import publish, restore
from churnrisk.risk_list.structure import InNotice, Model, OwnerTotal, Reason, RiskList, Row

__all__ = [
    "InNotice",
    "Inputs",
    "Model",
    "ModelFacts",
    "OwnerTotal",
    "Reason",
    "RiskList",
    "Row",
    "Scored",
    "compose",
    "composed",
    "gather",
    "model_facts",
    "publish",
    "read_scored",
    "restore",
    "with_past_lists",
]
