"""Whom does each owner call this week? The list as a page, a spreadsheet, a CSV and a JSON file."""

from churnrisk.params import Params
from churnrisk.risk_list import compose, gather, model_facts, publish, read_scored
from churnrisk.stages.rows import list_date, require_open_gate
from churnrisk.store.workspace import Workspace


def run(workspace: Workspace, params: Params) -> None:
    as_of = list_date(workspace)
    require_open_gate(workspace, as_of)
    scored = read_scored(workspace, as_of)
    inputs = gather(workspace, params, as_of, scored=scored, model=model_facts(workspace, scored.lineage))
    publish(compose(inputs), workspace.risk_lists)
