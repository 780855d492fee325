"""Verbs that ask whether all is well, and where something comes from."""

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from churnrisk.cli.shared import At, Terminal, WorkspaceDir, app, asked_at, workspace_at


@app.command()
def status(workspace: WorkspaceDir = Path(), at: At = None) -> None:
    """Say in one line whether the list that was due came, how old it is, and what gate and monitor say.

    Ends with code 0 where all is fine, and with 5 where the list is late or held. It waits for no other run.
    """
    here = workspace_at(workspace)
    params = import_module("churnrisk.params").load(here.params)
    found = import_module("churnrisk.monitoring.status").status(here, params, asked_at(at))
    Terminal().print(found.line, highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(found.exit_code)


@app.command()
def lineage(
    what: Annotated[
        str,
        typer.Argument(
            metavar="ACCOUNT|LIST|MODEL|DATA",
            help="An account's id, the date of a list, or the first characters of a model's lineage or of a data hash.",
        ),
    ],
    workspace: WorkspaceDir = Path(),
) -> None:
    """Show where an account's scores, a list, a model or data come from, and what was made of them."""
    here = workspace_at(workspace)
    # Read so that a folder that is no workspace is said to be none.
    import_module("churnrisk.params").load(here.params)
    lines = import_module("churnrisk.monitoring.lineage").lineage(here, what)
    Terminal().print("\n".join(lines), highlight=False, markup=False, soft_wrap=True)
