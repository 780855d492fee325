"""The one way from features to a matrix: other columns are refused, other categories are named."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.errors import ModelError
from churnrisk.model.matrix import Column, columns_of, matrix, surprises, taken_together

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


def of_accounts(**accounts: int) -> pd.DataFrame:
    """So many accounts on each plan, every one of them on three dates."""
    plan = [name for name, many in accounts.items() for _ in range(many)]
    ids = [f"a{number}" for number in range(len(plan))]
    return pd.DataFrame({"account_id": ids * 3, "as_of": np.repeat([0, 1, 2], len(ids)), "plan": plan * 3})


@pytest.mark.parametrize(
    ("accounts", "rare"),
    [
        ({f"p{each:02}": 50 for each in range(12)}, 0),
        ({"basic": 50} | {f"p{each:02}": 49 for each in range(11)}, 11),
        ({"basic": 50} | {f"p{each:02}": 49 for each in range(10)}, 0),
        ({f"p{each:02}": 1 for each in range(11)}, 11),
    ],
    ids=["enough accounts", "many with few", "few with few", "none with enough"],
)
def test_categories_of_few_accounts_are_taken_together(accounts, rare):
    (column,) = columns_of(of_accounts(**accounts))
    assert column.rare == tuple(f"p{each:02}" for each in range(rare))
    assert column.categories == tuple(sorted(set(accounts) - set(column.rare)))


def test_rare_categories_have_one_number_and_are_neither_missing_nor_unseen():
    columns = (Column("plan", ("basic", "pro"), rare=("gold", "silver")), Column("seats"))
    given = pd.concat([rows(plan=["gold", "silver"]), rows(plan=["pro", "new"]), rows(plan=["basic", pd.NA])])
    codes = matrix(given, columns)[:, 0]
    np.testing.assert_equal(codes, np.array([2, 2, 1, np.nan, 0, np.nan], np.float32))
    assert surprises(given, columns) == ["plan has categories that the model never saw: new"]


def test_a_sentence_names_a_few_of_many_categories():
    (words,) = taken_together((Column("site", (), rare=tuple(f"www{each}" for each in range(1200))),))
    assert words.startswith("site has 1,200 categories of fewer than 50 accounts each")
    assert words.endswith(": www0, www1, www2, www3, www4 and 1,195 more")


def test_columns_are_learned_from_the_rows():
    assert columns_of(rows()) == (Column("plan", ("pro",)), Column("seats"))
