"""Verbs that look at what the pipeline wrote."""

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from churnrisk.cli.shared import Terminal, WorkspaceDir, app, locked, workspace_at


@app.command()
def show(
    workspace: WorkspaceDir = Path(), rows: Annotated[int, typer.Option(min=1, help="How many accounts to show.")] = 5
) -> None:
    """Show the top rows of the latest list, and where its files are."""
    import_module("churnrisk.risk_list.outputs.console").show(
        workspace_at(workspace).risk_lists / "latest", rows, Terminal()
    )


@app.command()
def doctor(
    workspace: WorkspaceDir = Path(),
    trust: Annotated[
        list[str] | None, typer.Option(metavar="FEATURE", help="A feature that was checked and is honest.")
    ] = None,
    propose: Annotated[
        bool,
        typer.Option(
            "--propose",
            help="Only propose values for params.yaml, by inspection of usage, and say what they are worth.",
        ),
    ] = False,
) -> None:
    """Look for leaks in what the pipeline wrote: did the model learn from the future? Changes nothing.

    Ends with code 6 where one of its checks finds something, and shows the cadence of usage:

    - cut_off: features look past their date
    - too_good: one feature alone tells who churns
    - availability: whether a value is there tells it
    - target_encoding: a feature is the churn rate of a group
    - calendar: a feature tells the date that it is of
    - order_in_time: what was learned was not mature yet
    - finished_windows: a label was given too early
    - whole_test: the backtest lacks rows of the test
    - not_behind: a simple system ranks better
    - own_date: predictions are of another date
    """
    here = workspace_at(workspace)
    params = import_module("churnrisk.params").load(here.params)
    if propose:
        proposal, proposed = (import_module(f"churnrisk.doctor.{name}") for name in ("proposal", "proposed"))
        lines = proposed.as_yaml(proposal.propose(here, params))
        Terminal().print(lines, highlight=False, markup=False, soft_wrap=True)
        return
    examine, report = (import_module(f"churnrisk.doctor.{name}") for name in ("examine", "report"))
    with locked(here, "doctor"):
        findings = examine.examine(here, params, trust or ())
    report.show(findings, Terminal())
    examine.refuse(findings)


@app.command()
def behaviours(
    workspace: WorkspaceDir = Path(),
    feature: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this feature, with its table on the console.")
    ] = None,
    valuable: Annotated[
        float,
        typer.Option(min=0.01, max=1.0, metavar="SHARE", help="Share of accounts, by MRR, that are most valuable."),
    ] = 0.2,
) -> None:
    """Show what accounts that stay do differently: churn by group of every feature, in reports/behaviours."""
    here = workspace_at(workspace)
    params = import_module("churnrisk.params").load(here.params)
    study, files, console = (import_module(f"churnrisk.behaviours.{name}") for name in ("study", "files", "console"))
    with locked(here, "behaviours"):
        made = study.study(here, params, feature or (), valuable)
        page = files.write(made, here)
    (console.show_features if feature else console.show_summary)(made, Terminal())
    Terminal().print(f"The page: {page}", highlight=False, soft_wrap=True)
