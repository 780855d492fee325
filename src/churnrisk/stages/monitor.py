"""Are feeds, features and scores as they were, and were past lists right?"""

from churnrisk.monitoring import monitor
from churnrisk.params import Params
from churnrisk.store.workspace import Workspace


def run(workspace: Workspace, params: Params) -> None:
    monitor(workspace, params)
