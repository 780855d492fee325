"""The lock of a workspace, held by real processes."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from churnrisk.errors import LockedError
from churnrisk.store.lock import LOCK, locked
from churnrisk.store.workspace import Workspace

HOLD = """
import sys, time
from pathlib import Path
from churnrisk.store.lock import locked
from churnrisk.store.workspace import Workspace
with locked(Workspace(Path(sys.argv[1])), "train"):
    print("held", flush=True)
    time.sleep(60)
"""


def holder(folder: Path) -> "subprocess.Popen[str]":
    """Another process that holds the lock, and has said so."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "params.yaml").write_text("churn: {}\n")
    return Workspace(tmp_path)


def test_a_second_run_is_told_who_holds_the_lock_and_since_when(workspace: Workspace) -> None:
    process = holder(workspace.root)
    try:
        with pytest.raises(LockedError) as error:
            locked(workspace, "pull").__enter__()
    finally:
        end(process)
    by = rf"`churnrisk train`, process {process.pid} on \S+, since 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC"
    assert re.search(rf"another run is under way: {by}\. Fix: wait until it ends", str(error.value))
    assert error.value.exit_code == 7


def test_params_that_an_editor_has_replaced_let_nobody_in(workspace: Workspace) -> None:
    process = holder(workspace.root)
    try:
        (workspace.root / "params.yaml~").write_text("churn: {lead_days: 7}\n")
        (workspace.root / "params.yaml~").replace(workspace.params)
        with pytest.raises(LockedError):
            locked(workspace).__enter__()
    finally:
        end(process)


@pytest.mark.parametrize("ended_by", [signal.SIGKILL, signal.SIGTERM])
def test_the_lock_of_a_holder_that_died_is_free(workspace: Workspace, ended_by: signal.Signals) -> None:
    process = holder(workspace.root)
    process.send_signal(ended_by)
    process.communicate()
    with locked(workspace, "pull"):
        assert f'"process": {os.getpid()}' in (workspace.root / LOCK).read_text()


def test_of_many_at_once_one_gets_it(workspace: Workspace) -> None:
    code = HOLD.replace("time.sleep(60)", "time.sleep(8)")
    command = [sys.executable, "-c", code, str(workspace.root)]
    made = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    said = [process.communicate() for process in made]
    assert sorted(out for out, _ in said) == ["", "", "", "held\n"]
    assert all("LockedError" in error for out, error in said if not out)


@pytest.mark.parametrize("content", ["", "{", '{"verb": "train"}', "[]"])
def test_a_holder_that_has_not_signed_keeps_others_out_all_the_same(workspace: Workspace, content: str) -> None:
    process = holder(workspace.root)
    (workspace.root / LOCK).write_text(content)
    try:
        with pytest.raises(LockedError, match=r"another run is under way\. Fix"):
            locked(workspace).__enter__()
    finally:
        end(process)


def as_nobody(folder: Path, call: str) -> str:
    """What a call says as a user who can't write there, or our own words where that is not to be had."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        said = "done"
        try:
            if os.geteuid() == 0:
                os.seteuid(65534)
            with locked(Workspace(folder), call):
                pass
        except LockedError as error:
            said = str(error)
        except BaseException as error:
            said = repr(error)
        os.write(write, said.encode())
        os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    with os.fdopen(read) as pipe:
        return pipe.read()


def readable(folder: Path) -> None:
    for each in (folder, *folder.parents):
        if each.stat().st_uid == os.getuid() and each != Path("/"):
            each.chmod(each.stat().st_mode | 0o555 if each != folder else 0o555)


def test_who_can_only_read_needs_no_lock_and_waits_for_one_that_writes(workspace: Workspace) -> None:
    readable(workspace.root)
    assert as_nobody(workspace.root, "doctor") == "done"
    assert not (workspace.root / LOCK).exists()
    workspace.root.chmod(0o755)
    process = holder(workspace.root)
    workspace.root.chmod(0o555)
    try:
        assert "another run is under way: `churnrisk train`" in as_nobody(workspace.root, "doctor")
    finally:
        end(process)
        workspace.root.chmod(0o755)
    assert as_nobody(workspace.root, "doctor") == "done"


def test_the_file_stays_because_another_run_may_be_about_to_open_it(workspace: Workspace) -> None:
    for _ in range(2):
        with locked(workspace, "pull"):
            pass
    assert sorted(path.name for path in workspace.root.iterdir()) == [LOCK, "params.yaml"]
