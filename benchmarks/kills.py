"""Is anything ever lost or half-written? Every write of a small company's run fails in turn, or is the last one.

`python -m benchmarks.kills --every 5` tries only every fifth operation, `--stages score list` only some stages,
`--random 20` so many random kills of a real `dvc repro`, `--minutes 10` ends there, and says so.
"""

import argparse
import json
import os
import shutil
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks import random_kills
from benchmarks.disk_faults import MODES, Faults
from benchmarks.small_run import ALL, DATES, ROOT, differing, files, lost, make, set_date
from churnrisk import params
from churnrisk.errors import ChurnriskError
from churnrisk.store.lock import locked
from churnrisk.store.workspace import Workspace

RESULT = ROOT / "benchmarks" / "results" / "kills.json"
_KILLED = -signal.SIGKILL
_CLEAR = 3
"""What a struck process ends with where the fault became an error that a user understands."""


@dataclass
class Found:
    """What was tried and what came of it; `lost` and `differing` say where, and are to stay empty."""

    tried: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    reached: dict[str, int] = field(default_factory=dict)
    unfinished: list[str] = field(default_factory=list)


def in_child(workspace: Workspace, stage: str, faults: Faults | None = None) -> int:
    """Run a stage in a forked process, which has everything imported; returns how it ended.

    This process runs no stage itself, because the threads of DuckDB and Arrow don't survive a fork.
    """
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        settings = params.load(workspace.params)
        with locked(workspace, stage):
            if faults is not None:
                faults.install()
            import_module(f"churnrisk.stages.{stage}").run(workspace, settings)
        code = 0 if faults is None or faults.done < faults.at else _CLEAR
    except (OSError, ChurnriskError) as error:
        code = _CLEAR
        if faults is None:
            sys.stderr.write(f"{stage}: {error}\n")
    except BaseException as error:
        sys.stderr.write(f"{stage}: {error!r}\n")
    finally:
        sys.stderr.flush()
        os._exit(code)


def put(state: Path, folder: Path) -> None:
    """Make a workspace what it was; always at one path, because MLflow keeps the full path of its files."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(state, folder, symlinks=True)


def states(folder: Path) -> tuple[Workspace, list[Path]]:
    """A workspace whose first list is out, and its states before each stage of the next list and after the last."""
    workspace = make(folder / "workspace")
    for stage in ALL:
        _require_done(in_child(workspace, stage), stage)
    set_date(workspace.root, DATES[1])
    made = []
    for number, stage in enumerate([*ALL, None]):
        made.append(Path(shutil.copytree(workspace.root, folder / f"{number:02d}", symlinks=True)))
        if stage is not None:
            _require_done(in_child(workspace, stage), stage)
    return workspace, made


def _require_done(code: int, stage: str) -> None:
    if code:
        raise SystemExit(f"the undisturbed run ended with {code} in {stage}")


def strike(workspace: Workspace, stage: str, ends: tuple[Path, Path], every: int, until: float, found: Found) -> None:
    """Let every operation of a stage go wrong in every mode, until one run ends untouched."""
    before, after = files(ends[0]), files(ends[1])
    at, untouched = 1, False
    while not untouched and time.monotonic() < until:
        for mode in MODES:
            put(ends[0], workspace.root)
            code = in_child(workspace, stage, Faults(workspace.root, at, mode))
            untouched = code == 0
            if untouched:
                break
            name = f"{stage} {mode} {at}"
            found.tried[mode] += 1
            if code not in (_CLEAR, _KILLED):
                found.unclear.append(name)
            found.lost += [f"{name}: {each}" for each in lost(before, files(workspace.root), after)]
            again = in_child(workspace, stage)
            found.differing += [f"{name}: {each}" for each in differing(files(workspace.root), after)]
            if again:
                found.differing.append(f"{name}: the next run ended with {again}")
        found.reached[stage] = at
        at += every
    if not untouched:
        found.unfinished.append(stage)


def main(arguments: list[str] | None = None) -> dict[str, Any]:
    """Try everything, print the figures and write them."""
    asked = _asked(arguments)
    folder, began = asked.folder, time.monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    for stage in ALL:
        import_module(f"churnrisk.stages.{stage}")
    workspace, ends = states(folder)
    found, until = Found(), began + 60 * asked.minutes
    share = 0.6 if asked.random else 1.0
    for number, stage in enumerate(ALL):
        if stage in asked.stages:
            waiting = sum(each in asked.stages for each in ALL[number:])
            left = share * (until - time.monotonic()) / waiting
            strike(workspace, stage, (ends[number], ends[number + 1]), asked.every, time.monotonic() + left, found)
    at_random = random_kills.strike(folder / "dvc", asked.random, until) if asked.random else {}
    figures = {
        "kills": sum(found.tried.values()) + at_random.get("kills", 0),
        "lost": len(found.lost) + len(at_random.get("lost", [])),
        "differing": len(found.differing) + len(at_random.get("differing", [])),
        "unclear_errors": len(found.unclear),
        "by_mode": dict(found.tried),
        "every": asked.every,
        "operations": found.reached,
        "stages": list(asked.stages),
        "not_to_the_end": found.unfinished,
        "random": at_random,
        "where": [*found.lost, *found.differing, *found.unclear][:50],
        "minutes": round((time.monotonic() - began) / 60, 1),
    }
    asked.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(figures) + "\n")
    return figures


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--stages", nargs="+", choices=ALL, default=ALL)
    parser.add_argument("--random", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=55)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "benchmarks" / "kills")
    parser.add_argument("--out", type=Path, default=RESULT)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
