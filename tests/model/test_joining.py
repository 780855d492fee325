"""Boosters joined into one: the mean of their log-odds and contributions, exactly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churnrisk.errors import ModelError
from churnrisk.model.boosted import Boosted
from churnrisk.model.joining import joined_text
from churnrisk.model.matrix import Column, columns_of, matrix

from .company import examples

LEARNED = examples(accounts=60, weeks=20)
COLUMNS = columns_of(LEARNED.features)
X = matrix(LEARNED.features, COLUMNS)
KINDS = [
    {"trees": 12, "seed": 1, "num_leaves": 4, "learning_rate": 0.2},
    {"trees": 7, "seed": 2, "num_leaves": 15, "learning_rate": 0.3, "bagging_fraction": 0.7},
    {"trees": 9, "seed": 3, "num_leaves": 7, "extra_trees": True, "feature_fraction": 0.5},
    # So many rows a leaf that no tree has a split: a booster of one-leaf trees.
    {"trees": 3, "seed": 4, "min_data_in_leaf": 2000},
]
PARTS = [Boosted.fit(X, LEARNED.label, COLUMNS, kind) for kind in KINDS]


@given(chosen=st.lists(st.sampled_from(PARTS), min_size=1, max_size=6))
@settings(max_examples=20, deadline=None)
def test_the_joined_booster_is_the_mean_of_its_parts(chosen):
    one = Boosted.joined(chosen)
    np.testing.assert_allclose(one.log_odds(X), np.mean([each.log_odds(X) for each in chosen], axis=0), atol=1e-12)
    values, base = one.contributions(X)
    theirs = [each.contributions(X) for each in chosen]
    np.testing.assert_allclose(values, np.mean([each for each, _ in theirs], axis=0), atol=1e-12)
    np.testing.assert_allclose(base, np.mean([each for _, each in theirs], axis=0), atol=1e-12)


def test_it_survives_calibration_saving_and_loading():
    one = Boosted.joined(PARTS).calibrated(-0.5, 0.8)
    mean = np.mean([each.log_odds(X) for each in PARTS], axis=0)
    np.testing.assert_allclose(one.log_odds(X), -0.5 + 0.8 * mean, atol=1e-12)
    again = Boosted.loads(one.dumps(), COLUMNS)
    assert again.dumps() == one.dumps()
    np.testing.assert_array_equal(again.log_odds(X), one.log_odds(X))


def test_weights_are_those_of_the_parts():
    text = joined_text([each.dumps() for each in PARTS[:2]], [0.25, 0.75])
    expected = 0.25 * PARTS[0].log_odds(X) + 0.75 * PARTS[1].log_odds(X)
    np.testing.assert_allclose(Boosted.loads(text, COLUMNS).log_odds(X), expected, atol=1e-12)


def test_boosters_of_other_columns_are_refused():
    others = tuple(Column("other_" + column.name, column.categories) for column in COLUMNS)
    other = Boosted.fit(X, LEARNED.label, others, KINDS[0])
    with pytest.raises(ModelError, match="the boosters differ in feature_names"):
        Boosted.joined([PARTS[0], other])


def test_halves_are_the_parts_of_two_and_share_the_middle_tree_of_an_odd_number():
    halves = Boosted.joined([PARTS[0], PARTS[0]]).halves()
    for half in halves:
        np.testing.assert_allclose(half.log_odds(X), PARTS[0].log_odds(X) / 2, atol=1e-12)
    assert [half.booster.num_trees() for half in PARTS[2].halves()] == [5, 5]
