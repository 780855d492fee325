"""A list goes out as four whole files, is kept byte for byte, and comes back; a rule says which one is the latest."""

import dataclasses
import datetime as dt
import json
import os
import shutil
import threading
from pathlib import Path

import pytest

from churnrisk import __version__
from churnrisk.clock import day
from churnrisk.errors import SourceError
from churnrisk.risk_list import RiskList, publish, restore
from churnrisk.risk_list.outputs.files import rendered
from churnrisk.store.published import Published, files_in
from churnrisk.store.workspace import Workspace

from .company import risk_list

FILES = sorted(rendered(risk_list()))


def dated(as_of: str, **changes: int) -> RiskList:
    return risk_list(as_of=day(as_of), **changes)


def contents(folder: Path) -> dict[str, bytes]:
    """The files of the list itself."""
    files = files_in(folder)
    assert ("run.json" in files) == ("lists" not in folder.parts), "beside a list that is shown, not in the archive"
    files.pop("run.json", None)
    return files


def everything(workspace: Workspace) -> dict[str, tuple[bytes, int]]:
    """Every file with its content, and the number of its inode, which is another one where it was written again."""
    files = [path for path in sorted(workspace.root.rglob("*")) if path.is_file() and ".latest.old" not in path.parts]
    return {str(path.relative_to(workspace.root)): (path.read_bytes(), path.stat().st_ino) for path in files}


def shown(workspace: Workspace) -> dict[str, dict[str, bytes]]:
    """The folders of lists that a reader sees."""
    folders = [path for path in sorted(workspace.risk_lists.iterdir()) if not path.name.startswith(".")]
    return {path.name: contents(path) for path in folders}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def test_a_folder_for_the_date_a_copy_as_the_latest_and_one_in_the_archive(workspace: Workspace) -> None:
    folder = publish(workspace, risk_list(), scores="s1")
    assert folder == workspace.risk_lists / "2025-01-06"
    assert sorted(contents(folder)) == FILES
    latest = workspace.risk_lists / "latest"
    assert contents(latest) == contents(folder)
    assert not latest.is_symlink()
    (kept,) = (workspace.history / "lists" / "as_of=2025-01-06").glob("model=*/list=*")
    assert contents(kept) == contents(folder)


def test_when_it_was_written_stands_beside_the_list(workspace: Workspace) -> None:
    before = dt.datetime.now(dt.UTC)
    folder = publish(workspace, risk_list(), scores="s1")
    run = json.loads((folder / "run.json").read_text())
    assert before <= dt.datetime.fromisoformat(run["made_at"]) <= dt.datetime.now(dt.UTC)
    assert run["churnrisk"] == __version__


def test_to_publish_the_same_list_again_changes_nothing(workspace: Workspace) -> None:
    publish(workspace, risk_list(), scores="s1")
    before = everything(workspace)
    publish(workspace, risk_list(), scores="s1")
    publish(workspace, risk_list(), scores="s1", backfill=True)
    assert everything(workspace) == before


OLDER, MIDDLE, NEWER = "2024-12-30", "2025-01-06", "2025-01-13"
AS_LATEST = {  # what is published, in order, and which date is the latest after each
    "week by week": ([(OLDER, False), (MIDDLE, False), (NEWER, False)], [OLDER, MIDDLE, NEWER]),
    "an earlier date that was asked for": ([(NEWER, False), (OLDER, False)], [NEWER, OLDER]),
    "a date that was missed": ([(NEWER, False), (OLDER, True), (MIDDLE, True)], [NEWER, NEWER, NEWER]),
    "several that were missed": ([(OLDER, False), (MIDDLE, True), (NEWER, True)], [OLDER, MIDDLE, NEWER]),
    "nothing but a date that was missed": ([(OLDER, True)], [OLDER]),
    "back to the one before": ([(NEWER, False), (OLDER, False), (NEWER, False)], [NEWER, OLDER, NEWER]),
}


@pytest.mark.parametrize(("steps", "latest"), AS_LATEST.values(), ids=AS_LATEST)
def test_the_latest_is_the_list_that_was_asked_for(
    steps: list[tuple[str, bool]], latest: list[str], workspace: Workspace
) -> None:
    (workspace.risk_lists / "2099-01-01").mkdir(parents=True)
    for (as_of, backfill), shown in zip(steps, latest, strict=True):
        publish(workspace, dated(as_of), scores="s1", backfill=backfill)
        assert contents(workspace.risk_lists / "latest") == contents(workspace.risk_lists / shown)
        assert sorted(contents(workspace.risk_lists / as_of)) == FILES


def test_a_list_that_cannot_be_written_leaves_the_last_good_one(workspace: Workspace) -> None:
    publish(workspace, risk_list(), scores="s1")
    before = everything(workspace)
    with pytest.raises(ValueError, match="JSON"):
        publish(workspace, dataclasses.replace(risk_list(), expected_churns=float("nan")), scores="s1")
    assert everything(workspace) == before


