"""Writes are whole or not there at all."""

import threading

import pandas as pd
import pytest

from churnrisk.errors import SourceError
from churnrisk.store import writes
from churnrisk.store.exchange import exchange
from churnrisk.store.writes import read_json, read_table, whole_file, whole_folder, write_json, write_table


class CrashError(Exception):
    pass


def _broken_off(writing):
    with writing as partial:
        (partial / "b.txt" if partial.is_dir() else partial).write_text("half")
        raise CrashError


def test_a_file_that_was_broken_off_leaves_the_one_before(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("before")
    with pytest.raises(CrashError):
        _broken_off(whole_file(file))
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("a.txt", "before")]


def test_a_folder_that_was_broken_off_leaves_the_one_before(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "a.txt").write_text("before")
    with pytest.raises(CrashError):
        _broken_off(whole_folder(folder))
    assert [each.name for each in tmp_path.iterdir()] == ["out"]
    assert [each.name for each in folder.iterdir()] == ["a.txt"]


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    folder = tmp_path / "out"
    for name in ("a", "b"):
        with whole_folder(folder) as partial:
            (partial / name).write_text(name)
    assert [each.name for each in folder.iterdir()] == ["b"]


@pytest.mark.parametrize("read", [read_table, read_json])
def test_what_an_earlier_stage_has_not_written_is_named(tmp_path, read):
    with pytest.raises(SourceError, match=r"here.x is not there. Fix: run the stages before"):
        read(tmp_path / "here.x")


def test_tables_and_json_come_back(tmp_path):
    rows = pd.DataFrame({"account_id": ["a"], "value": [1.5]})
    write_table(rows, tmp_path / "deep" / "t.parquet")
    write_json({"a": [1]}, tmp_path / "t.json")
    pd.testing.assert_frame_equal(read_table(tmp_path / "deep" / "t.parquet"), rows)
    assert read_json(tmp_path / "t.json") == {"a": [1]}


def test_a_folder_lost_between_two_steps_of_a_kill_is_put_back(tmp_path):
    (tmp_path / ".out.old").mkdir()
    (tmp_path / ".out.old" / "a.txt").write_text("last good one")
    with pytest.raises(CrashError):
        _broken_off(whole_folder(tmp_path / "out"))
    assert (tmp_path / "out" / "a.txt").read_text() == "last good one"


@pytest.mark.parametrize(("name", "read"), [("t.parquet", read_table), ("t.json", read_json)])
def test_a_broken_file_is_named(tmp_path, name, read):
    (tmp_path / name).write_text("{")
    with pytest.raises(SourceError, match=f"{name} can't be read"):
        read(tmp_path / name)


def test_a_table_that_is_damaged_in_the_middle_is_named(tmp_path):
    write_table(pd.DataFrame({"account_id": ["a"] * 100}), tmp_path / "t.parquet")
    whole = (tmp_path / "t.parquet").read_bytes()
    (tmp_path / "t.parquet").write_bytes(whole[:4] + bytes(64) + whole[68:])
    with pytest.raises(SourceError, match=r"t.parquet can't be read"):
        read_table(tmp_path / "t.parquet")


def test_a_folder_that_is_a_link_stays_one_however_often_it_is_replaced(tmp_path):
    elsewhere, link = tmp_path / "large disk", tmp_path / "data"
    elsewhere.mkdir()
    link.symlink_to(elsewhere)
    for name in ("a", "b", "c"):
        with whole_folder(link) as partial:
            (partial / name).write_text(name)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["data", "large disk"]
    assert link.is_symlink()
    assert [each.name for each in elsewhere.iterdir()] == ["c"]


def test_a_reader_never_finds_a_folder_missing_while_it_is_replaced(tmp_path, missing):
    """Where the file system can let two folders change places, as those of Linux and macOS can."""
    folder, done = tmp_path / "out", threading.Event()

    def replace_often():
        for number in range(200):
            with whole_folder(folder) as partial:
                (partial / "a.txt").write_text(str(number))
        done.set()

    with whole_folder(folder) as partial:
        (partial / "a.txt").write_text("first")
    (tmp_path / "other").mkdir()
    if not exchange(tmp_path / "other", tmp_path / "other"):
        missing("this file system can't let two folders change places")
    writer = threading.Thread(target=replace_often)
    writer.start()
    gaps = 0
    while not done.is_set():
        gaps += not folder.is_dir()
    writer.join()
    assert gaps == 0


def test_where_folders_can_not_change_places_two_renames_do(tmp_path, monkeypatch):
    monkeypatch.setattr(writes, "exchange", lambda one, other: False)
    test_a_folder_is_replaced_as_a_whole(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


def test_what_was_replaced_stays_beside_until_the_next_time_for_those_who_are_in_it(tmp_path):
    for name in ("a", "b", "c"):
        with whole_folder(tmp_path / "out", keep=True) as partial:
            (partial / name).write_text(name)
    assert {each.name: [file.name for file in each.iterdir()] for each in tmp_path.iterdir()} == {
        "out": ["c"],
        ".out.old": ["b"],
    }
