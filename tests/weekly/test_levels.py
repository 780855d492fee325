"""The levels of segments move by what has become of the champion's own lists, and of no others."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import Day, days
from churnrisk.feeds.list_date import list_date
from churnrisk.labels.hindsight import Hindsight
from churnrisk.model.bundle import Bundle
from churnrisk.model.log_odds import fit_offset
from churnrisk.model.offsets import Offsets
from churnrisk.monitoring.lineage import lineage
from churnrisk.store.catalogue.label import LABELS
from churnrisk.store.catalogue.score import ARCHIVED_SCORES, SCORES
from churnrisk.store.kept_scores import Kept, all_kept
from churnrisk.store.workspace import Workspace
from churnrisk.weekly.levels import recalibrate
from churnrisk.weekly.promote import promote
from churnrisk.weekly.view import view

from .. import company
from ..verbs import call
from .company import challenge, files, run, with_champion

TRAINED = Offsets({"enterprise": -0.4, "small": 0.3}, mean=0.1, penalty=20.0, until="2025-03-31")
"""One segment of the company has none, as one that is new."""

AGO = days(49)
"""The window of the label is over after 37 days, and its churns are reported in the week after."""


@pytest.fixture(scope="module")
def champion(small) -> Bundle:
    bundle = Bundle.load(small.models / "bundle")
    return learned_until(replace(bundle, model=replace(bundle.model, offsets=TRAINED)), TRAINED.until)


def learned_until(bundle: Bundle, date: str) -> Bundle:
    """As if it had learned from no later label."""
    return replace(bundle, model=replace(bundle.model, trained=replace(bundle.model.trained, known_until=date)))


@pytest.fixture(scope="module")
def old_list(small, champion, tmp_path_factory) -> Workspace:
    """A champion with levels, after a list whose labels are mature on the newest date."""
    folder = tmp_path_factory.mktemp("levels")
    workspace = with_champion(small, folder / "workspace")
    challenge(workspace, champion, folder / "champion")
    promote(workspace, company.load(workspace), force="a test")
    assert "levels" not in run(workspace, list_date(small) - AGO)
    return workspace


@pytest.fixture
def workspace(old_list, tmp_path) -> Workspace:
    return company.copied(old_list, tmp_path / "workspace")


def bundle_of(workspace: Workspace) -> Bundle:
    return Bundle.load(view(workspace).models / "bundle")


def expected(small: Workspace, workspace: Workspace, champion: Bundle, on: Day) -> dict[str, float]:
    """The levels by the labels that the stage `label` gives, which weekly runs don't have."""
    labels = LABELS.read(small, filters=[("as_of", "==", pd.Timestamp(on))]).dropna(subset=["label"])
    (path,) = ARCHIVED_SCORES.all_at(workspace)
    rows = ARCHIVED_SCORES.read_at(path).merge(labels[["account_id", "label"]], on="account_id")
    return {
        segment: TRAINED.added.get(segment, 0.0)
        + fit_offset(own["raw_score"].to_numpy(), own["label"].to_numpy(float), TRAINED.penalty)
        for segment, own in rows.groupby("segment")
    }


def test_levels_move_from_those_of_the_training_by_labels_of_the_champions_own_lists(small, workspace, champion):
    assert bundle_of(workspace).model.offsets == TRAINED
    levels, as_of = expected(small, workspace, champion, list_date(small) - AGO), list_date(small)
    said = run(workspace, as_of)
    made = bundle_of(workspace).model
    assert made.offsets.added == pytest.approx(levels, abs=1e-9)
    assert (made.offsets.until, made.lineage) == (str(as_of), champion.model.lineage)
    assert set(levels) > set(TRAINED.added)
    assert f"enterprise from -0.40 to {levels['enterprise']:+.2f}" in said
    assert "levels of segments by labels until" in "\n".join(lineage(workspace, str(as_of)))


def test_the_list_says_what_the_levels_moved_since_the_list_before(small, workspace, champion):
    as_of = list_date(small)
    run(workspace, as_of - days(7))
    run(workspace, as_of)
    told = json.loads((workspace.risk_lists / str(as_of - days(7)) / "risk_list.json").read_text())
    before = {row["account_id"]: row["probability"] for row in told["rows"]}
    rows = json.loads((workspace.risk_lists / str(as_of) / "risk_list.json").read_text())["rows"]
    moved = {row["account_id"]: dict(row["moved_by"]).get("new levels of segments", 0.0) for row in rows}
    both = [row for row in rows if row["account_id"] in before and row["probability_before"] is not None]
    assert any(moved.values())
    for row in both:
        new = 100 * (row["probability_before"] - before[row["account_id"]])
        assert moved[row["account_id"]] == pytest.approx(new, abs=0.11)


