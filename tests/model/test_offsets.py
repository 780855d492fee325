"""Levels of segments: refitted from labels that had matured by a date, shrunken, and explained exactly."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import Day
from churnrisk.evaluation.backtest import predictions
from churnrisk.model.boosted import Boosted
from churnrisk.model.examples import Examples
from churnrisk.model.log_odds import probability
from churnrisk.model.offsets import RECENT_DAYS, Offsets, applied, by_date, choose_penalty, fit_offsets, refit_offsets
from churnrisk.model.risk_model import RiskModel

from .company import examples, fitted

UNTIL = Day("2024-06-01")


def scored(*groups: tuple[str, str, int, int]) -> pd.DataFrame:
    """Rows at log-odds of 0: (segment, matures_on, churned, stayed) each; the snapshot is 30 days before."""
    rows = [
        {"segment": segment, "matures_on": pd.Timestamp(matures), "label": label, "raw": 0.0}
        for segment, matures, churned, stayed in groups
        for label in [1.0] * churned + [0.0] * stayed
    ]
    frame = pd.DataFrame(rows)
    return frame.assign(as_of=frame["matures_on"] - pd.Timedelta(days=30))


@pytest.mark.parametrize(
    ("groups", "added"),
    [
        # 300 - 400 / (1 + exp(-0.334)) = 200 * 0.334; without shrinkage it would be ln 3 = 1.10.
        ([("big", "2024-05-01", 300, 100)], {"big": 0.334}),
        # As many as expected, and so nothing is added.
        ([("even", "2024-05-01", 50, 50)], {"even": 0.0}),
        # A tenth of the rows moves it by a seventh.
        ([("small", "2024-05-01", 30, 10)], {"small": 0.048}),
        # Mature on the day itself is known; a day later is not.
        ([("today", "2024-06-01", 300, 100), ("tomorrow", "2024-06-02", 300, 100)], {"today": 0.334}),
        # What matured long ago speaks of another season.
        ([("old", "2024-02-10", 300, 100), ("recent", "2024-02-11", 300, 100)], {"recent": 0.334}),
    ],
)
def test_offsets_are_shrunken_and_of_what_recently_matured(groups, added):
    made = fit_offsets(scored(*groups), UNTIL, penalty=200)
    assert {name: round(value, 3) for name, value in made.added.items()} == added
    assert (Day("2024-06-01") - Day("2024-02-11")).astype(int) == RECENT_DAYS - 1


def test_a_segment_that_was_never_seen_gets_none():
    made = fit_offsets(scored(("big", "2024-05-01", 300, 100)), UNTIL, penalty=200)
    assert made.of(pd.Series(["new", None, "big"])).round(3).tolist() == [0.0, 0.0, 0.334]


def test_a_date_sees_only_labels_that_had_matured_by_then():
    rows = scored(("a", "2024-04-01", 90, 10), ("a", "2024-05-10", 0, 100))
    levels = by_date(rows, rows["as_of"], penalty=10)
    first, second = sorted(levels)
    assert levels[first].added == {}
    assert levels[second].added["a"] > 1
    assert applied(levels, rows["as_of"], rows["segment"])[rows["as_of"] == first].tolist() == [0.0] * 100


def test_levels_are_chosen_where_they_help_and_not_where_nothing_can_be_seen():
    drifting = [("up", f"2024-0{month}-15", 90, 10) for month in range(1, 7)]
    drifting += [("down", f"2024-0{month}-15", 10, 90) for month in range(1, 7)]
    assert choose_penalty(scored(*drifting)) == 200
    alike = [(name, f"2024-0{month}-15", 50, 50) for month in range(1, 7) for name in ("up", "down")]
    assert choose_penalty(scored(*alike)) is None
    assert choose_penalty(scored(("up", "2024-05-15", 90, 10))) is None


@pytest.fixture(scope="module")
def with_segments() -> Examples:
    everything = examples(accounts=80, weeks=30)
    segment = np.where(everything.features["account_id"].str[-1].astype(int) < 5, "small", "large")
    return replace(everything, features=everything.features.assign(segment=pd.array(segment, dtype="str")))


@pytest.fixture(scope="module")
def model(with_segments) -> RiskModel:
    return fitted(Boosted, with_segments)


@pytest.fixture(scope="module")
def moved(model, with_segments) -> RiskModel:
    rows = scored(("small", "2024-05-01", 300, 100), ("large", "2024-05-01", 100, 300))
    return model.with_levels(rows, UNTIL, penalty=200)


def test_a_recalibrated_model_moves_each_segment_and_explains_it(model, moved, with_segments):
    rows = with_segments.features.head(160)
    before, after = model.score(rows), moved.score(rows)
    added = np.where(rows["segment"] == "small", 0.334, -0.334)
    np.testing.assert_allclose(after["raw_score"] - before["raw_score"], added, atol=1e-3)
    # Half of the rows are of each segment, so the mean is 0 and the whole of it stands with the segment.
    np.testing.assert_allclose(after["shap_segment"] - before["shap_segment"], added, atol=1e-3)
    np.testing.assert_allclose(probability(after["raw_score"].to_numpy()), after["probability"])
    np.testing.assert_allclose(moved.probabilities(rows), after["probability"])


@pytest.mark.parametrize("dtype", ["str", "category"])
def test_levels_are_those_of_the_segments_that_are_known(model, moved, with_segments, dtype):
    rows = with_segments.features.head(4).assign(segment=pd.array(["small", "large", None, "new"], dtype="str"))
    found = moved.levels(rows.astype({"segment": dtype}))
    assert found["segment"].tolist() == ["small", "large", "", "new"]
    np.testing.assert_allclose(found["level"], [0.334, -0.334, 0, 0], atol=1e-3)
    assert (model.levels(rows)["segment"], model.levels(rows)["level"].tolist()) == ("", [0.0] * 4)


@pytest.mark.parametrize(
    ("matured", "added"),
    [
        # 300 of 400 churned where 220 were expected: 300 - 400 / (1 + exp(-0.2 - 0.269)) = 200 * 0.269.
        ([("big", "2024-05-01", 300, 100)], {"big": 0.469, "other": -0.5}),
        # As many as with the level that it has.
        ([("big", "2024-05-01", 550, 450)], {"big": 0.2, "other": -0.5}),
        # A segment of after the training begins at 0.
        ([("new", "2024-05-01", 300, 100)], {"big": 0.2, "new": 0.334, "other": -0.5}),
        # Nothing has matured lately, and nothing changes, not even the day.
        ([("big", "2024-01-01", 300, 100)], None),
    ],
)
def test_a_refit_begins_where_the_training_ended(matured, added):
    start = Offsets({"big": 0.2, "other": -0.5}, mean=-0.1, penalty=200.0, until="2024-01-15")
    made = refit_offsets(start, scored(*matured), UNTIL)
    if added is None:
        assert made == start
    else:
        assert {name: round(value, 3) for name, value in made.added.items()} == added
        assert (made.until, made.penalty) == (str(UNTIL), 200.0)
        assert made.mean == pytest.approx(made.added[matured[0][0]])


def test_levels_move_and_the_lineage_stays(model, moved):
    again = moved.recalibrated(scored(("small", "2024-08-01", 1, 100)), Day("2024-08-15"))
    assert again.offsets.added["small"] < moved.offsets.added["small"]
    assert again == replace(moved, offsets=again.offsets)
    assert model.recalibrated(scored(("small", "2024-05-01", 1, 1)), UNTIL) == model
    assert moved.with_levels(scored(("small", "2024-05-01", 1, 1)), UNTIL, penalty=None) == model


def test_it_comes_back_the_same_from_its_files(moved, tmp_path, with_segments):
    moved.save(tmp_path)
    again = RiskModel.load(tmp_path)
    assert (again.offsets, again.lineage) == (moved.offsets, moved.lineage)
    np.testing.assert_array_equal(
        again.probabilities(with_segments.features), moved.probabilities(with_segments.features)
    )


def test_the_backtest_has_the_levels_of_each_date(moved, with_segments):
    """Levels of a date come from labels mature by then, whatever happens later."""
    test = with_segments
    nothing = test.scored(test.labels[["account_id", "as_of"]].assign(raw=0.0)).iloc[:0]
    whole = predictions(test, moved, nothing)
    cut = pd.Timestamp("2024-05-06")
    known = test.rows((test.labels["matures_on"] <= cut).to_numpy())
    until_cut = predictions(known, moved, nothing)
    both = whole.merge(until_cut, on=["account_id", "as_of"], suffixes=("", "_known"))
    assert len(both) == len(until_cut) > 0
    np.testing.assert_array_equal(both["offset"], both["offset_known"])
    first = whole[whole["as_of"] < test.labels["matures_on"].min()]
    assert (first["offset"] == 0).all()
    assert (whole["offset"] != 0).any()
