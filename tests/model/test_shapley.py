"""Contributions by tables are LightGBM's own, on any trees."""

import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churnrisk.model import boosted, shapley
from churnrisk.model.boosted import FEW_ROWS, Boosted
from churnrisk.model.matrix import Column
from churnrisk.model.shapley import Explainer

SETTINGS = st.fixed_dictionaries(
    {
        "num_leaves": st.sampled_from([2, 3, 7, 15, 40]),
        "min_data_in_leaf": st.sampled_from([1, 5, 20, 200]),
        "learning_rate": st.sampled_from([0.1, 0.7]),
        "feature_fraction": st.sampled_from([0.4, 1.0]),
        "extra_trees": st.booleans(),
        "zero_as_missing": st.booleans(),
        "use_missing": st.booleans(),
        "max_cat_to_onehot": st.sampled_from([1, 4]),
        "boosting": st.sampled_from(["gbdt", "dart"]),
        "seed": st.integers(0, 1000),
    }
)


def rows(seed: int, count: int, missing: float) -> np.ndarray:
    """Numbers, few whole numbers with zeros, a column of many words and one of few, some of each missing."""
    draw = np.random.default_rng(seed)
    numbers = draw.normal(size=(count, 3)) * [1, 1e6, 1e-3]
    x = np.column_stack([numbers, draw.integers(-1, 3, count), draw.integers(0, 70, count), draw.integers(0, 3, count)])
    x[draw.random(x.shape) < missing] = np.nan
    return x.astype(np.float32)


def booster(x: np.ndarray, trees: int, chosen: dict, *, churn: float = 0.4) -> lgb.Booster:
    draw = np.random.default_rng(chosen["seed"])
    y = (np.nan_to_num(x[:, 0]) + (x[:, 4] % 3 == 1) * np.nan_to_num(x[:, 3]) + draw.normal(size=len(x))) > 1 - churn
    always = {"objective": "binary", "verbosity": -1, "num_threads": 1, "min_data_per_group": 5, "cat_smooth": 1.0}
    data = lgb.Dataset(x, y.astype(float), categorical_feature=[4, 5], params={"verbosity": -1})
    return lgb.train(always | chosen, data, trees)


@given(chosen=SETTINGS, trees=st.sampled_from([1, 3, 40]), missing=st.sampled_from([0.0, 0.1, 0.6]))
@settings(max_examples=60, deadline=None)
def test_they_are_those_of_lightgbm(chosen, trees, missing):
    fitted = booster(rows(chosen["seed"], 300, missing), trees, chosen)
    # Words that no row had in training, values beyond all edges, zeros of both signs, and rows without any value.
    odd = np.array([[1e30, -1e30, 0, 0, 500, 7], [0, -0.0, 1e-36, -1e-36, -1, -0.5], [np.nan] * 6], np.float32)
    x = np.vstack([rows(chosen["seed"] + 1, 200, missing), odd])
    explainer = Explainer.of_text(fitted.model_to_string(), x.shape[1])
    assert explainer.applies
    theirs = fitted.predict(x, pred_contrib=True)
    np.testing.assert_allclose(explainer.contributions(x), theirs[:, :-1], rtol=0, atol=1e-11)
    np.testing.assert_allclose(explainer.base, theirs[:, -1], rtol=0, atol=1e-11)


@given(seed=st.integers(0, 20), block=st.sampled_from([1, 7, 64]), group=st.sampled_from([1, 3, 100]))
@settings(max_examples=15, deadline=None)
def test_a_row_is_explained_the_same_to_the_last_bit_beside_whichever_others(seed, block, group):
    x = rows(seed, 150, 0.1)
    fitted = booster(x, 8, {"num_leaves": 15, "min_data_in_leaf": 3, "seed": seed})
    explainer = Explainer.of_text(fitted.model_to_string(), x.shape[1])
    whole = explainer.contributions(x)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shapley, "BLOCK_ROWS", block)
        patch.setattr(shapley, "GROUP_TREES", group)
        np.testing.assert_array_equal(explainer.contributions(x), whole)
    np.testing.assert_array_equal(explainer.contributions(x[40:60]), whole[40:60])


def test_a_booster_without_a_single_split_gives_its_base_alone():
    x = rows(1, 50, 0.0)
    fitted = booster(x, 2, {"num_leaves": 7, "min_data_in_leaf": 1000, "seed": 1})
    explainer = Explainer.of_text(fitted.model_to_string(), x.shape[1])
    assert explainer.applies
    assert not explainer.contributions(x).any()
    assert explainer.base == pytest.approx(fitted.predict(x, raw_score=True)[0], abs=1e-12)


REFUSED = {
    "linear leaves": {"linear_tree": True, "num_leaves": 4},
    "means of trees": {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.5, "num_leaves": 4},
    "more splits than a pattern has bits": {"num_leaves": 90, "min_data_in_leaf": 1},
}


@pytest.mark.parametrize("case", REFUSED)
def test_other_trees_are_left_to_lightgbm(case):
    x = rows(2, 600, 0.0)
    fitted = booster(x, 3, {"seed": 2, "min_data_in_leaf": 20} | REFUSED[case])
    assert not Explainer.of_text(fitted.model_to_string(), x.shape[1]).applies


def test_tables_that_would_be_too_large_are_left_to_lightgbm(monkeypatch):
    x = rows(2, 600, 0.0)
    text = booster(x, 3, {"seed": 2, "num_leaves": 15}).model_to_string()
    assert Explainer.of_text(text, x.shape[1]).applies
    monkeypatch.setattr(shapley, "MOST_ENTRIES", 100)
    assert not Explainer.of_text(text, x.shape[1]).applies


@pytest.mark.parametrize("count", [FEW_ROWS - 1, FEW_ROWS, 3 * FEW_ROWS])
@pytest.mark.parametrize("case", [{"num_leaves": 15}, {"num_leaves": 90, "min_data_in_leaf": 1}])
def test_a_scorer_gives_the_same_whichever_way_it_takes(count, case, monkeypatch):
    x = rows(3, count, 0.1)
    columns = tuple(Column(f"Column_{number}") for number in range(x.shape[1]))
    scorer = Boosted(booster(x, 5, {"seed": 3} | case), columns)
    values, base = scorer.contributions(x)
    monkeypatch.setattr(boosted, "FEW_ROWS", 10**9)
    theirs = Boosted(scorer.booster, columns).contributions(x)
    np.testing.assert_allclose(values, theirs[0], atol=1e-11)
    np.testing.assert_allclose(base, theirs[1], atol=1e-11)
    assert values.shape == x.shape
    assert base.shape == (len(x),)
