"""The one way from features to a matrix: other columns are refused, other categories are named."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.errors import ModelError
from churnrisk.model.matrix import Column, columns_of, matrix, surprises

COLUMNS = (Column("plan", ("basic", "pro")), Column("seats"))


def rows(**columns):
    given = {"plan": ["pro", None], "seats": [3.0, np.nan]} | columns
    return pd.DataFrame(
        {"account_id": ["a", "b"], "as_of": [0, 0], **{k: v for k, v in given.items() if v is not None}}
    )


def test_words_become_codes_and_what_is_missing_stays_missing():
    np.testing.assert_equal(matrix(rows(), COLUMNS), np.array([[1, 3], [np.nan, np.nan]], np.float32))


def test_the_order_of_columns_is_the_models():
    np.testing.assert_equal(matrix(rows()[["seats", "as_of", "plan", "account_id"]], COLUMNS), matrix(rows(), COLUMNS))


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"seats": None}, "missing: seats; unknown: none"),
        ({"extra": [1.0, 2.0]}, "missing: none; unknown: extra"),
        ({"seats": ["many", "few"]}, "seats holds words"),
    ],
)
def test_other_columns_are_refused(columns, says):
    with pytest.raises(ModelError, match=says):
        matrix(rows(**columns), COLUMNS)


@pytest.mark.parametrize(
    ("columns", "sentences"),
    [
        ({}, []),
        ({"plan": ["gold", "pro"]}, ["plan has categories that the model never saw: gold"]),
        ({"seats": [np.nan, np.nan]}, ["seats has no value for any account"]),
    ],
)
def test_what_a_model_has_not_seen_is_named(columns, sentences):
    assert surprises(rows(**columns), COLUMNS) == sentences
    assert matrix(rows(**columns), COLUMNS).shape == (2, 2)


def test_columns_are_learned_from_the_rows():
    assert columns_of(rows()) == (Column("plan", ("pro",)), Column("seats"))
