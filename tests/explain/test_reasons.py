"""Reasons: themes add up, and speak through the feature that pushes their way, with its value."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.explain.movement import movement
from churnrisk.explain.reasons import by_theme, reasons
from churnrisk.model.bundle import Phrase

PHRASES = {
    "silent": Phrase("engagement", "silent for {value:.0f} days", "never active"),
    "slope": Phrase("engagement", "usage changes by {value:+.0%}", "no usage"),
    "plan": Phrase("commercial", "is on {value}", "no plan given"),
}
FEATURES = pd.DataFrame({"silent": [20.0, np.nan], "slope": [0.1, -0.3], "plan": ["basic", None]})


def scores(silent, slope, plan, probability=(0.5, 0.5)):
    return pd.DataFrame(
        {
            "account_id": ["a", "b"],
            "probability": probability,
            "shap_silent": silent,
            "shap_slope": slope,
            "shap_plan": plan,
        }
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        # The strongest theme comes first; it speaks through the feature that pushes its own way.
        ((0.9, -0.2, 0.1), [("engagement", "silent for 20 days", 0.7), ("commercial", "is on basic", 0.1)]),
        ((0.1, -0.4, 0.9), [("commercial", "is on basic", 0.9), ("engagement", "usage changes by +10%", -0.3)]),
    ],
)
def test_a_theme_speaks_through_the_feature_that_pushes_its_way(given, expected):
    rows = reasons(scores(*([value, 0.0] for value in given)), FEATURES, PHRASES)
    found = rows[rows["account_id"] == "a"]
    assert list(zip(found["theme"], found["sentence"], found["contribution"].round(9), strict=True)) == expected
    assert found["rank"].tolist() == [1, 2]
    np.testing.assert_allclose(found["odds"], np.exp(found["contribution"]))


def test_what_is_missing_is_said_in_words():
    rows = reasons(scores([0.0, 0.5], [0.0, 0.1], [0.0, 0.2]), FEATURES, PHRASES)
    assert rows.loc[rows["account_id"] == "b", "sentence"].tolist() == ["never active", "no plan given"]


def test_themes_add_up_to_all_contributions():
    given = scores([0.3, -0.4], [0.5, 0.1], [-0.6, 0.2])
    total = by_theme(given, {name: phrase.theme for name, phrase in PHRASES.items()}).sum(axis=1)
    np.testing.assert_allclose(total, given.filter(like="shap_").sum(axis=1))


def test_movement_names_the_theme_that_moved_the_score_most():
    themes = {name: phrase.theme for name, phrase in PHRASES.items()}
    before = scores([0.1, 0.0], [0.0, 0.0], [0.5, 0.0], probability=(0.3, 0.4)).iloc[:1]
    now = scores([0.9, 0.0], [0.0, 0.0], [0.2, 0.0], probability=(0.5, 0.4))
    rows = movement(now, before, themes)
    assert rows["theme"].tolist()[0] == "engagement"
    assert rows["theme_change"].tolist()[0] == pytest.approx(0.8)
    assert rows["probability_before"].tolist()[0] == 0.3
    assert rows.loc[1, ["probability_before", "theme", "theme_change"]].isna().all()


def test_a_falling_score_is_explained_by_what_fell():
    themes = {name: phrase.theme for name, phrase in PHRASES.items()}
    before, now = scores([0.9, 0], [0, 0], [0.1, 0]), scores([0.1, 0], [0, 0], [0.5, 0])
    assert movement(now, before, themes).loc[0, "theme"] == "engagement"
