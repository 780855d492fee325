"""Whom does each owner call this week? The list, published as a page, a spreadsheet, a CSV and a JSON file."""

from dataclasses import replace

from rich.console import Console

from churnrisk.dispositions import take_in
from churnrisk.errors import printable
from churnrisk.feeds.list_date import list_date, require_open_gate
from churnrisk.model.bundle import Bundle
from churnrisk.params import Params
from churnrisk.risk_list import compose, composed, gather, model_facts, publish, read_scored, with_past_lists
from churnrisk.store.catalogue.list import LIST
from churnrisk.store.files import rewriting
from churnrisk.store.workspace import Workspace


def run(workspace: Workspace, params: Params, warnings: tuple[str, ...] = (), backfill: bool = False) -> None:
    """Write the list of the newest date to data/list, and publish it; with further `warnings`, and as a `backfill`
    where it makes up for a date that was missed.
    """
    as_of = list_date(workspace)
    require_open_gate(workspace, as_of)
    bundle, scored = Bundle.load(workspace.models / "bundle"), read_scored(workspace, as_of)
    bundle.require_made(scored.lineage, "data/scores")
    inputs = gather(workspace, params, as_of, scored=scored, model=model_facts(bundle))
    inputs = replace(inputs, warnings=(*inputs.warnings, *warnings))
    with rewriting(workspace, LIST) as draft:
        LIST.write(composed(compose(inputs)), draft)
    # Here and not in a stage of its own: what people hand in is kept in the archive, and no output of DVC may depend
    # on that.
    for receipt in take_in(workspace):
        Console(stderr=True, soft_wrap=True).print(printable(receipt.sentence), markup=False, highlight=False)
    risk_list = compose(with_past_lists(workspace, params, inputs))
    publish(workspace, risk_list, scores=scored.digest, backfill=backfill, crm=params.risk_list.crm)