def test_a_new_list_replaces_all_of_the_old_and_the_archive_keeps_both(workspace: Workspace) -> None:
    publish(workspace, risk_list(), scores="s1")
    old = contents(workspace.risk_lists / "latest")
    publish(workspace, risk_list(length=3), scores="s1")
    assert contents(workspace.risk_lists / "latest") == contents(workspace.risk_lists / "2025-01-06") != old
    kept = [contents(folder) for folder in (workspace.history / "lists").glob("as_of=*/model=*/list=*")]
    assert len(kept) == 2
    assert old in kept


def test_every_list_comes_back_byte_for_byte(workspace: Workspace) -> None:
    """The restore drill: three dates, of which one went out twice, and the latest is not the newest."""
    for as_of, length in ((NEWER, 40), (OLDER, 40), (MIDDLE, 40), (MIDDLE, 3)):
        publish(workspace, dated(as_of, length=length), scores="s1")
    before = shown(workspace)
    assert len(before) == 4
    shutil.rmtree(workspace.risk_lists)
    assert sorted(path.name for path in restore(workspace)) == sorted(before)
    assert shown(workspace) == before
    assert restore(workspace) == []


def test_a_file_that_was_changed_or_lost_comes_back_and_nothing_else_is_touched(workspace: Workspace) -> None:
    publish(workspace, dated(OLDER), scores="s1")
    publish(workspace, dated(NEWER), scores="s1")
    before = everything(workspace)
    (workspace.risk_lists / OLDER / "risk_list.csv").write_text("mine")
    (workspace.risk_lists / "latest" / "index.html").unlink()
    assert [path.name for path in restore(workspace)] == [OLDER, "latest"]
    after = everything(workspace)
    assert after.keys() == before.keys()
    # The wall clock is that at which the files came back.
    lasting = [name for name in before if not name.endswith("run.json")]
    assert {name: after[name][0] for name in lasting} == {name: before[name][0] for name in lasting}
    again = {name for name, found in after.items() if found != before[name]}
    assert {part for name in again for part in Path(name).parts if part in (OLDER, NEWER, "latest")} == {
        OLDER,
        "latest",
    }


@pytest.mark.parametrize("harm", [lambda file: file.write_bytes(b""), lambda file: file.unlink()])
def test_a_list_that_the_archive_has_not_as_it_went_out_is_named_after_all_others_are_back(
    harm, workspace: Workspace
) -> None:
    for as_of in (OLDER, MIDDLE, NEWER):
        publish(workspace, dated(as_of), scores="s1")
    shutil.rmtree(workspace.risk_lists)
    lists = Published(workspace)
    harm(lists.folder(lists.shown()[day(MIDDLE).item()]) / "risk_list.csv")
    with pytest.raises(SourceError, match=rf"the list of {MIDDLE} is not as it went out: .*backup of data/history"):
        restore(workspace)
    assert sorted(shown(workspace)) == [OLDER, NEWER, "latest"]


def test_what_a_power_cut_left_in_the_archive_is_no_list_that_is_kept(workspace: Workspace) -> None:
    publish(workspace, risk_list(), scores="s1")
    (kept,) = (workspace.history / "lists").glob("as_of=*/model=*/list=*")
    before = contents(kept)
    for file in (path for path in kept.iterdir() if path.is_file()):
        file.write_bytes(b"")
    publish(workspace, risk_list(), scores="s1")
    assert contents(kept) == before


def test_without_any_list_there_is_nothing_to_bring_back(workspace: Workspace) -> None:
    assert restore(workspace) == []
    assert everything(workspace) == {}


def test_a_reader_finds_a_list_at_any_time_and_one_whole_list_where_it_stays_in_the_folder(
    workspace: Workspace,
) -> None:
    """Two lists are published in turn, each by a rename, while somebody copies."""
    made = [dated(OLDER), dated(NEWER)]
    for each in made:
        publish(workspace, each, scores="s1")
    whole = {tuple(contents(workspace.risk_lists / name).values()) for name in (OLDER, NEWER)}
    done = threading.Event()

    def publish_in_turn() -> None:
        for _ in range(40):
            for each in made:
                publish(workspace, each, scores="s1")
        done.set()

    publisher = threading.Thread(target=publish_in_turn)
    publisher.start()
    copies = 0
    while not done.is_set():
        folder = os.open(workspace.risk_lists / "latest", os.O_RDONLY)
        copied = []
        for name in FILES:
            with os.fdopen(os.open(name, os.O_RDONLY, dir_fd=folder), "rb") as file:
                copied.append(file.read())
        os.close(folder)
        assert tuple(copied) in whole
        copies += 1
    publisher.join()
    assert copies > 20
