"""A feature that gives something else than one value an account is refused when it is computed, by name."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import day
from churnrisk.features.compute import compute_all
from churnrisk.features.registry import feature

MADE = {"unit": "days", "missing": "never", "reason": "{value:.0f} days"}
AGE = np.array([3.0, np.nan])
PAST = SimpleNamespace(
    as_of=day("2025-03-10"), account_id=np.array(["a", "b"], object), views=lambda: {"accounts": {"age": AGE}}
)


@feature(**MADE)
def fine(accounts):
    """Their age."""
    return accounts["age"]


@feature(**MADE)
def one_for_all(accounts):
    """The mean age."""
    return np.nanmean(accounts["age"])


@feature(**MADE)
def one_too_many(accounts):
    """Their age, and another one."""
    return [*accounts["age"], 1.0]


@feature(**MADE)
def misspelt(accounts):
    """Their age."""
    return accounts["aeg"]


@feature(unit="category", missing="not known", reason="is {value}")
def word(accounts):
    """Old or young."""
    return np.where(np.isnan(accounts["age"]), None, "young")


CATEGORIES = {
    "words, and none": ([pd.Categorical(["x", None]), pd.Categorical([None, None])], ["x", "-", "-", "-"]),
    "categories and objects": ([pd.Categorical(["x", "y"]), np.array(["z", None], object)], ["x", "y", "z", "-"]),
    "in order": (
        [pd.Categorical(["x", "y"], ["y", "x"], ordered=True), pd.Categorical(["z", "x"], ["x", "z"], ordered=True)],
        ["x", "y", "z", "x"],
    ),
    "other categories by date": ([pd.Categorical(["x", "y"]), pd.Categorical(["z", "x"])], ["x", "y", "z", "x"]),
}


@pytest.mark.parametrize(("by_date", "expected"), CATEGORIES.values(), ids=CATEGORIES)
def test_words_may_come_as_they_like(by_date, expected):
    given = iter(by_date)

    @feature(unit="category", missing="not known", reason="is {value}")
    def any_word(accounts):
        """A word of its own kind on each date."""
        return next(given)

    assert compute_all([any_word], [PAST, PAST], {})["any_word"].fillna("-").tolist() == expected


def test_a_date_after_the_other_is_one_table():
    found = compute_all([fine, word], [PAST, PAST], {})
    assert found["account_id"].tolist() == ["a", "b"] * 2
    assert found.dtypes.astype(str).to_dict() == {
        "account_id": "str",
        "as_of": "datetime64[us]",
        "fine": "float32",
        "word": "str",
    }
    np.testing.assert_equal(found["fine"].to_numpy(), np.tile(AGE, 2))
    assert found["word"].fillna("-").tolist() == ["young", "-"] * 2


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (one_for_all, r"feature one_for_all gave the shape \(\) for 2 accounts"),
        (one_too_many, r"feature one_too_many gave the shape \(3,\) for 2 accounts"),
        (misspelt, "feature misspelt: there is no column 'aeg'"),
    ],
)
def test_a_wrong_feature_is_named(wrong, says):
    with pytest.raises(ValueError, match=says):
        compute_all([fine, wrong], [PAST], {})
