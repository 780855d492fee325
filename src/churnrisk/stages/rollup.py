"""How much was used, by account, day and event, and by user? Later stages read these sums, never single rows."""

from churnrisk.params import Params
from churnrisk.rollup.build import rollup
from churnrisk.store.workspace import Workspace


def run(workspace: Workspace, params: Params, carried: bool = False) -> None:
    rollup(workspace, carried)
