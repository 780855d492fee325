"""The command line: a verb for each stage, and a few more.

Each verb imports its modules when it runs, so that `--help` and shell completion don't wait for pandas and LightGBM.
"""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from churnrisk.errors import ChurnriskError, OperatingSystemError, ParamsError, printable, without_secrets

STAGES = {
    "source": "Show DVC the folder of the company's files, so that a newer export is read again.",
    "pull": "Read every contract table from the source into data/raw.",
    "conform": "Check the tables against the contract; set bad rows aside with the reason.",
    "rollup": "Add usage up by account, day and event, and by user.",
    "snapshot": "Decide whom to watch at every date, by named rules.",
    "label": "Find out who churned in the window after each snapshot.",
    "featurize": "Compute the features of every snapshot from what was known then.",
    "train": "Choose, calibrate and fit the model; record it in MLflow.",
    "evaluate": "Judge past lists on dates that the model has not seen.",
    "gate": "Hold the list where a feed is stale, incomplete or broken.",
    "score": "Score the newest date, with reasons.",
    "list": "Write the weekly list as page, spreadsheet, CSV and JSON.",
}
"""Verbs that are stages, in the order in which they run."""

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


def _add_stage(name: str, help_text: str) -> None:
    def verb(workspace: WorkspaceDir = Path()) -> None:
        _run(name, workspace)

    app.command(name, help=help_text)(verb)


for _name, _help in STAGES.items():
    _add_stage(_name, _help)


@app.command()
def simulate(
    out: Annotated[Path, typer.Option(help="Folder for the company's files; its truth goes beside it, in truth/.")],
    accounts: Annotated[int, typer.Option(min=10, help="Accounts that ever sign up.")] = 3000,
    start: Annotated[str, typer.Option(help="First day of usage.")] = "2024-01-01",
    weeks: Annotated[int, typer.Option(min=30, help="Weeks of history.")] = 104,
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
        _Console().print(f"{table}: {len(rows):,} rows")


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
    _Console().print("\n".join(made) or "up to date", highlight=False, markup=False, soft_wrap=True)


@app.command()
def show(
    workspace: WorkspaceDir = Path(), rows: Annotated[int, typer.Option(min=1, help="How many accounts to show.")] = 5
) -> None:
    """Show the top rows of the newest list, and where its files are."""
    import_module("churnrisk.risk_list.outputs.console").show(
        _workspace(workspace).risk_lists / "latest", rows, _Console()
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
    here = _workspace(workspace)
    params = import_module("churnrisk.params").load(here.params)
    if propose:
        proposal, proposed = (import_module(f"churnrisk.doctor.{name}") for name in ("proposal", "proposed"))
        lines = proposed.as_yaml(proposal.propose(here, params))
        _Console().print(lines, highlight=False, markup=False, soft_wrap=True)
        return
    examine, report = (import_module(f"churnrisk.doctor.{name}") for name in ("examine", "report"))
    with _locked(here):
        findings = examine.examine(here, params, trust or ())
    report.show(findings, _Console())
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
    here = _workspace(workspace)
    params = import_module("churnrisk.params").load(here.params)
    study, files, console = (import_module(f"churnrisk.behaviours.{name}") for name in ("study", "files", "console"))
    with _locked(here):
        made = study.study(here, params, feature or (), valuable)
        page = files.write(made, here)
    (console.show_features if feature else console.show_summary)(made, _Console())
    _Console().print(f"The page: {page}", highlight=False, soft_wrap=True)


@app.command()
def docs(
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; fail where a page is not up to date.")
    ] = False,
    workspace: WorkspaceDir = Path(),
) -> None:
    """Write the generated pages of docs/: tables, files, features, params, the command line and the drawing of time."""
    stale = import_module("churnrisk.reference.pages").write_pages(workspace / "docs", verbs(), check=check)
    if check and stale:
        raise ParamsError(f"not up to date: {', '.join(stale)}", where="docs", fix="run `churnrisk docs`")


def verbs() -> dict[str, Any]:
    """Every verb by its name."""
    return dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


_COLOUR = re.compile("(\x1b\\[[0-9;]*m)")
"""What Rich writes to a terminal that has colours, and only then."""


class _Harmless:
    """A stream that writes no credentials, nothing that a terminal obeys but colours, and nothing that it can't write.

    It wraps the whole process's output, because warnings and tracebacks of libraries may quote a connection string or a
    customer's name.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        parts = _COLOUR.split(without_secrets(text))
        harmless = "".join(part if number % 2 else printable(part) for number, part in enumerate(parts))
        encoding = self._stream.encoding or "utf-8"
        return int(self._stream.write(harmless.encode(encoding, "backslashreplace").decode(encoding)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def main() -> None:
    """Run the command line; an error that a user can fix becomes one line on standard error and an exit code."""
    sys.stdout, sys.stderr = (_Harmless(stream) for stream in (sys.stdout, sys.stderr))
    try:
        _require_docstrings()
        app()
    except ChurnriskError as error:
        _fail(str(error), error.exit_code)
    except BrokenPipeError:
        # Whoever read the output, such as `head`, has had enough. What is still buffered would fail once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ else 1)
    # A full disk or a missing permission is not raised by our code, but it is for the user to fix.
    except OSError as error:
        _fail(str(OperatingSystemError.of(error)), 1)


class _Console(Console):
    """The console; one whose reader has had enough is no failure, where rich would end with code 1."""

    def on_broken_pipe(self) -> None:
        # Without the number of the system's error, by which typer would end with code 1 too.
        raise BrokenPipeError


def _require_docstrings() -> None:
    if sys.flags.optimize > 1:
        raise ParamsError(
            "Python leaves docstrings out, from which features have their meaning and verbs their help",
            where="PYTHONOPTIMIZE",
            allowed="0 or 1",
            fix="unset it",
        )


def _fail(message: str, code: int) -> None:
    # Not wrapped, so that a path can be copied from a narrow terminal.
    Console(stderr=True, soft_wrap=True).print(f"[bold red]churnrisk:[/] {escape(message)}", highlight=False)
    sys.exit(code)


def _run(stage: str, workspace: Path) -> None:
    here = _workspace(workspace)
    params = import_module("churnrisk.params").load(here.params)
    import_module("churnrisk.setup.pipeline").require_up_to_date(workspace)
    with _locked(here):
        import_module(f"churnrisk.stages.{stage}").run(here, params)


@contextmanager
def _locked(workspace: Any) -> Iterator[None]:
    """Keep other runs out, and name a damaged file where one makes the run fail."""
    with (
        import_module("churnrisk.store.workspace").locked(workspace),
        import_module("churnrisk.store.damage").damage_named(workspace),
    ):
        yield


def _workspace(root: Path) -> Any:
    return import_module("churnrisk.store.workspace").Workspace(root)
