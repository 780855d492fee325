"""Verbs about what is done with a list."""

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from churnrisk.cli.shared import Terminal, WorkspaceDir, app, workspace_at


@app.command()
def plays(
    workspace: WorkspaceDir = Path(),
    check: Annotated[
        bool, typer.Option("--check", help="Show what each play would do on this week's list, by plays.yaml as it is.")
    ] = False,
) -> None:
    """Check plays.yaml, and say how many plays there are; with --check, what each would do. Changes nothing."""
    here = workspace_at(workspace)
    params = import_module("churnrisk.params").load(here.params)
    known, reading = import_module("churnrisk.explain.known"), import_module("churnrisk.plays.reading")
    read = reading.read_plays(here.root, known.facts_of(here))
    if not check:
        own = len(read) - sum(each in reading.shipped() for each in read)
        Terminal().print(f"{len(read)} plays, {own} of them your own; all can be read", highlight=False)
        return
    made = import_module("churnrisk.risk_list.anew").anew(here, params)
    import_module("churnrisk.risk_list.outputs.plays").show(made, read, Terminal())
