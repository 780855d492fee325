"""Every kind of scorer keeps the same promises: parts that add up, exact calibration, text that comes back the same."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from churnrisk.errors import ModelError
from churnrisk.model.logistic import Input, Logistic
from churnrisk.model.matrix import Column, columns_of, matrix
from churnrisk.model.risk_model import SCORERS
from churnrisk.model.rule import LastActivity

from ..imports import importers
from .company import SCORER_SETTINGS, examples

KINDS = list(SCORER_SETTINGS)
LEARNED = examples(accounts=60, weeks=20)
COLUMNS = columns_of(LEARNED.features)
X = matrix(LEARNED.features, COLUMNS)
FITTED = {kind: kind.fit(X, LEARNED.label, COLUMNS, SCORER_SETTINGS[kind]) for kind in KINDS}

NUMBERS = st.one_of(st.just(np.nan), st.floats(0, 5000, width=32))
ROWS = st.lists(st.tuples(NUMBERS, NUMBERS, st.sampled_from([0.0, 1.0, 2.0, np.nan])), min_size=1, max_size=20)


def test_every_kind_is_tried_here_and_can_be_loaded():
    assert set(SCORERS.values()) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
@given(rows=ROWS)
@settings(max_examples=30, deadline=None)
def test_base_and_contributions_add_up_to_the_log_odds_of_every_row(kind, rows):
    x = np.array(rows, np.float32)
    values, base = FITTED[kind].contributions(x)
    assert values.shape == x.shape
    np.testing.assert_allclose(base + values.sum(axis=1), FITTED[kind].log_odds(x), atol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
@given(intercept=st.floats(-3, 3), slope=st.floats(0, 3))
@settings(max_examples=20, deadline=None)
def test_calibration_is_exact_and_the_contributions_follow(kind, intercept, slope):
    x, before = X[:50], FITTED[kind]
    after = before.calibrated(intercept, slope)
    np.testing.assert_allclose(after.log_odds(x), intercept + slope * before.log_odds(x), atol=1e-9)
    for is_base, scaled in enumerate(after.contributions(x)):
        was = before.contributions(x)[is_base]
        np.testing.assert_allclose(scaled, slope * was + (intercept if is_base else 0), atol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_no_rows_have_no_scores(kind):
    values, base = FITTED[kind].contributions(X[:0])
    assert (values.shape, base.shape, FITTED[kind].log_odds(X[:0]).shape) == ((0, X.shape[1]), (0,), (0,))


@pytest.mark.parametrize("kind", KINDS)
def test_its_text_comes_back_the_same(kind):
    scorer = FITTED[kind].calibrated(-0.123456789, 0.7)
    again = kind.loads(scorer.dumps(), COLUMNS)
    assert again.dumps() == scorer.dumps()
    np.testing.assert_array_equal(again.log_odds(X), scorer.log_odds(X))
    for part in range(2):
        np.testing.assert_array_equal(again.contributions(X)[part], scorer.contributions(X)[part])


@pytest.mark.parametrize("kind", KINDS)
def test_text_of_other_columns_is_refused(kind):
    others = tuple(Column(f"other_{column.name}", column.categories) for column in COLUMNS)
    with pytest.raises(ModelError, match="column"):
        kind.loads(FITTED[kind].dumps(), others)


@pytest.mark.parametrize("kind", [Logistic, LastActivity])
@pytest.mark.parametrize("text", ["", "{}", "[1]", "tree", '{"mean": null}', '{"intercept": 1, "terms": [1]}'])
def test_text_that_is_not_its_own_is_refused(kind, text):
    """That of trees is never tried: LightGBM ends the process on it, so it must bear a seal."""
    with pytest.raises(ModelError):
        kind.loads(text, COLUMNS)


@pytest.mark.parametrize("kind", KINDS)
def test_it_ranks_what_it_learned_from(kind):
    log_odds, label = FITTED[kind].log_odds(X), LEARNED.label
    assert log_odds[label == 1].mean() > log_odds[label == 0].mean()


def test_the_longer_the_silence_the_higher_the_risk_and_never_active_is_the_highest():
    silence = np.array([0, 1, 30, 3650, 5000, np.nan], np.float32)[:, None]
    log_odds = LastActivity((Column("days_since_active"),), mean=2.0).log_odds(silence)
    assert (np.diff(log_odds[:4]) > 0).all()
    assert log_odds[3] < log_odds[4] == log_odds[5]


@pytest.mark.parametrize("penalty", [0.01, 1.0, 100.0])
def test_the_regression_is_that_of_scikit_learn(penalty):
    numbers = (Column("days_since_active"), Column("usage_last_month"))
    x = np.nan_to_num(matrix(LEARNED.features.drop(columns="plan"), numbers), nan=50.0)
    inputs = (Input("days_since_active"), Input("usage_last_month"))
    mine = Logistic.fit(x, LEARNED.label, numbers, {"inputs": inputs, "penalty": penalty})
    scaled = StandardScaler().fit_transform(x.astype(float))
    theirs = LogisticRegression(C=1 / penalty, tol=1e-10).fit(scaled, LEARNED.label)
    np.testing.assert_allclose(mine.log_odds(x), theirs.decision_function(scaled), atol=1e-3)


INPUT_VALUES = [
    # how it goes in, a value, what becomes of it
    (Input("f"), 3.0, 3.0),
    (Input("f"), np.nan, np.nan),
    (Input("f", missing=9.0), np.nan, 9.0),
    (Input("f", at_most=2.0), 3.0, 2.0),
    (Input("f", log=True), 3.0, np.log(4)),
    (Input("f", log=True, missing=9.0, at_most=7.0), np.nan, np.log(8)),
]


@pytest.mark.parametrize(("given_input", "value", "expected"), INPUT_VALUES)
def test_how_a_number_goes_in(given_input, value, expected):
    np.testing.assert_allclose(given_input.values(np.array([value])), [expected])


def test_a_missing_number_without_a_stand_in_adds_nothing():
    fitted = FITTED[Logistic]
    x = X[:1].copy()
    x[0, [column.name for column in COLUMNS].index("usage_last_month")] = np.nan
    values = pd.Series(fitted.contributions(x)[0][0], index=[column.name for column in COLUMNS])
    assert values["usage_last_month"] == 0
    assert values["plan"] != 0


def test_words_go_in_as_one_yes_or_no_a_category():
    terms = [term for term in FITTED[Logistic].terms if term.input.feature == "plan"]
    assert [term.category for term in terms] == ["basic", "pro", "team"]
    assert terms[0].slope > max(term.slope for term in terms[1:])


def test_a_constant_has_no_part_in_it():
    x = np.column_stack([X[:, 0], np.full(len(X), 4.0, np.float32)])
    columns = (COLUMNS[0], Column("constant"))
    fitted = Logistic.fit(x, LEARNED.label, columns, {"inputs": (Input("constant"),), "penalty": 1.0})
    assert fitted.terms[0].slope == 0


def test_a_feature_that_there_is_not_is_refused_with_the_nearest():
    with pytest.raises(ModelError, match=r"there is no column usage_last_moth.*did you mean 'usage_last_month'"):
        Logistic.fit(X, LEARNED.label, COLUMNS, {"inputs": (Input("usage_last_moth"),), "penalty": 1.0})
    with pytest.raises(ModelError, match="there is no column days_since_active"):
        LastActivity.fit(X[:, :1], LEARNED.label, (Column("plan", ("a",)),), {})


def test_scorers_without_trees_are_kept_as_json():
    assert set(json.loads(FITTED[LastActivity].dumps())) == {"mean", "intercept", "slope"}
    assert set(json.loads(FITTED[Logistic].dumps())) == {"intercept", "terms"}


def test_one_module_alone_needs_lightgbm():
    assert importers("lightgbm") == ["model/boosted.py"]
