"""Is anything ever lost or half-written? Every write of a small company's run fails in turn, or is the last one.

Every pair of an operation and a way to go wrong is tried once, in an order drawn with a seed, so that those of a run
that is cut short are spread over the stage. `--minutes 10` ends there, and says how many of how many were tried;
`--stages score list` tries only some stages, `--random 20` so many random kills of a real `dvc repro`.
"""

import argparse
import io
import json
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks import random_kills
from benchmarks.disk_faults import MODES, Faults
from benchmarks.small_run import ALL, DATES, ROOT, differing, files, lost, make, set_date
from churnrisk import params
from churnrisk.errors import ChurnriskError
from churnrisk.params import Params
from churnrisk.store.lock import locked
from churnrisk.store.workspace import Workspace
from churnrisk.weekly.promote import promote
from churnrisk.weekly.run import Asked, weekly

RESULT = ROOT / "benchmarks" / "results" / "kills.json"
TRIED = (*ALL, "weekly")
"""The stages of the pipeline, and after them the list of a week by the champion."""

SEED = 7
_NEVER = 0
"""The number of no operation: a run in which nothing goes wrong, and all are counted."""

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
    operations: dict[str, int] = field(default_factory=dict)
    pairs: dict[str, int] = field(default_factory=dict)


def _run(workspace: Workspace, settings: Params, name: str) -> None:
    if name == "weekly":
        weekly(workspace, settings, Asked(), Console(file=io.StringIO()))
    elif name == "promote":
        promote(workspace, settings, force="a benchmark")
    else:
        import_module(f"churnrisk.stages.{name}").run(workspace, settings)


def in_child(workspace: Workspace, stage: str, faults: Faults | None = None, count: Path | None = None) -> int:
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
            _run(workspace, settings, stage)
        if faults is not None and count is not None:
            count.write_text(str(faults.done), encoding="utf-8")
        code = 0 if faults is None or not faults.at or faults.done < faults.at else _CLEAR
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


def states(folder: Path) -> tuple[Workspace, dict[str, tuple[Path, Path]]]:
    """A workspace whose first list is out, and its states before and after each stage of the next list, and before and
    after the list of a week that carries over what the week before it has left.
    """
    steps = (*ALL, "promote", "weekly", "weekly")
    kept = [folder / f"{number:02d}" for number in range(len(steps) + 1)]
    workspace = Workspace(folder / "workspace")
    if not kept[-1].exists():
        make(workspace.root)
        for stage in ALL:
            _require_done(in_child(workspace, stage), stage)
        set_date(workspace.root, DATES[1])
        _keep(workspace, kept[0])
        for stage, state in zip(steps, kept[1:], strict=True):
            _require_done(in_child(workspace, stage), stage)
            _keep(workspace, state)
    return workspace, {stage: (kept[number], kept[number + 1]) for number, stage in enumerate(steps)}


def _keep(workspace: Workspace, folder: Path) -> None:
    partial = shutil.copytree(workspace.root, folder.with_name(f".{folder.name}"), symlinks=True)
    partial.replace(folder)


def counted(workspace: Workspace, stage: str, before: Path) -> int:
    """How many operations a stage has. The child that counts them ends, so it leaves the number in a file."""
    put(before, workspace.root)
    file = workspace.root.with_name("operations")
    code = in_child(workspace, stage, Faults(workspace.root, _NEVER, MODES[0]), file)
    _require_done(code, stage)
    return int(file.read_text(encoding="utf-8"))


def _require_done(code: int, stage: str) -> None:
    if code:
        raise SystemExit(f"the undisturbed run ended with {code} in {stage}")


def strike(workspace: Workspace, stage: str, ends: tuple[Path, Path], until: float, found: Found) -> None:
    """Let operations of a stage go wrong, each in every mode, until all pairs were tried or the time is up."""
    before, after = files(ends[0]), files(ends[1])
    found.operations[stage] = counted(workspace, stage, ends[0])
    pairs = [(at, mode) for at in range(1, found.operations[stage] + 1) for mode in MODES]
    random.Random(SEED).shuffle(pairs)
    found.pairs[stage] = 0
    for at, mode in pairs:
        if time.monotonic() > until:
            return
        put(ends[0], workspace.root)
        code = in_child(workspace, stage, Faults(workspace.root, at, mode))
        found.pairs[stage] += 1
        # Threads write as it comes, so that the last operations may be some fewer in another run.
        if code == 0:
            continue
        name = f"{stage} {mode} {at}"
        found.tried[mode] += 1
        if code not in (_CLEAR, _KILLED):
            found.unclear.append(name)
        found.lost += [f"{name}: {each}" for each in lost(before, files(workspace.root), after)]
        again = in_child(workspace, stage)
        found.differing += [f"{name}: {each}" for each in differing(files(workspace.root), after)]
        if again:
            found.differing.append(f"{name}: the next run ended with {again}")


def main(arguments: list[str] | None = None) -> dict[str, Any]:
    """Try everything, print the figures and write them."""
    asked = _asked(arguments)
    folder, began = asked.folder, time.monotonic()
    for stage in ALL:
        import_module(f"churnrisk.stages.{stage}")
    if not asked.reuse:
        shutil.rmtree(folder, ignore_errors=True)
    workspace, ends = states(folder)
    found, until = Found(), began + 60 * asked.minutes
    # 300 random kills take about half an hour.
    share = 0.5 if asked.random else 1.0
    struck_until = time.monotonic() + share * (until - time.monotonic())
    for number, stage in enumerate(asked.stages):
        left = (struck_until - time.monotonic()) / (len(asked.stages) - number)
        strike(workspace, stage, ends[stage], time.monotonic() + left, found)
    at_random = random_kills.strike(folder / "dvc", asked.random, until) if asked.random else {}
    figures = _figures(found, at_random, asked, round((time.monotonic() - began) / 60, 1))
    asked.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(figures) + "\n")
    return figures


def _figures(found: Found, at_random: dict[str, Any], asked: argparse.Namespace, minutes: float) -> dict[str, Any]:
    stages = {
        stage: {"operations": count, "pairs": len(MODES) * count, "tried": found.pairs[stage]}
        for stage, count in found.operations.items()
    }
    return {
        "kills": sum(found.tried.values()) + at_random.get("kills", 0),
        "lost": len(found.lost) + len(at_random.get("lost", [])),
        "differing": len(found.differing) + len(at_random.get("differing", [])),
        "unclear_errors": len(found.unclear),
        "by_mode": dict(found.tried),
        "thinned": f"pairs of operation and mode in an order drawn with seed {SEED}, until the time of a stage was up",
        "minutes_allowed": asked.minutes,
        "minutes": minutes,
        "stages": stages,
        "random": at_random,
        "where": [*found.lost, *found.differing, *found.unclear][:50],
    }


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stages", nargs="+", choices=TRIED, default=TRIED)
    parser.add_argument("--random", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=59)
    parser.add_argument("--reuse", action="store_true", help="start from what an earlier run left in --folder")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "benchmarks" / "kills")
    parser.add_argument("--out", type=Path, default=RESULT)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
