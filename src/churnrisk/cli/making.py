"""Verbs that make something to work on: a company, a workspace."""

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from churnrisk.cli.shared import Terminal, app
from churnrisk.errors import ParamsError


@app.command()
def simulate(
    out: Annotated[Path, typer.Option(help="Folder for the company's files; its truth goes beside it, in truth/.")],
    accounts: Annotated[int, typer.Option(min=10, help="Accounts that sign up within two years.")] = 3000,
    start: Annotated[str, typer.Option(help="First day of usage.")] = "2024-01-01",
    weeks: Annotated[int, typer.Option(min=30, max=208, help="Weeks of history; more only add to the files.")] = 104,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same company.")] = 7,
) -> None:
    """Make up a company of any size."""
    simulator, clock = import_module("churnrisk.simulator"), import_module("churnrisk.clock")
    try:
        first = clock.day(start)
    except ValueError as error:
        raise ParamsError(f"{start!r} is not a date", where="--start", allowed="a date such as 2024-01-01") from error
    company = simulator.simulate(accounts, first, weeks, seed)
    simulator.write(company, out, out.parent / "truth" / "hazard.parquet")
    for table, rows in company.tables.items():
        Terminal().print(f"{table}: {len(rows):,} rows")


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The workspace's folder; what is in it stays.")],
    no_git: Annotated[
        bool, typer.Option("--no-git", help="Do without git; then there are no experiments and no comparisons.")
    ] = False,
) -> None:
    """Make a workspace for a company: params, queries and the pipeline, under DVC and git.

    Run again, it brings the pipeline up to date. What is there already stays.
    """
    made = import_module("churnrisk.setup.init").init(folder, git=not no_git)
    Terminal().print("\n".join(made) or "up to date", highlight=False, markup=False, soft_wrap=True)
