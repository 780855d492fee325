"""Scores of a corrected run stand beside the first ones, and those of the list that is shown lead."""

import datetime as dt
import json

import pandas as pd
import pytest

from churnrisk.clock import Day
from churnrisk.store.kept_scores import Kept, all_kept, keep, leading
from churnrisk.store.published import Published
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import write_text

WRONG, RIGHT = 0.9, 0.2


def scores(probability: float, as_of: str = "2025-01-06") -> pd.DataFrame:
    keys = {"account_id": ["a"], "as_of": pd.to_datetime([as_of]).astype("datetime64[us]"), "horizon_days": [90]}
    given = {"probability": [probability], "raw_score": [0.0], "base_value": [0.0], "shap_logins_last_week": [0.0]}
    return pd.DataFrame(keys | given).assign(segment="", level=0.0)


def made(workspace: Workspace, probability: float, lineage: str, *, out: bool) -> Kept:
    """A run for one date, whose list goes out or not."""
    kept = keep(workspace, scores(probability), Day("2025-01-06"), lineage)
    if out:
        parts = {"as_of": dt.date(2025, 1, 6), "lineage": lineage, "scores": kept.scores}
        Published(workspace).add({"list": str(probability).encode()}, **parts, latest=True)
    return kept


@pytest.mark.parametrize(
    ("runs", "lead"),
    [
        ([(WRONG, "m1", True)], [("m1", WRONG)]),
        ([(WRONG, "m1", True), (RIGHT, "m1", True)], [("m1", RIGHT)]),
        ([(WRONG, "m1", True), (RIGHT, "m1", True), (WRONG, "m1", True)], [("m1", WRONG)]),  # taken back
        ([(WRONG, "m1", True), (RIGHT, "m1", False)], [("m1", WRONG)]),  # cut off before its list
        ([(WRONG, "m1", False), (RIGHT, "m1", True)], [("m1", RIGHT)]),
        ([(WRONG, "m1", True), (RIGHT, "m2", True)], [("m1", WRONG), ("m2", RIGHT)]),  # another model replaces none
        ([(RIGHT, "m2", True), (WRONG, "m1", True)], [("m2", RIGHT), ("m1", WRONG)]),  # what the date shows is last
    ],
    ids=["one", "corrected", "taken back", "cut off", "the first cut off", "another model", "in the order shown"],
)
def test_the_scores_of_the_list_that_is_shown_lead(tmp_path, runs, lead):
    workspace = Workspace(tmp_path)
    for probability, lineage, out in runs:
        made(workspace, probability, lineage, out=out)
    found = [(each.lineage, each.read(workspace)["probability"].iloc[0]) for each in leading(workspace)]
    assert found == lead
    assert len(all_kept(workspace)) == len({run[:2] for run in runs})


def test_where_no_list_went_out_the_same_scores_lead_in_whatever_order_they_came(tmp_path):
    pairs = [(WRONG, RIGHT), (RIGHT, WRONG)]
    lead = []
    for number, pair in enumerate(pairs):
        workspace = Workspace(tmp_path / str(number))
        for probability in pair:
            made(workspace, probability, "m1", out=False)
        lead.append(leading(workspace))
    assert lead[0] == lead[1]


def test_only_files_that_are_there_may_lack_what_is_kept_today(tmp_path):
    with pytest.raises(TypeError, match="lacks segment, level"):
        keep(Workspace(tmp_path), scores(RIGHT).drop(columns=["segment", "level"]), Day("2025-01-06"), "m1")
    assert all_kept(Workspace(tmp_path)) == []


def test_the_same_run_again_changes_nothing(tmp_path):
    workspace = Workspace(tmp_path)
    first = made(workspace, RIGHT, "m1", out=True)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert made(workspace, RIGHT, "m1", out=True) == first
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_the_same_files_from_other_scores_went_out_again(tmp_path):
    """Of accounts below the list alone: what the list was made from is another, though its files are the same."""
    lists, parts = Published(Workspace(tmp_path)), {"as_of": dt.date(2025, 1, 6), "lineage": "m1", "latest": True}
    for each in ("s1", "s2", "s2"):
        lists.add({"list": b"Ana"}, scores=each, **parts)
    assert [each.scores for each in lists.all()] == ["s1", "s2"]


def test_contributions_are_left_out_and_the_model_is_named(tmp_path):
    rows = made(Workspace(tmp_path), RIGHT, "m1", out=False).read(Workspace(tmp_path))
    assert "shap_logins_last_week" not in rows
    assert rows["lineage"].tolist() == ["m1"]


def test_an_archive_of_a_version_that_kept_one_file_a_date_and_model_is_read_on(tmp_path):
    workspace, as_of = Workspace(tmp_path), Day("2025-01-06")
    kept = keep(workspace, scores(RIGHT), as_of, "m1")
    new = next(tmp_path.rglob("scores=*.parquet"))
    new.rename(new.parent.with_name("model=m1.parquet"))
    note = {"as_of": "2025-01-06", "lineage": "m1", "digest": "d", "latest": True}
    write_text(json.dumps(note), tmp_path / "data/history/publications/000001.json")
    old = Kept.of(Published(workspace).latest())
    assert old == Kept(as_of, "m1", "")
    assert old.read(workspace)["probability"].tolist() == [RIGHT]
    assert kept.read(workspace) is None
