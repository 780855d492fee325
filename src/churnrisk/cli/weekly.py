"""The verbs of the scheduler: the list of a week, and which model makes it."""

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from churnrisk.cli.shared import At, Terminal, WorkspaceDir, app, asked_at, day_of, locked, workspace_at


@app.command()
def weekly(
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="Date of the list; by default the latest that the feeds cover.")
    ] = None,
    catch_up: Annotated[bool, typer.Option("--catch-up", help="Make up for missed dates first, in order.")] = False,
    full: Annotated[
        bool, typer.Option("--full", help="Read all usage again, not only the months in which something may be new.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    at: At = None,
    workspace: WorkspaceDir = Path(),
) -> None:
    """Make the list of a week with the champion of the registry: no training, and nothing of DVC's is touched.

    Run again for the same date, it publishes the same bytes. It writes under data/weekly, publishes, and archives.
    Where no date is named and the feeds lack what the list that is due today needs, it ends with 5.
    """
    (here, params), run = _read(workspace), import_module("churnrisk.weekly.run")
    asked = run.Asked(None if as_of is None else day_of(as_of, "--as-of"), catch_up, full, asked_at(at))
    if dry_run:
        Terminal().print(run.plan(here, params, asked), markup=False, highlight=False, soft_wrap=True)
        return
    with locked(here, "weekly"):
        run.weekly(here, params, asked, Terminal(stderr=True, soft_wrap=True))


@app.command()
def promote(
    force: Annotated[
        str | None, typer.Option(metavar="REASON", help="Promote whatever the rules say; the reason is recorded.")
    ] = None,
    if_none: Annotated[bool, typer.Option("--if-none", help="Only where there is no champion yet.")] = False,
    workspace: WorkspaceDir = Path(),
) -> None:
    """Make the challenger the champion, which makes the weekly list, or say why not.

    Both are compared on the same later periods, behind guard rails. The first champion needs the guard rails alone.
    """
    here, params = _read(workspace)
    with locked(here, "promote"):
        said = import_module("churnrisk.weekly.promote").promote(here, params, force=force, if_none=if_none)
    Terminal().print(said, markup=False, highlight=False, soft_wrap=True)


@app.command()
def rollback(
    reason: Annotated[str, typer.Option(metavar="REASON", help="Why; it is recorded.")] = "",
    workspace: WorkspaceDir = Path(),
) -> None:
    """Make the champion before the present one the champion again."""
    here, params = _read(workspace)
    with locked(here, "rollback"):
        said = import_module("churnrisk.weekly.promote").roll_back(here, params, reason)
    Terminal().print(said, markup=False, highlight=False, soft_wrap=True)


def _read(workspace: Path) -> tuple[Any, Any]:
    here = workspace_at(workspace)
    return here, import_module("churnrisk.params").load(here.params)
