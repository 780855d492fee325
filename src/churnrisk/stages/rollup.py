"""How much of what, by account, day and event, and by user? Raw events are read once in their life."""

from churnrisk.params import Params
from churnrisk.rollup.build import rollup
from churnrisk.store.workspace import Workspace


def run(workspace: Workspace, params: Params) -> None:
    rollup(workspace.tables, workspace.usage)
