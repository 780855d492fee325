"""Are feeds, features and scores as they were, and were past lists right?"""

from churnrisk.monitoring import monitor
from churnrisk.params import Params
from churnrisk.store.workspace import Workspace


def run(workspace: Workspace, params: Params, *, backfill: bool = False) -> None:
    """Watch the newest date; a `backfill` leaves the report of a newer one."""
    monitor(workspace, params, backfill=backfill)
