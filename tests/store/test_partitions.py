"""Files of months are taken over whole, by link where there are links."""

from pathlib import Path

import pytest

from churnrisk.store.catalogue.rollup import DAILY, USERS
from churnrisk.store.partitions import carry, content, digest
from churnrisk.store.workspace import Workspace


@pytest.fixture
def before(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "before")
    for file in (DAILY, USERS):
        path = file.at(workspace, month="2025-01")
        path.parent.mkdir(parents=True)
        path.write_text(file.path)
    return workspace


@pytest.mark.parametrize("links", [True, False])
def test_files_are_linked_or_copied(
    links: bool, before: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*paths: Path) -> None:
        raise PermissionError("no links here")

    if not links:
        monkeypatch.setattr("os.link", refused)
    draft = Workspace(tmp_path / "draft")
    assert carry([DAILY, USERS], before, draft, "2025-01")
    for file in (DAILY, USERS):
        there, here = (file.at(each, month="2025-01") for each in (before, draft))
        assert here.read_text() == file.path
        assert here.samefile(there) == links


def test_where_one_file_is_missing_none_is_taken(before: Workspace, tmp_path: Path) -> None:
    USERS.at(before, month="2025-01").unlink()
    draft = Workspace(tmp_path / "draft")
    assert not carry([DAILY, USERS], before, draft, "2025-01")
    # Whoever makes the month anew would write into the file that the folder before still has.
    assert not DAILY.at(draft, month="2025-01").exists()


def test_hashes_stand_for_content(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"1")
    other.write_bytes(b"2")
    assert content(one) != content(other)
    other.write_bytes(b"1")
    assert content(one) == content(other)
    assert content(tmp_path / "none") == ""
    assert digest("a", "b") != digest("ab")
