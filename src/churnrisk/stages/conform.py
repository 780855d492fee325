"""Is it what we agreed? Bad rows are set aside with the reason; a table that is too bad stops the run."""

from churnrisk.intake.conform import conform
from churnrisk.params import Params
from churnrisk.store.workspace import Workspace


def run(workspace: Workspace, params: Params) -> None:
    conform(workspace, params.intake.max_rejected_share)
