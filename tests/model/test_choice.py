"""What is chosen on later time: settings, trees, how boosters are shared out, and the system that makes the list."""

from dataclasses import replace

import numpy as np
import pytest

from churnrisk.errors import ModelError
from churnrisk.metrics.paired import paired
from churnrisk.model import parts, systems
from churnrisk.model.joined import fit_joined
from churnrisk.model.matrix import matrix
from churnrisk.model.menu import FEW_CHURNED, MENU, menu_for, shared_out
from churnrisk.model.parts import MANY_ROWS, PARTS, parts_of
from churnrisk.model.search import search
from churnrisk.model.systems import BOOSTERS, LOGISTIC, choose_system, unchosen_system
from churnrisk.model.training import choose
from churnrisk.model.tune import Chosen, tune
from churnrisk.params.sections import Train

from .company import SETTINGS, TEST_STARTS, examples, split


@pytest.fixture(scope="module")
def everything():
    return examples()


@pytest.fixture(scope="module")
def early(everything):
    return everything.known_by(TEST_STARTS)


@pytest.fixture(scope="module")
def folds(everything, early):
    return split(everything).folds(early.labels)


GOOD = {"num_leaves": 4, "min_data_in_leaf": 50}
USELESS = {"num_leaves": 2, "min_data_in_leaf": 100_000}
"""No leaf can hold so many rows: every account gets the base rate."""


def test_what_is_clearly_worse_is_dropped_and_the_rest_shares_the_boosters(early, folds):
    choice = tune(
        early, folds, {"good": GOOD, "much the same": {**GOOD, "num_leaves": 5}, "useless": USELESS}, SETTINGS
    )
    assert {each.name: each.kept for each in choice.tried} == {"good": True, "much the same": True, "useless": False}
    assert sorted(each.boosters for each in choice.chosen) == [1, 2]
    assert choice.log_loss < min(each.log_loss for each in choice.tried if not each.kept)


def test_scores_of_the_folds_are_those_of_rows_to_validate_on(early, folds):
    choice = tune(early, folds, {"good": GOOD}, SETTINGS)
    np.testing.assert_array_equal(choice.rows, np.concatenate([np.flatnonzero(fold.validation) for fold in folds]))
    assert len(choice.raw) == len(choice.rows)


@pytest.mark.parametrize(
    ("churned", "own", "names"),
    [
        (FEW_CHURNED - 1, None, ["4 leaves", "6 leaves"]),
        (FEW_CHURNED, None, list(MENU)),
        (FEW_CHURNED, {"num_leaves": 31}, ["own settings"]),
    ],
)
def test_the_menu_is_as_long_as_churn_allows(churned, own, names):
    assert list(menu_for(churned, own)) == names


def test_own_settings_reach_the_boosters(early, folds):
    settings = SETTINGS.model_copy(update={"settings": {"num_leaves": 3}})
    choice, _ = choose(early, folds, settings)
    joined = fit_joined(early, choice, settings)
    leaves = [tree["num_leaves"] for tree in joined.booster.dump_model()["tree_info"]]
    assert max(leaves) == 3


@pytest.mark.parametrize(
    ("boosters", "shares"),
    [(1, {"a": 1}), (2, {"a": 1, "b": 1}), (5, {"a": 2, "b": 2, "c": 1}), (6, dict.fromkeys("abc", 2))],
)
def test_the_better_settings_get_the_boosters_that_are_over(boosters, shares):
    assert shared_out(["a", "b", "c"], boosters) == shares


def test_a_booster_has_no_more_trees_than_the_most():
    assert Chosen({}, 1, trees=300, rows=100).trees_for(10_000, most=400) == 400
    assert Chosen({}, 1, trees=0.2, rows=100).trees_for(100, most=400) == 1


def test_each_part_has_every_account_that_churned_and_another_share_of_the_others(monkeypatch):
    monkeypatch.setattr(parts, "MANY_ROWS", 1000)
    account = np.array([f"a{number:04d}" for number in range(500)] * 2, object)
    label = np.zeros(1000)
    label[:40] = 1
    made = parts_of(account, label)
    assert len(made) == PARTS
    churned = set(account[:40])
    stayed = [set(account[part.rows]) - churned for part in made]
    assert all(churned <= set(account[part.rows]) for part in made)
    assert sum(map(len, stayed)) == len(set().union(*stayed)) == 460
    for part in made:
        is_churned = np.isin(account[part.rows], list(churned))
        assert set(part.weight[is_churned]) == {1.0}
        assert set(part.weight[~is_churned]) == {float(PARTS)}
        # Weighted, a part stands for all rows, give or take the draw.
        assert part.weight.sum() == pytest.approx(1000, rel=0.25)


def test_few_rows_are_one_part():
    (part,) = parts_of(np.array(["a", "b"], object), np.array([0.0, 1.0]))
    assert (list(part.rows), list(part.weight)) == ([0, 1], [1.0, 1.0])
    assert MANY_ROWS > 2


