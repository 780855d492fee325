"""A small simulated company as a workspace, and how to run stages on it."""

import copy
import shutil
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from churnrisk import params
from churnrisk.cli import STAGES
from churnrisk.params import Params
from churnrisk.store.workspace import Workspace

ROOT = Path(__file__).parents[1]

SMALL: dict[str, dict[str, Any]] = {
    "source": {"simulator": {"accounts": 600, "start": "2024-01-01", "weeks": 70, "seed": 7}},
    "churn": {"lead_days": 7, "horizon_days": 30, "ladder_days": [30, 60]},
    "folds": {"test_weeks": 6, "fold_weeks": 6},
    "train": {"boosters": 2, "max_trees": 60, "learning_rate": 0.1},
    "evaluate": {"resamples": 20},
    "risk_list": {"length": 20},
}


def root_params() -> dict[str, Any]:
    """The repository's own params."""
    return yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))


def make(folder: Path, changes: dict[str, dict[str, Any]] | None = None) -> Workspace:
    """A workspace like the repository's own, but small; `changes` go on top, section by section."""
    content = root_params()
    for section, values in [*SMALL.items(), *copy.deepcopy(changes or {}).items()]:
        content[section] = content.get(section, {}) | values
    (folder / "features").mkdir(parents=True, exist_ok=True)
    (folder / "params.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    shutil.copy(ROOT / "plays.yaml", folder)
    shutil.copytree(ROOT / "queries", folder / "queries", dirs_exist_ok=True)
    return Workspace(folder)


def begun(small: Workspace, folder: Path, changes: dict[str, dict[str, Any]]) -> Workspace:
    """The small company with other params, none of which its tables depend on: it goes on with the stage `snapshot`."""
    workspace = make(folder, changes)
    for name in ("raw", "tables", "rejected", "usage"):
        shutil.copytree(small.data / name, workspace.data / name)
    workspace.reports.mkdir()
    shutil.copy(small.reports / "intake.json", workspace.reports)
    return workspace


def load(workspace: Workspace) -> Params:
    """The workspace's params."""
    return params.load(workspace.params)


def run(workspace: Workspace, *stages: str, settings: Any = None) -> None:
    """Run stages in this process, by default all of them."""
    for stage in stages or STAGES:
        import_module(f"churnrisk.stages.{stage}").run(workspace, settings or load(workspace))


def copied(workspace: Workspace, folder: Path) -> Workspace:
    """A copy to do harm to."""
    shutil.copytree(workspace.root, folder)
    return Workspace(folder)
