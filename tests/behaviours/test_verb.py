"""`churnrisk behaviours`: what it writes and prints, and what a user can fix."""

import json

import pytest
from typer.testing import CliRunner

from churnrisk.cli import app
from churnrisk.errors import LockedError, ParamsError
from churnrisk.store.lock import locked
from churnrisk.store.workspace import Workspace

from .company import features, labels, write


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return write(tmp_path / "workspace")


def call(workspace: Workspace, *words: str):
    return CliRunner().invoke(app, ["behaviours", "--workspace", str(workspace.root), *words])


def read(workspace: Workspace):
    return json.loads((workspace.reports / "behaviours" / "behaviours.json").read_text())


def test_it_writes_the_page_and_the_file_and_says_what_tells(workspace):
    done = call(workspace)
    assert done.exit_code == 0
    assert sorted(each.name for each in (workspace.reports / "behaviours").iterdir()) == [
        "behaviours.json",
        "index.html",
    ]
    assert read(workspace)["summary"] == ["active_days"]
    for text in (
        "90 accounts, 1,440 snapshots of 6 Jan 2025",
        "most valuable (top 20% by MRR)",
        "active_days",
        "index",
    ):
        assert text in done.output
    assert "need not be its cause" in done.output


def test_the_same_again_gives_the_same_bytes(workspace):
    def written() -> dict[str, bytes]:
        call(workspace)
        return {each.name: each.read_bytes() for each in (workspace.reports / "behaviours").iterdir()}

    assert written() == written()


def test_features_by_name_are_printed_as_tables(workspace):
    done = call(workspace, "--feature", "plan", "--feature", "active_days")
    assert done.exit_code == 0
    assert [each["name"] for each in read(workspace)["features"]] == ["plan", "active_days"]
    for text in ("Plan: What plan means.", "<script>", "Basic", "0 to 3 days", "Valuable: left"):
        assert text in done.output


def test_the_share_of_the_valuable(workspace):
    call(workspace, "--valuable", "0.5", "--feature", "plan")
    assert read(workspace)["about"]["valuable_share"] == 0.5


def test_without_prices_it_says_so(tmp_path):
    bare = write(tmp_path / "bare", features().drop(columns="mrr"), labels(features()))
    for words in ((), ("--feature", "plan")):
        done = call(bare, *words)
        assert "no MRR is known" in done.output
        assert "Valuable" not in done.output


def test_nothing_that_tells_is_said(tmp_path):
    known = labels(features()).assign(label=0.0)
    done = call(write(tmp_path / "quiet", known=known))
    assert "No feature surely tells" in done.output


@pytest.mark.parametrize("words", [("--feature", "activ_days"), ("--feature", "plan", "--feature", "activ_days")])
def test_a_misspelt_feature_is_a_usage_error_with_the_fix(workspace, words):
    done = call(workspace, *words)
    assert isinstance(done.exception, ParamsError)
    assert done.exception.exit_code == 2
    assert "no feature is named 'activ_days'" in str(done.exception)
    assert "did you mean 'active_days'?" in str(done.exception)
    assert not workspace.reports.exists()


@pytest.mark.parametrize("share", ["0", "1.5", "few"])
def test_a_share_that_is_none_is_a_usage_error(workspace, share):
    assert call(workspace, "--valuable", share).exit_code == 2


def test_a_second_run_is_refused(workspace):
    with locked(workspace):
        assert isinstance(call(workspace).exception, LockedError)
