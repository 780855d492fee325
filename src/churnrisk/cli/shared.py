"""What every verb uses: the app, the workspace that it runs in, the console that it writes to.

A verb imports its modules when it runs, so that `--help` and shell completion don't wait for pandas and LightGBM.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from churnrisk.errors import ParamsError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    # Typer's own tracebacks print local variables, in which there may be customers' rows.
    pretty_exceptions_enable=False,
    help="Which accounts are likely to leave, early enough to act, and why.",
)
WorkspaceDir = Annotated[
    Path,
    typer.Option("--workspace", metavar="DIR", help="Folder with params.yaml, queries/ and what the stages write."),
]


At = Annotated[str | None, typer.Option(metavar="DATE", help="The day to ask for, UTC; by default today.")]


def asked_at(at: str | None) -> Any:
    """The day of `--at`, the one question that is about now: that a list did not come can't be told from any file."""
    return day_of(dt.datetime.now(dt.UTC).date().isoformat() if at is None else at, "--at")


def day_of(text: str, option: str) -> Any:
    """A day that an option names; raises ParamsError where it is none."""
    try:
        return import_module("churnrisk.clock").day(dt.date.fromisoformat(text))
    except ValueError as error:
        raise ParamsError(f"{text!r} is not a date", where=option, allowed="a date such as 2025-01-06") from error


def workspace_at(root: Path) -> Any:
    return import_module("churnrisk.store.workspace").Workspace(root)


@contextmanager
def locked(workspace: Any, verb: str) -> Iterator[None]:
    """Keep other runs out, which are told the verb, and name a damaged file where one makes the run fail."""
    with (
        import_module("churnrisk.store.lock").locked(workspace, verb),
        import_module("churnrisk.store.damage").damage_named(workspace),
    ):
        yield


class Terminal(Console):
    """The console; one whose reader has had enough is no failure, where rich would end with code 1."""

    def on_broken_pipe(self) -> None:
        # Without the number of the system's error, by which typer would end with code 1 too.
        raise BrokenPipeError
