"""Whom does each owner call this week? The list as a page, a spreadsheet, a CSV and a JSON file."""

from churnrisk.feeds.list_date import list_date, require_open_gate
from churnrisk.model.bundle import Bundle
from churnrisk.params import Params
from churnrisk.risk_list import compose, gather, model_facts, publish, read_scored
from churnrisk.store.workspace import Workspace


def run(workspace: Workspace, params: Params) -> None:
    as_of = list_date(workspace)
    require_open_gate(workspace, as_of)
    bundle, scored = Bundle.load(workspace.models / "bundle"), read_scored(workspace, as_of)
    bundle.require_made(scored.lineage, "data/scores")
    inputs = gather(workspace, params, as_of, scored=scored, model=model_facts(bundle))
    publish(compose(inputs), workspace.risk_lists)
