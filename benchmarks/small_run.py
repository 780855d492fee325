"""A small company whose first list is out, and what must hold of its files while the next list is made."""

import copy
import shutil
from pathlib import Path
from typing import Any

import yaml

from churnrisk.cli import STAGES
from churnrisk.store.lock import LOCK
from churnrisk.store.workspace import Workspace

ROOT = Path(__file__).parents[1]
ALL = tuple(STAGES)
SMALL: dict[str, dict[str, Any]] = {
    "source": {"simulator": {"accounts": 90, "start": "2024-01-01", "weeks": 60, "seed": 7}},
    "churn": {"lead_days": 7, "horizon_days": 30, "ladder_days": [30]},
    "folds": {"test_weeks": 6, "fold_weeks": 6},
    "train": {"boosters": 1, "max_trees": 20, "learning_rate": 0.2},
    "evaluate": {"resamples": 10},
    "risk_list": {"length": 10},
}
DATES = ("2025-02-10", "2025-02-17")
"""The list that is out, and the one whose making is struck."""


def make(folder: Path) -> Workspace:
    """A workspace like the repository's own, but small."""
    content = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    for section, values in copy.deepcopy(SMALL).items():
        content[section] |= values
    folder.mkdir(parents=True)
    (folder / "features").mkdir()
    (folder / "params.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    shutil.copytree(ROOT / "queries", folder / "queries")
    set_date(folder, DATES[0])
    return Workspace(folder)


def set_date(folder: Path, as_of: str) -> None:
    """Ask for the list of a date."""
    content = yaml.safe_load((folder / "params.yaml").read_text(encoding="utf-8"))
    content["clock"]["as_of"] = as_of
    (folder / "params.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")


def files(folder: Path) -> dict[str, bytes]:
    """Every file by its path, but for MLflow's, the lock, the log of weeks, which has the time of day, and the folder
    that readers of the latest list may be in.
    """
    found = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    skipped = ("mlruns/", "mlflow.db", LOCK, "reports/risk_list/.latest.old/", ".dvc/", ".git/", "dvc.lock",
               "data/weekly/log.jsonl")  # fmt: skip
    return {
        name: path.read_bytes()
        for name, path in found.items()
        if not name.startswith(skipped) and not name.endswith("/run.json")
    }


def lost(before: dict[str, bytes], now: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    """What is no longer whole of what had gone out: the archive, the list that was out, and the latest list."""
    kept = ("data/history/", f"reports/risk_list/{DATES[0]}/")
    gone = [name for name, content in before.items() if name.startswith(kept) and now.get(name) != content]
    half = [name for name, content in now.items() if name.startswith(kept) and "/." not in name
            and content != after.get(name)]  # fmt: skip
    latest = [
        {n: c for n, c in each.items() if n.startswith("reports/risk_list/latest/")} for each in (before, now, after)
    ]
    return [*gone, *half, *([] if latest[1] in (latest[0], latest[2]) else ["reports/risk_list/latest"])]


def differing(now: dict[str, bytes], after: dict[str, bytes]) -> list[str]:
    """What differs from an undisturbed run, files that should not be there included."""
    return sorted(name for name in now.keys() | after.keys() if now.get(name) != after.get(name))
