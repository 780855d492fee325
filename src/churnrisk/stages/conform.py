"""Is it what we agreed? Bad rows are set aside with the reason; a table that is too bad stops the run."""

from rich.console import Console

from churnrisk.errors import printable
from churnrisk.intake.conform import conform
from churnrisk.intake.sentences import sentences
from churnrisk.params import Params
from churnrisk.store.workspace import Workspace


def run(workspace: Workspace, params: Params, carried: bool = False) -> None:
    report = conform(workspace, params.intake.max_rejected_share, params.intake.bridge_days, carried)
    for sentence in sentences(report):
        Console(stderr=True, soft_wrap=True).print(printable(sentence), markup=False, highlight=False)
