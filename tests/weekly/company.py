"""A small company with a champion, and what a weekly run leaves of it."""

import io
import shutil
from pathlib import Path

import pandas as pd
from rich.console import Console

from churnrisk.clock import Day
from churnrisk.feeds.list_date import list_date
from churnrisk.model.bundle import Bundle
from churnrisk.registry import mlflow_runs
from churnrisk.store.workspace import Workspace
from churnrisk.weekly.promote import promote
from churnrisk.weekly.run import Asked, weekly

from .. import company
from ..mlflow_store import with_store

IMPORTANCE = pd.Series({"a": 0.2}, name="mean_contribution").rename_axis("feature")


def challenge(workspace: Workspace, bundle: Bundle, folder: Path) -> None:
    """Register a bundle as the challenger, as the stage `evaluate` does."""
    bundle.save(folder)
    evidence = [workspace.reports / "backtest.parquet", workspace.reports / "calibration_by_group.csv"]
    mlflow_runs.record_evaluation(
        workspace.root,
        company.load(workspace).tracking,
        bundle=bundle,
        folder=folder,
        pictures={},
        importance=IMPORTANCE,
        evidence=evidence,
    )


def with_champion(small: Workspace, folder: Path) -> Workspace:
    """A copy in which nothing is published, with a store of its own whose champion is the bundle of the pipeline.

    It is made once, because to make MLflow's store takes seconds. The store remembers where the files of the champion
    lie, so all copies share them; who does harm to them needs `make_champion`.
    """
    template = Workspace(small.root.parent / "with champion")
    if not template.root.exists():
        make_champion(small, template.root)
    return company.copied(template, folder)


def make_champion(small: Workspace, folder: Path) -> Workspace:
    """The same with files of its own."""
    workspace = company.copied(small, folder)
    with_store(workspace.root)
    for each in ("mlruns", "reports/risk_list", "data/history"):
        shutil.rmtree(workspace.root / each)
    challenge(workspace, Bundle.load(small.models / "bundle"), folder.parent / "bundle of the champion")
    promote(workspace, company.load(workspace), force="a test")
    return workspace


def with_list(small: Workspace, folder: Path) -> Workspace:
    """The same after the newest date's list has come out, once for all who go on from there."""
    template = Workspace(small.root.parent / "with list")
    if not template.root.exists():
        run(with_champion(small, template.root), list_date(small))
    return company.copied(template, folder)


def run(
    workspace: Workspace,
    as_of: Day | str | None = None,
    *,
    catch_up: bool = False,
    seconds: float = 60,
    on: Day | None = None,
) -> str:
    """Run a week, on a day where it is given, and give what was said."""
    said = io.StringIO()
    asked = Asked(None if as_of is None else Day(as_of, "D"), catch_up, on=on)
    weekly(workspace, company.load(workspace), asked, Console(file=said, width=500), seconds)
    return said.getvalue()


def files(workspace: Workspace, *folders: str) -> dict[str, bytes]:
    """The content of all files by path; without folders, of all but MLflow's and those of data/weekly.

    The wall clock beside a list is left out.
    """
    root = workspace.root
    every = [file for top in folders or (".",) for file in (root / top).rglob("*") if file.is_file()]
    named = {file.relative_to(root).as_posix(): file for file in every}
    skipped = ("data/weekly/", "mlruns/", "mlflow.db")
    return {
        name: file.read_bytes()
        for name, file in named.items()
        if not name.endswith("/run.json") and (folders or not name.startswith(skipped))
    }
