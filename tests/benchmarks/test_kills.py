"""The short version of the benchmark of kills: a list is published, and operations go wrong in each mode."""

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from benchmarks.disk_faults import MODES, Faults
from benchmarks.small_run import differing

from churnrisk.clock import day
from churnrisk.errors import ChurnriskError, LockedError
from churnrisk.risk_list import publish, restore
from churnrisk.store import writes
from churnrisk.store.lock import locked
from churnrisk.store.workspace import Workspace

from ..risk_list.company import inputs_of, risk_list

ROWS = "account probability before mrr owner name\na 0.2 0.1 10 Ana A\nb 0.5 0.6 20 Ben B"
Ends = tuple[Path, dict[str, bytes], dict[str, bytes]]
OUT, NEXT = "2025-01-06", "2025-01-13"


def publish_next(root: Path) -> None:
    workspace = Workspace(root)
    with locked(workspace, "list"):
        publish(workspace, risk_list(inputs_of(ROWS), as_of=day(NEXT)), scores="s1")


def in_child(call: Callable[[Path], None], root: Path, faults: Faults) -> int:
    """How a call ends in a process of its own whose faults are in: 0 untouched, 3 an error, -9 killed."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        faults.install()
        call(root)
        code = 0 if faults.done < faults.at else 3
    except OSError:
        code = 3
    finally:
        os._exit(code)


def content(root: Path) -> dict[str, bytes]:
    """Every file but the lock, the wall clock beside a list, and what readers of the latest list may be in."""
    found = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
    skipped = (".churnrisk.lock", "run.json")
    return {name: path.read_bytes() for name, path in found.items() if ".old" not in name and path.name not in skipped}


def whole(found: dict[str, bytes], *allowed: dict[str, bytes]) -> list[str]:
    """Files of the list that is out, of the archive and of the latest list that are none of those allowed."""
    seen = {name: data for name, data in found.items() if "/." not in name}
    wrong = [name for name, data in seen.items() if not any(each.get(name) == data for each in allowed)]
    gone = [name for name in allowed[0] if f"/{OUT}/" in name or "history" in name if name not in seen]
    latest = [{n: d for n, d in each.items() if "/latest/" in n} for each in (seen, *allowed)]
    return [*wrong, *gone, *([] if latest[0] in latest[1:] else ["latest"])]


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes], dict[str, bytes]]:
    """A workspace with a list that is out, its files, and those after the next list."""
    before, after = tmp_path_factory.mktemp("kills") / "before", tmp_path_factory.mktemp("kills") / "after"
    publish(Workspace(before), risk_list(inputs_of(ROWS), as_of=day(OUT)), scores="s1")
    shutil.copytree(before, after)
    publish_next(after)
    return before, content(before), content(after)


def struck(ends: Ends, root: Path, mode: str, at: int) -> tuple[int, list[str]]:
    """How the next list ended, and what is wrong then and after another run."""
    before, old, new = ends
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(before, root)
    code = in_child(publish_next, root, Faults(root, at, mode))
    wrong = whole(content(root), old, new)
    try:
        publish_next(root)
    except ChurnriskError as error:
        return code, [*wrong, f"the next run: {error}"]
    return code, [*wrong, *differing(content(root), new)]


@pytest.mark.parametrize("mode", MODES)
def test_whatever_goes_wrong_while_a_list_is_published_nothing_is_lost(ends, tmp_path: Path, mode: str) -> None:
    step, at, code = 9, 1 + MODES.index(mode), -1
    while code:
        code, wrong = struck(ends, tmp_path / "workspace", mode, at)
        assert (at, wrong) == (at, [])
        assert code in ((0, 3) if mode in ("ENOSPC", "EIO") else (0, -signal.SIGKILL))
        at += step
    assert at > 6 * step


def test_without_syncing_a_power_cut_would_lose_a_list(ends, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So the test above can fail: content that never reached the disk is what the mode takes away."""
    monkeypatch.setattr(writes, "_sync", lambda path: None)
    assert any(struck(ends, tmp_path / "workspace", "lost", at)[1] for at in range(20, 400, 12))


def test_a_run_that_was_killed_leaves_no_lock_and_its_lists_come_back(ends, tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    struck(ends, root, "kill", 20)
    with locked(Workspace(root), "restore"), pytest.raises(LockedError), locked(Workspace(root)):
        pass
    shutil.rmtree(root / "reports")
    restore(Workspace(root))
    assert content(root) == ends[2]
