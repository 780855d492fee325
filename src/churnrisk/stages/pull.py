"""What does the source say? Every contract table, by one query each."""

from churnrisk import simulator
from churnrisk.clock import day
from churnrisk.params import Params
from churnrisk.sources.files import pull
from churnrisk.store.workspace import Workspace


def run(workspace: Workspace, params: Params) -> None:
    folder = params.source.path(workspace.root)
    told = params.source.simulator
    if told is not None:
        company = simulator.simulate(told.accounts, day(told.start), told.weeks, told.seed)
        simulator.write(company, folder, workspace.data / "truth" / "hazard.parquet")
    pull(workspace.queries, folder, workspace.raw)
