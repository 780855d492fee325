"""How far features, scores and feeds moved: small tables of which each figure is known."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import Day, days
from churnrisk.feeds.flow import Flow
from churnrisk.model.examples import Examples
from churnrisk.model.risk_model import SCORERS
from churnrisk.monitoring.drift import features_moved, scores_moved
from churnrisk.monitoring.feeds import feed_rates

from ..model.company import bundle, examples, fitted

LEARNED: Examples = examples(accounts=60, weeks=10)
BUNDLE = bundle(fitted(SCORERS["logistic"], LEARNED))
DATES = LEARNED.features["as_of"].unique()
NOW, BEFORE = (LEARNED.features[LEARNED.features["as_of"] == date].reset_index(drop=True) for date in DATES[[1, 0]])


def looked(now: pd.DataFrame = NOW, before: pd.DataFrame | None = BEFORE, **changes: object) -> SimpleNamespace:
    probability = pd.Series(0.1, index=now["account_id"])
    shap = {f"shap_{name}": weight for name, weight in (("plan", 0.5), ("usage_last_month", -0.3), ("odd", 0.2))}
    calm = {
        "features": now,
        "before": before,
        "bundle": BUNDLE,
        "scores": pd.DataFrame({"account_id": now["account_id"], "probability": 0.1, **shap}),
        "before_probability": None if before is None else probability,
    }
    return SimpleNamespace(**calm | changes)


def of(name: str, **changes: object):
    return next(each for each in features_moved(looked(**changes)) if each.name == name)


def test_the_weightiest_comes_first_and_what_has_no_contribution_weighs_nothing():
    found = [(each.name, each.weight) for each in features_moved(looked())]
    assert found == [("plan", 0.5), ("usage_last_month", 0.3), ("days_since_active", 0.0)]


def test_what_stays_as_it_was_is_within_chance_of_both():
    for each in features_moved(looked()):
        assert each.index < each.chance
        assert each.index_before < each.chance_before


def test_what_moves_moves_from_training_and_from_the_date_before():
    moved = of("usage_last_month", now=NOW.assign(usage_last_month=NOW["usage_last_month"] + 30))
    assert moved.index > max(moved.chance, 0.25)
    assert moved.index_before > max(moved.chance_before, 0.25)


def test_values_that_are_missing_now_and_before():
    silent = NOW["days_since_active"]
    half = silent.where(np.arange(len(silent)) % 2 == 0)
    moved = of("days_since_active", now=NOW.assign(days_since_active=half))
    assert (moved.missing, moved.missing_before) == (
        pytest.approx(half.isna().mean(), abs=1e-4),
        pytest.approx(BEFORE["days_since_active"].isna().mean(), abs=1e-4),
    )
    assert moved.missing_training == pytest.approx(0.1, abs=0.05)


@pytest.mark.parametrize(
    ("words", "share"),
    [(["basic", "pro", "team", "pro"], 0.0), (["Pro", "pro", "pro", "pro"], 0.25), ([None, "pro", "pro", "x"], 0.25)],
)
def test_words_that_the_model_never_saw(words, share):
    rows = NOW.head(4).assign(plan=pd.array(words, dtype="str"))
    assert of("plan", now=rows).unseen == share
    assert of("usage_last_month", now=rows).unseen is None


def test_a_rare_word_was_seen():
    columns = tuple(replace(each, rare=("odd",)) if each.name == "plan" else each for each in BUNDLE.model.columns)
    of_rare = SimpleNamespace(population=BUNDLE.population, model=SimpleNamespace(columns=columns))
    assert of("plan", now=NOW.assign(plan="odd"), bundle=of_rare).unseen == 0.0


def test_without_an_earlier_date_there_is_nothing_to_compare_with():
    moved = of("plan", before=None)
    assert (moved.index_before, moved.chance_before, moved.missing_before) == (None, None, None)


def test_scores_are_compared_with_training_and_with_the_date_before():
    made = scores_moved(looked())
    assert (made.mean, made.mean_before, made.mean_training) == (0.1, 0.1, BUNDLE.population.mean_probability)
    assert made.spread.index_before == 0.0
    first = scores_moved(looked(before=None))
    assert (first.mean_before, first.spread.index_before) == (None, None)


AS_OF = Day("2024-12-30")
TRAINED = BUNDLE.model.trained


def rate(facts: dict[int, int], first: int = 600):
    """The rate of a feed that has so many facts so many days before the date, and one on its `first` day."""
    counts = {first: 1} | facts
    ago = sorted(counts, reverse=True)
    flow = Flow("usage", np.array([AS_OF - days(each) for each in ago]), np.array([counts[each] for each in ago]))
    return feed_rates(looked(as_of=AS_OF, flows={"usage": flow}))[0]


def test_a_feed_now_and_in_the_four_weeks_before():
    made = rate({1: 240, 28: 240, 29: 120, 56: 120, 57: 999})
    # Of 60 accounts in four weeks.
    assert (made.facts, made.now, made.before) == (480, 2.0, 1.0)


def test_a_feed_when_the_model_learned():
    population = BUNDLE.population
    start, stop = Day(TRAINED.first_as_of) - days(28), Day(TRAINED.last_as_of)
    weeks, accounts = (stop - start) / days(7), population.rows / population.dates
    inside, outside = (int((AS_OF - each).astype(int)) for each in (stop - days(1), stop))
    made = rate({inside: 500, outside: 7})
    assert made.training == pytest.approx(500 / weeks / accounts, abs=1e-4)
    # Tables that begin later say nothing of that time.
    assert rate({inside: 500}, first=200).training is None
