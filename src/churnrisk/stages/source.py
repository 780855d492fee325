"""Where are the company's files? The folder is shown to DVC, so that a newer export is read again."""

from pathlib import Path

from rich.console import Console

from churnrisk.errors import printable
from churnrisk.params import Params
from churnrisk.sources.shown import show_nothing, show_to_dvc
from churnrisk.store.catalogue.source import SOURCE, SourceReport
from churnrisk.store.workspace import Workspace


def run(workspace: Workspace, params: Params) -> None:
    hidden = None
    if params.source.kind == "simulator":
        # A made-up company follows from params alone, so nothing in its folder could be newer.
        show_nothing(workspace)
    else:
        hidden = show_to_dvc(params.source.path(Path()), workspace)
    if hidden is not None:
        Console(stderr=True, soft_wrap=True).print(printable(hidden), markup=False, highlight=False)
    SOURCE.write(SourceReport(folder=params.source.folder, shown=hidden is None), workspace)
