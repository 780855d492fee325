"""Facts add up to the score, points to the risk, and movements to the change; whatever is missing is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churnrisk.errors import ModelError
from churnrisk.explain.movement import movement
from churnrisk.explain.points import change_of_model, points
from churnrisk.explain.reasons import by_fact, reasons
from churnrisk.model.log_odds import probability

FACTS = {"silent": "use", "slope": "use", "plan": "price"}
SIZES = st.floats(-8, 8, allow_nan=False)


def scores(silent, slope, plan, base=-2.0):
    columns = {"shap_silent": silent, "shap_slope": slope, "shap_plan": plan}
    rows = pd.DataFrame({"account_id": ["a", "b"], "base_value": base, **columns})
    raw = rows["base_value"] + rows.filter(like="shap_").sum(axis=1)
    return rows.assign(raw_score=raw, probability=probability(raw))


@given(st.lists(SIZES, min_size=1, max_size=9), SIZES)
def test_points_add_up_to_the_difference_of_the_probabilities(parts, start):
    whole = 100 * (probability(start + sum(parts)) - probability(start))
    assert points([parts], [start]).sum() == pytest.approx(float(whole), rel=1e-6, abs=1e-9)


@given(st.lists(SIZES, min_size=2, max_size=9), SIZES)
def test_points_know_no_order_and_a_part_of_nothing_gets_none(parts, start):
    found = points([[*parts, 0.0]], [start])[0]
    np.testing.assert_allclose(points([[0.0, *parts[::-1]]], [start])[0], found[::-1], rtol=1e-6, atol=1e-9)
    assert found[-1] == 0
    twice = points([[parts[0], *parts]], [start])[0]
    assert twice[0] == twice[1]


@pytest.mark.parametrize("way", [0.0, 1e-12, 1e-7, 2e-6, 1e-3])
def test_points_of_a_way_of_nearly_nothing_are_those_of_the_slope(way):
    found = points([[1.0 + way, -1.0]], [-1.0])[0]
    slope = float(probability(-1.0) * (1 - probability(-1.0)))
    np.testing.assert_allclose(found, [100 * slope * (1 + way), -100 * slope], rtol=1e-3)


def test_points_of_what_is_not_known_are_not_known():
    assert np.isnan(points([[np.nan, 1.0]], [0.0])).all()
    assert np.isnan(points([[1.0]], [np.nan])).all()


def test_facts_add_up_to_the_score_and_the_heaviest_comes_first():
    now = scores([0.9, 0.1], [-0.2, 0.3], [0.1, -0.9])
    rows = reasons(now, now.iloc[:0], FACTS)
    found = list(zip(rows["account_id"], rows["rank"], rows["fact"], rows["contribution"].round(9), strict=True))
    assert found == [("a", 1, "use", 0.7), ("a", 2, "price", 0.1), ("b", 1, "price", -0.9), ("b", 2, "use", 0.4)]
    usual = 100 * probability(-2.0)
    np.testing.assert_allclose(usual + rows.groupby("account_id")["points"].sum(), 100 * now["probability"])
    assert rows[["change", "change_points"]].isna().all().all()


@pytest.mark.parametrize("harm", [{"raw_score": 0.1}, {"base_value": np.nan}])
def test_facts_that_miss_the_score_are_refused(harm):
    given_scores = scores([0.9, 0.1], [-0.2, 0.3], [0.1, -0.9])
    for name, value in harm.items():
        given_scores.loc[1, name] = value
    with pytest.raises(ModelError, match="miss the raw score of 1 accounts, the first of account b"):
        by_fact(given_scores, FACTS)


def test_a_feature_without_a_fact_is_refused():
    with pytest.raises(ModelError, match="miss the raw score of 2 accounts"):
        by_fact(scores([0.9, 0.1], [-0.2, 0.3], [0.1, -0.9]), {"silent": "use", "slope": "use"})


def test_movement_adds_up_by_fact_and_names_the_one_that_moved_most():
    before = scores([0.1, 0.0], [0.0, 0.0], [0.5, 0.0]).iloc[:1]
    now = scores([0.9, 0.0], [0.0, 0.0], [0.2, 0.0])
    weights = reasons(now, before, FACTS)
    rows = movement(weights, now, before)
    whole = 100 * (now["probability"][0] - before["probability"][0])
    of_a = weights[weights["account_id"] == "a"].set_index("fact")
    assert of_a["change_points"].sum() == pytest.approx(whole)
    assert of_a.loc["use", "change"] == pytest.approx(0.8)
    assert (rows.at[0, "fact"], rows.at[0, "fact_change"]) == ("use", of_a.at["use", "change_points"])
    assert rows.at[0, "probability_before"] == before["probability"][0]
    assert rows.loc[1, ["probability_before", "fact", "fact_change"]].isna().all()


def test_a_falling_score_is_explained_by_what_fell():
    before, now = scores([0.9, 0], [0, 0], [0.1, 0]), scores([0.1, 0], [0, 0], [0.5, 0])
    assert movement(reasons(now, before, FACTS), now, before).at[0, "fact"] == "use"


@given(*[st.floats(0, 1, allow_nan=False)] * 3)
def test_movement_and_the_change_of_model_give_the_change_from_list_to_list(published, before, now):
    model = change_of_model(published, before)
    assert model + 100 * (now - before) == pytest.approx(100 * (now - published), abs=1e-5)


def test_without_a_published_score_no_change_of_model_is_known():
    assert change_of_model(None, 0.5) is None
    assert change_of_model(0.5, None) is None