def test_boosters_of_parts_rank_as_those_of_all_rows(early, everything, folds, monkeypatch):
    whole = choose(early, folds, SETTINGS)[0]
    of_all = fit_joined(early, whole, SETTINGS)
    monkeypatch.setattr(parts, "MANY_ROWS", 1000)
    of_parts = fit_joined(early, whole, SETTINGS)
    later = matrix(everything.on(split(everything).dates).features, of_parts.columns)
    assert not np.array_equal(of_parts.log_odds(later), of_all.log_odds(later))
    assert np.corrcoef(of_parts.log_odds(later), of_all.log_odds(later))[0, 1] > 0.9


# Which system


def test_boosters_make_the_list_unless_another_is_shown_to_be_better(early, folds):
    choice, system = choose(early, folds, SETTINGS)
    assert {each.name for each in system.compared} == {BOOSTERS, LOGISTIC, systems.BOTH, systems.RULE}
    assert system.name in {each.name for each in system.compared}
    usual = next(each for each in system.compared if each.name == BOOSTERS)
    assert usual.gain.mean == 0
    best = max(system.compared, key=lambda each: each.gain.mean)
    assert system.name == (best.name if best.gain.exceeds(systems.SHOWN) else BOOSTERS)
    np.testing.assert_array_equal(system.raw if system.name == BOOSTERS else choice.raw, choice.raw)


def test_boosters_that_say_nothing_give_way_to_the_regression(early, folds):
    blind = tune(early, folds, {"useless": USELESS}, SETTINGS)
    system = choose_system(early, folds, blind)
    assert system.name in (LOGISTIC, systems.BOTH)
    later = early.rows(folds[-1].validation)
    scorer = system.fit(early, blind, SETTINGS)
    x = matrix(later.features, scorer.columns)
    assert np.std(scorer.log_odds(x)) > 0.1


def test_where_few_churned_boosters_and_regression_together_are_the_usual_system(early, folds, monkeypatch):
    monkeypatch.setattr(systems, "FEW_CHURNED", 10_000)
    choice, _ = choose(early, folds, SETTINGS)
    system = choose_system(early, folds, choice)
    assert system.few_churned
    assert next(each for each in system.compared if each.name == systems.BOTH).gain.mean == 0
    assert system.name in {systems.BOTH, *(each.name for each in system.compared if each.gain.exceeds(systems.SHOWN))}


def test_without_the_feature_of_the_last_activity_boosters_are_alone(early, folds):
    silent = replace(early, features=early.features.drop(columns="days_since_active"))
    _, system = choose(silent, folds, SETTINGS)
    assert [each.name for each in system.compared] == [BOOSTERS]
    assert system.name == BOOSTERS


def test_without_the_feature_of_the_last_activity_and_enough_churn_nothing_makes_a_list(early, folds):
    silent = replace(early, features=early.features.drop(columns="days_since_active"))
    with pytest.raises(
        ModelError, match=r"\d+ accounts churned before the test, too few .* need the feature days_since_active"
    ):
        unchosen_system(silent, folds)


# A search


def test_a_search_that_was_interrupted_ends_as_one_that_was_not(early, folds, tmp_path):
    wanted = Train(boosters=1, search=3, max_trees=20, learning_rate=0.2, seed=7, threads=1)
    whole = search(early, folds, wanted, tmp_path / "whole.log")
    search(early, folds, wanted.model_copy(update={"search": 1}), tmp_path / "broken.log")
    assert search(early, folds, wanted, tmp_path / "broken.log") == whole
    assert list(whole) == ["trial 0", "trial 1", "trial 2"]
    assert len({tuple(each.values()) for each in whole.values()}) == 3
    numbers = [value for each in whole.values() for value in each.values() if isinstance(value, float)]
    assert numbers
    assert all(float(f"{value:.10g}") == value for value in numbers)


def test_what_a_search_finds_is_tried_beside_the_menu(early, folds, tmp_path):
    wanted = Train(boosters=1, search=1, max_trees=20, learning_rate=0.2, seed=7, threads=1)
    choice, _ = choose(early, folds, wanted, tmp_path / "search.log")
    assert [each.name for each in choice.tried] == [*menu_for(len(early.features["account_id"].unique())), "trial 0"]


# Paired differences


def test_the_error_of_a_difference_counts_accounts_and_not_rows():
    rng = np.random.default_rng(0)
    account = np.array([f"a{number}" for number in range(50)], object)
    first = rng.normal(1, 1, 50)
    once, often = (
        paired(first, np.zeros(50), account),
        paired(np.repeat(first, 9), np.zeros(450), np.repeat(account, 9)),
    )
    assert often.mean == pytest.approx(once.mean)
    assert often.error == pytest.approx(once.error, rel=1e-9)
    assert once.error == pytest.approx(first.std(ddof=1) / 50**0.5, rel=1e-9)


def test_one_account_tells_nothing_of_the_error():
    assert not paired(np.ones(3), np.zeros(3), np.array(["a"] * 3, object)).exceeds(1.0)
