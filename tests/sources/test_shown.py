"""What DVC is shown of the source's folder."""

import os

import pytest

from churnrisk.errors import SourceError
from churnrisk.sources.shown import show_nothing, show_to_dvc
from churnrisk.store.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    for name in ("acme/exports", "acme/data", "elsewhere"):
        (tmp_path / name).mkdir(parents=True)
    return Workspace(tmp_path / "acme")


def test_a_folder_of_the_workspace_is_a_link_that_survives_a_move(workspace):
    assert show_to_dvc(workspace.root.relative_to(workspace.root) / "exports", workspace) is None
    moved = workspace.root.rename(workspace.root.with_name("moved"))
    assert (moved / "data" / "source").resolve() == moved / "exports"


def test_a_folder_elsewhere_is_a_link_to_it(workspace, tmp_path):
    assert show_to_dvc(tmp_path / "elsewhere", workspace) is None
    assert (workspace.root / "data" / "source").readlink() == tmp_path / "elsewhere"


def test_the_link_follows_the_params(workspace, tmp_path):
    show_nothing(workspace)
    for folder in (tmp_path / "elsewhere", workspace.root / "exports"):
        show_to_dvc(folder, workspace)
        assert (workspace.root / "data" / "source").resolve() == folder
    show_nothing(workspace)
    assert [*(workspace.root / "data" / "source").iterdir()] == []
    assert (tmp_path / "elsewhere").is_dir()


@pytest.mark.parametrize("folder", [".", "..", "data"])
def test_a_folder_that_holds_what_stages_write_is_not_shown_and_says_so(workspace, folder):
    said = show_to_dvc(workspace.root / folder, workspace)
    assert "can't tell when an export changes" in said
    assert [*(workspace.root / "data" / "source").iterdir()] == []


def test_exports_may_lie_in_the_very_place(workspace):
    own = workspace.root / "data" / "source"
    own.mkdir()
    (own / "accounts.csv").write_text("mine")
    assert show_to_dvc(own, workspace) is None
    assert (own / "accounts.csv").read_text() == "mine"


def test_files_of_somebody_else_are_never_removed(workspace):
    own = workspace.root / "data" / "source"
    own.mkdir()
    (own / "accounts.csv").write_text("mine")
    with pytest.raises(SourceError, match=r"source is in the way of a link .* Fix: move it elsewhere"):
        show_to_dvc(workspace.root / "exports", workspace)
    assert (own / "accounts.csv").read_text() == "mine"


def test_a_pipe_among_the_files_is_refused(workspace):
    (workspace.root / "exports" / "deep").mkdir()
    os.mkfifo(workspace.root / "exports" / "deep" / "live")
    with pytest.raises(SourceError, match=r"deep: live is not a file but a pipe"):
        show_to_dvc(workspace.root / "exports", workspace)


def test_a_folder_that_is_not_there_is_named(workspace):
    with pytest.raises(SourceError, match=r"exprts: the source's folder is not there"):
        show_to_dvc(workspace.root / "exprts", workspace)
