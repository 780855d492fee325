"""One table of all features; one that gives something else than a value a snapshot is refused by name."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from churnrisk.features.compute import compute_all
from churnrisk.features.registry import feature

MADE = {"unit": "days", "missing": "never", "fact": "use"}
AGE = np.array([3.0, np.nan])
ACCOUNTS, DATES = np.array(["a", "b"], object), np.array(["2025-03-03", "2025-03-10"], "M8[D]")


def past(*dates: np.datetime64) -> SimpleNamespace:
    """That of two accounts on each of the dates."""
    n = len(dates)
    views = {"accounts": {"age": np.tile(AGE, n)}}
    return SimpleNamespace(account_id=np.tile(ACCOUNTS, n), as_of=np.repeat(np.array(dates), 2), views=views)


ONE = SimpleNamespace(spans=lambda: [past(DATES[0])])
TOGETHER = SimpleNamespace(spans=lambda: [past(*DATES)])
APART = SimpleNamespace(spans=lambda: map(past, DATES))


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


@feature(unit="category", missing="not known", fact="profile")
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
    "other categories each time": ([pd.Categorical(["x", "y"]), pd.Categorical(["z", "x"])], ["x", "y", "z", "x"]),
}


@pytest.mark.parametrize(("given", "expected"), CATEGORIES.values(), ids=CATEGORIES)
def test_words_may_come_as_they_like(given, expected):
    parts = iter(given)

    @feature(unit="category", missing="not known", fact="profile")
    def any_word(accounts):
        """A word of its own kind each time."""
        return next(parts)

    assert compute_all([any_word], APART, {})["any_word"].fillna("-").tolist() == expected


@pytest.mark.parametrize("block", [TOGETHER, APART], ids=["together", "apart"])
def test_all_dates_are_one_table_however_many_are_looked_at_together(block):
    found = compute_all([fine, word], block, {})
    assert found["account_id"].tolist() == ["a", "b"] * 2
    assert found["as_of"].to_numpy("M8[D]").tolist() == np.repeat(DATES, 2).tolist()
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
        (one_for_all, r"feature one_for_all gave the shape \(\) for 2 snapshots"),
        (one_too_many, r"feature one_too_many gave the shape \(3,\) for 2 snapshots"),
        (misspelt, "feature misspelt: there is no column 'aeg'"),
    ],
)
def test_a_wrong_feature_is_named(wrong, says):
    with pytest.raises(ValueError, match=says):
        compute_all([fine, wrong], ONE, {})
