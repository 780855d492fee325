"""Verbs about lists that have gone out."""

from importlib import import_module
from pathlib import Path

from churnrisk.cli.shared import Terminal, WorkspaceDir, app, locked, workspace_at


@app.command()
def restore(workspace: WorkspaceDir = Path()) -> None:
    """Bring every list that went out back into reports/risk_list, byte for byte, from the archive."""
    here = workspace_at(workspace)
    with locked(here, "restore"):
        back = import_module("churnrisk.risk_list").restore(here)
    lines = [f"brought back {folder}" for folder in back] or ["every list is there as it went out"]
    Terminal().print("\n".join(lines), highlight=False, markup=False, soft_wrap=True)


@app.command()
def dispositions(workspace: WorkspaceDir = Path()) -> None:
    """Take in what people put into data/inbox: actions.csv of the page, or a list's spreadsheet, filled in."""
    here = workspace_at(workspace)
    with locked(here, "dispositions"):
        receipts = import_module("churnrisk.dispositions").take_in(here)
    lines = [import_module("churnrisk.errors").printable(each.sentence) for each in receipts]
    Terminal().print("\n".join(lines) or "nothing is in data/inbox", highlight=False, markup=False, soft_wrap=True)
