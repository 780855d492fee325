"""The verb that shows one account close up."""

import datetime as dt
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from churnrisk.cli.shared import Terminal, WorkspaceDir, app, locked, workspace_at
from churnrisk.errors import ParamsError, SourceError


@app.command()
def explain(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account's id, as on the list.")],
    workspace: WorkspaceDir = Path(),
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="DATE", help="A date of snapshots; by default that of the newest list."),
    ] = None,
    png: Annotated[
        Path | None, typer.Option("--png", metavar="FILE", help="Also draw it: sum of the risk, its history, usage.")
    ] = None,
    log_odds: Annotated[
        bool, typer.Option("--log-odds", help="Also what each feature contributes to the log-odds.")
    ] = False,
) -> None:
    """Show one account close up: its risk and why, what would lower it, its history, usage and contacts.

    Says of an account that was not scored which rule left it out.
    """
    here = workspace_at(workspace)
    params = import_module("churnrisk.params").load(here.params)
    date = None if as_of is None else _date(as_of)
    gather, console = (import_module(f"churnrisk.close_up.{name}") for name in ("gather", "console"))
    with locked(here, "explain"):
        shown = gather.close_up(_newest(here), params, account, date)
    text = "\n".join(console.lines(shown, log_odds=log_odds))
    Terminal().print(text, highlight=False, markup=False, soft_wrap=True)
    if png is not None:
        import_module("churnrisk.close_up.picture").write(shown, png)
        Terminal().print(f"\nThe picture: {png}", highlight=False, markup=False, soft_wrap=True)


def _date(text: str) -> Any:
    try:
        return import_module("churnrisk.clock").day(dt.date.fromisoformat(text))
    except ValueError as error:
        raise ParamsError(f"{text!r} is not a date", where="--as-of", allowed="a date such as 2025-01-06") from error


def _newest(here: Any) -> Any:
    """The files of the newest list: those of `churnrisk weekly` where that made it, else those of `dvc repro`."""
    week = import_module("churnrisk.weekly.view").view(here)
    dates = {}
    for each in (here, week):
        try:
            dates[each] = import_module("churnrisk.feeds.list_date").list_date(each)
        except SourceError:
            continue
    if not dates:
        return here
    newest = max(dates.values())
    at = [each for each in dates if dates[each] == newest]
    # Both may have scored the newest date, by other levels; the one whose scores are on the list counts.
    shown = import_module("churnrisk.store.published").Published(here).shown().get(newest.item())
    report = import_module("churnrisk.store.catalogue.score").SCORES_REPORT
    scored = [each for each in at if shown and report.at(each, as_of=newest).exists()]
    return next((each for each in scored if report.read(each, as_of=newest).digest == shown.scores), at[0])
