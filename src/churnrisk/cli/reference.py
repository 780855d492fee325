"""The verb that writes the generated pages, and what it writes about this command line."""

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from churnrisk.cli.shared import WorkspaceDir, app
from churnrisk.errors import ParamsError


@app.command()
def docs(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; fail where a page is not up to date.")
    ] = False,
    workspace: WorkspaceDir = Path(),
) -> None:
    """Write the generated pages of docs/: tables, files, features, figures, params, the command line and the
    drawing of time."""
    stale = import_module("churnrisk.reference.pages").write_pages(workspace / "docs", verbs(), check=check)
    if check and stale:
        raise ParamsError(f"not up to date: {', '.join(stale)}", where="docs", fix="run `churnrisk docs`")


def verbs() -> dict[str, Any]:
    """Every verb by its name."""
    return dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
