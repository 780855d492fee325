"""A real `dvc repro` is killed at random moments, DVC and all that it started, and called again until it is done.

DVC's own files and MLflow's are struck too. DVC writes two files in place, so a kill can cut one off; it is then
deleted, as our docs say, and counted.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from benchmarks.small_run import DATES, ROOT, differing, files, lost, make, set_date

_LONGEST = 12.0
"""Seconds until a kill at the most: long enough for any stage of the small company to be reached and passed."""

_OF_DVC = ("dvc.lock", ".dvc/tmp/rwlock")
"""What DVC writes in place."""

_MOST_ATTEMPTS = 60
"""Kills before a run is let go to its end, so that its bytes can be compared."""


def strike(folder: Path, kills: int, until: float) -> dict[str, Any]:
    """Kill runs at random, with a seed; what is `lost` and `differing` says where, and is to stay empty."""
    rng = random.Random(7)
    shutil.rmtree(folder, ignore_errors=True)
    workspace = make(folder / "workspace").root
    _call(workspace, "churnrisk", "init", "--no-git", ".")
    _call(workspace, "dvc", "repro")
    set_date(workspace, DATES[1])
    before = Path(shutil.copytree(workspace, folder / "before", symlinks=True))
    _call(workspace, "dvc", "repro")
    old, new = files(before), files(workspace)
    done: dict[str, Any] = {"kills": 0, "runs": 0, "lost": [], "differing": [], "cut_off": dict.fromkeys(_OF_DVC, 0)}
    while done["kills"] < kills and time.monotonic() < until:
        shutil.rmtree(workspace)
        shutil.copytree(before, workspace, symlinks=True)
        _one_run(workspace, rng, (old, new), done, kills, until)
        done["runs"] += 1
    return done


def _one_run(
    workspace: Path, rng: random.Random, ends: tuple[Any, Any], done: dict[str, Any], kills: int, until: float
) -> None:
    for _ in range(_MOST_ATTEMPTS):
        over = done["kills"] >= kills or time.monotonic() > until
        if over or _killed_after(workspace, rng.uniform(0.2, _LONGEST)) is None:
            break
        done["kills"] += 1
        done["lost"] += [f"kill {done['kills']}: {each}" for each in lost(ends[0], files(workspace), ends[1])]
        for name in _OF_DVC:
            done["cut_off"][name] += _mended(workspace / name)
    try:
        _call(workspace, "dvc", "repro")
    except RuntimeError as error:
        done["differing"].append(str(error)[-500:])
    done["differing"] += [f"run {done['runs']}: {each}" for each in differing(files(workspace), ends[1])]


def _killed_after(workspace: Path, seconds: float) -> bool | None:
    """Start a run and kill it; None where it had ended before."""
    command = [sys.executable, "-m", "dvc", "repro"]
    process = subprocess.Popen(command, cwd=workspace, start_new_session=True, env=environment(),
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return None if process.returncode == 0 else True


def _mended(file: Path) -> int:
    read = json.loads if file.name == "rwlock" else partial(yaml.load, Loader=yaml.CSafeLoader)
    try:
        is_whole = not file.exists() or isinstance(read(file.read_bytes()), dict)
    except (yaml.YAMLError, ValueError):
        is_whole = False
    if not is_whole:
        file.unlink()
    return int(not is_whole)


def _call(workspace: Path, *words: str) -> None:
    done = subprocess.run(words, cwd=workspace, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"`{' '.join(words)}` ended with {done.returncode}: {done.stdout}{done.stderr}")


def environment() -> dict[str, str]:
    """What a process of a benchmark sees: this code, its own tracking store, and no warnings."""
    own = {name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI"}
    path = f"{Path(sys.executable).parent}{os.pathsep}{own['PATH']}"
    return own | {"PATH": path, "PYTHONPATH": str(ROOT / "src"), "PYTHONWARNINGS": "ignore"}
