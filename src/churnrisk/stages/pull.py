"""What does the source have? Every contract table, by one query each."""

from churnrisk import simulator
from churnrisk.clock import day
from churnrisk.params import Params
from churnrisk.sources.files import pull
from churnrisk.sources.usage import Overlap
from churnrisk.store.workspace import Workspace


def run(workspace: Workspace, params: Params, carried: bool = False, full: bool = False) -> None:
    folder, company = params.source.path(workspace.root), params.source.simulator
    if company is not None:
        made = simulator.simulate(company.accounts, day(company.start), company.weeks, company.seed)
        simulator.write(made, folder, workspace.path("data/truth/hazard.parquet"))
    overlap = Overlap(params.source.overlap_days, full) if carried else None
    pull(workspace.queries, folder, workspace, params.source.query_minutes, overlap)
