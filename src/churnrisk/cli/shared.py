"""What every verb uses: the app, the workspace that it runs in, the console that it writes to.

A verb imports its modules when it runs, so that `--help` and shell completion don't wait for pandas and LightGBM.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

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