def test_the_list_is_that_of_the_pipeline_by_the_same_levels_and_the_same_again(small, workspace, tmp_path):
    as_of = list_date(small)
    shutil.copytree(workspace.history, tmp_path / "history")
    run(workspace, as_of)
    before = files(workspace, "reports/risk_list")
    run(workspace, as_of)
    assert files(workspace, "reports/risk_list") == before
    pipeline = company.copied(small, tmp_path / "pipeline")
    for folder, own in (
        (pipeline.history, tmp_path / "history"),
        (pipeline.models / "bundle", bundle_folder(workspace)),
    ):
        shutil.rmtree(folder)
        shutil.copytree(own, folder)
    shutil.rmtree(pipeline.risk_lists)
    company.run(pipeline, "score", "list")
    latest = f"reports/risk_list/{as_of}"
    assert files(pipeline, latest) == files(workspace, latest)
    (rows,) = [json.loads(each) for name, each in before.items() if name == f"{latest}/risk_list.json"]
    assert rows["model"]["lineage"] == bundle_of(workspace).model.lineage


def bundle_folder(workspace: Workspace):
    return view(workspace).models / "bundle"


def test_the_close_up_is_of_the_scores_that_are_on_the_list(small, workspace):
    """Where `dvc repro` has scored the same date by the levels of the training."""
    as_of = list_date(small)
    run(workspace, as_of)
    rows = json.loads((workspace.risk_lists / "latest" / "risk_list.json").read_text())["rows"]
    other = SCORES.read(workspace, as_of=as_of).set_index("account_id")["probability"]
    row = max(rows, key=lambda each: abs(each["probability"] - other[each["account_id"]]))
    told, not_told = (f"{100 * each:.0f}%" for each in (row["probability"], other[row["account_id"]]))
    code, output, _ = call("explain", row["account_id"], "--workspace", str(workspace.root))
    (line,) = [line for line in output.splitlines() if f"{told} ({bundle_of(workspace).model.lineage})" in line]
    assert (code, told != not_told, line.split()[-1]) == (0, True, told)


@pytest.mark.parametrize(
    ("why", "as_of"), [("labels not mature", Day("2025-04-28")), ("labels too old", Day("2025-09-01"))]
)
def test_they_stay_where_no_label_has_recently_matured_and_no_list_is_read(
    workspace, champion, why, as_of, monkeypatch
):
    monkeypatch.setattr(Hindsight, "on", classmethod(lambda cls, *given: cls(*given)))
    monkeypatch.setattr(Kept, "read", pytest.fail)
    assert recalibrate(view(workspace), company.load(workspace), champion, as_of) == ""
    assert bundle_of(workspace).model.offsets == TRAINED


def without_levels(champion: Bundle) -> Bundle:
    return replace(champion, model=replace(champion.model, offsets=None))


def of_another_model(champion: Bundle) -> Bundle:
    return replace(champion, model=replace(champion.model, lineage="0123456789ab"))


def trained_later(champion: Bundle) -> Bundle:
    """It has learned from the labels of the list, which it made up for afterwards."""
    return learned_until(champion, "2025-04-30")


@pytest.mark.parametrize("other", [without_levels, of_another_model, trained_later])
def test_levels_move_by_what_the_model_said_of_later_labels_and_by_nothing_else(small, workspace, champion, other):
    made = other(champion)
    assert recalibrate(view(workspace), company.load(workspace), made, list_date(small)) == ""
    assert bundle_of(workspace).model.offsets == made.model.offsets


def test_who_has_no_segment_has_no_level(small, workspace, champion):
    (path,) = ARCHIVED_SCORES.all_at(workspace)
    rows = pd.read_parquet(path)
    rows.assign(segment=rows["segment"].replace("mid", ""), level=0.0).to_parquet(path, index=False)
    recalibrate(view(workspace), company.load(workspace), champion, list_date(small))
    made = bundle_of(workspace).model.offsets
    assert set(made.added) == set(TRAINED.added)
    # They count as 0 in the mean that explanations begin at, as in training.
    labelled = Hindsight.on(view(workspace), company.load(workspace).churn, list_date(small))
    share = labelled.of(rows, list_date(small) - AGO, 30)["segment"].value_counts(normalize=True)
    assert made.mean == pytest.approx(sum(share[name] * level for name, level in made.added.items()))


def test_scores_of_before_the_archive_kept_levels_are_left_out_and_can_be_read(small, workspace, champion):
    (path,) = ARCHIVED_SCORES.all_at(workspace)
    rows = pd.read_parquet(path)
    rows.drop(columns=["level", "segment"]).to_parquet(path, index=False)
    (kept,) = all_kept(workspace)
    np.testing.assert_array_equal(kept.read(workspace, ["probability"])["probability"], rows["probability"])
    assert recalibrate(view(workspace), company.load(workspace), champion, list_date(small)) == ""
