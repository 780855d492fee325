"""Bad input to training and scoring: one clear error or a named warning each, and what is merely odd goes through."""

import json
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from churnrisk.errors import LockedError, ModelError
from churnrisk.model import parts, search, tune
from churnrisk.model.boosted import Boosted
from churnrisk.model.examples import Examples
from churnrisk.model.logistic import Input, Logistic
from churnrisk.model.matrix import columns_of, matrix, says_nothing, surprises
from churnrisk.model.parts import parts_of
from churnrisk.model.risk_model import RiskModel
from churnrisk.model.rule import LastActivity
from churnrisk.model.seal import write_sealed
from churnrisk.model.training import Training, train
from churnrisk.params.sections import Train
from churnrisk.store.lock import alone

from .company import ORIGIN, SETTINGS, TEST_ENDS, TEST_STARTS, examples, split

LEARNED = examples(accounts=60, weeks=40)
ROWS = len(LEARNED.labels)
RANDOM = np.random.default_rng(3)
FEW = SETTINGS.model_copy(update={"max_trees": 10})


def words(values) -> pd.api.extensions.ExtensionArray:
    return pd.array(values, dtype="str")


def with_features(**columns) -> Examples:
    return replace(LEARNED, features=LEARNED.features.assign(**columns))


def with_labels(**columns) -> Examples:
    return replace(LEARNED, labels=LEARNED.labels.assign(**columns))


def twice(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame, frame.head(1)], ignore_index=True)


def trained(learned: Examples, settings: Train = FEW) -> Training:
    return train(learned, split(learned), settings, TEST_ENDS, ORIGIN)


def some(value: float, other: float = 1.0) -> np.ndarray:
    """A tenth of the rows have the one value, the rest the other."""
    return np.where(RANDOM.random(ROWS) < 0.1, value, other)


DUPLICATED = Examples(twice(LEARNED.features), twice(LEARNED.labels), twice(LEARNED.ladder), LEARNED.horizon_days)
ONE_ACCOUNT = LEARNED.rows((LEARNED.accounts == "a001").nonzero()[0])


@pytest.mark.parametrize(
    ("learned", "says"),
    [
        (with_labels(label=0.0), "only staying is mature when the test begins"),
        (with_labels(label=1.0), "only churn is mature when the test begins"),
        (ONE_ACCOUNT, "all 40 snapshots are of one account, a001. Allowed: two accounts or more"),
        (DUPLICATED, "the snapshot of a000 on 2024-01-01 is there more than once"),
        (with_labels(label=np.where(LEARNED.label == 1, 1.0, some(np.nan, 0.0))), "a label is nan. Allowed: 0 or 1"),
        (with_labels(label=np.where(LEARNED.label == 1, 1.0, some(2.0, 0.0))), "a label is 2.0. Allowed: 0 or 1"),
        (with_features(seats=some(np.inf)), "seats is infinite in "),
        (with_features(days_since_active=some(-np.inf)), "days_since_active is infinite in "),
        (with_features(seats=some(1e300)), "seats is infinite in "),
        (with_features(**{"a b": 1.0}), "a feature is named 'a b'. Allowed: letters, digits and underscores"),
        (with_features(**{"Tree=0": 1.0}), "a feature is named 'Tree=0'"),
        (with_features(**{"x[0]": 1.0}), r"a feature is named 'x\[0\]'"),
        (with_features(**{"new\nline": 1.0}), "a feature is named 'new"),
        (
            replace(LEARNED, features=pd.concat([LEARNED.features, LEARNED.features[["plan"]]], axis=1)),
            "a feature is named 'plan' twice",
        ),
    ],
)
def test_training_refuses_what_nothing_can_be_learned_from(learned, says):
    with pytest.raises(ModelError, match=says):
        trained(learned)


ODD = ['a "b"', "x,y\n", "[z]:{", "", "Tree=0", "end of trees", "naïve", "\u202e", "nan"]


@pytest.mark.parametrize(
    ("columns", "settings"),
    [
        ({"odd": words(RANDOM.choice(ODD, ROWS))}, {}),
        ({"größe": RANDOM.random(ROWS), "東京": words(RANDOM.choice(["東", "京"], ROWS))}, {}),
        ({"constant": 4.0, "same": words(["x"] * ROWS)}, {}),
        ({"empty": np.nan, "wordless": words([None] * ROWS)}, {}),
        ({"days_since_active": some(-1.0), "usage_last_month": some(-5.0)}, {}),
        ({"days_since_active": 1.0, "usage_last_month": 1.0, "plan": words(["a"] * ROWS)}, {}),
        ({"segment": words(np.where(RANDOM.random(ROWS) < 0.5, None, "big"))}, {}),
        ({"segment": words([None] * ROWS)}, {}),
        ({"segment": words(["one" if row == 1000 else "big" for row in range(ROWS)])}, {}),
        ({}, {"boosters": 1}),
        ({}, {"max_trees": 1}),
        ({}, {"boosters": 1, "max_trees": 1}),
        ({}, {"threads": 1000}),
        ({}, {"settings": {"min_data_in_leaf": 1_000_000}}),
    ],
    ids=lambda given: ",".join(map(ascii, given)) or "-",
)
def test_what_is_odd_but_sound_is_learned_saved_loaded_and_explained(columns, settings, tmp_path):
    learned = with_features(**columns)
    made = trained(learned, FEW.model_copy(update=settings))
    rows = learned.features.head(100)
    made.final.save(tmp_path)
    scores = made.final.score(rows)
    pd.testing.assert_frame_equal(RiskModel.load(tmp_path).score(rows), scores)
    assert scores["probability"].between(0, 1, inclusive="neither").all()
    assert np.isfinite(made.out_of_time["raw"]).all()


def test_a_few_rows_a_fold_and_a_few_accounts_are_enough_to_end_well():
    for accounts in (2, 5):
        made = trained(examples(accounts=accounts, weeks=40))
        assert made.system.few_churned


def test_labels_that_all_mature_on_one_day_leave_other_accounts_to_choose_on():
    starts, own = pd.Timestamp(TEST_STARTS), LEARNED.labels["matures_on"]
    learned = with_labels(matures_on=own.where(LEARNED.labels["as_of"] >= starts, starts))
    made = split(learned)
    assert made.by_account
    assert train(learned, made, FEW, TEST_ENDS, ORIGIN).penalty is None


def test_features_that_say_nothing_are_named():
    columns = {"constant": 4.0, "same": words(["x"] * ROWS), "empty": np.nan, "wordless": words([None] * ROWS)}
    near = {"nearly": np.where(np.arange(ROWS) == 7, np.nan, 4.0), "hardly": words(["x", *[None] * (ROWS - 1)])}
    learned = with_features(**columns, **near)
    assert says_nothing(learned.features) == list(columns)
    assert trained(with_features(**columns)).says_nothing == list(columns)


# Scoring


@pytest.fixture(scope="module")
def model() -> RiskModel:
    return trained(LEARNED).final


ON_A_LIST = LEARNED.features.head(40).reset_index(drop=True)


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"usage_last_month": np.inf}, ["usage_last_month is infinite for 40 of 40 accounts"]),
        ({"days_since_active": [-np.inf, *[3.0] * 39]}, ["days_since_active is infinite for 1 of 40 accounts"]),
        ({"plan": words(["gold"] * 40)}, ["plan has categories that the model never saw: gold"]),
        ({"plan": words([None] * 40)}, ["plan has no value for any account"]),
        ({"plan": np.nan}, ["plan has no value for any account"]),
        ({"usage_last_month": 1e30}, []),
    ],
)
def test_a_list_comes_with_a_named_warning_and_what_is_unknown_counts_as_missing(model, columns, says):
    rows = ON_A_LIST.assign(**columns)
    assert surprises(rows, model.columns) == says
    values = {name: np.asarray(pd.Series(value, index=rows.index), object) for name, value in columns.items()}
    unknown = {
        name: [(isinstance(each, float) and not np.isfinite(each)) or each == "gold" for each in value]
        for name, value in values.items()
    }
    emptied = rows.assign(**{name: rows[name].mask(np.array(where)) for name, where in unknown.items()})
    np.testing.assert_array_equal(model.probabilities(rows), model.probabilities(emptied))


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (ON_A_LIST.assign(plan=3.0), "plan holds numbers. Allowed: words"),
        (ON_A_LIST.assign(usage_last_month=words(["many"] * 40)), "usage_last_month holds words. Allowed: numbers"),
        (ON_A_LIST.drop(columns="plan"), "missing: plan; unknown: none"),
        (ON_A_LIST.assign(seats=1.0), "missing: none; unknown: seats"),
    ],
)
def test_scoring_refuses_other_columns(model, rows, says):
    with pytest.raises(ModelError, match=says):
        model.score(rows)


def test_columns_in_another_order_give_the_same_scores(model):
    pd.testing.assert_frame_equal(model.score(ON_A_LIST[ON_A_LIST.columns[::-1]]), model.score(ON_A_LIST))


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        ("another version", "has the format 'churnrisk fitted model 3'. Allowed: 'churnrisk fitted model 4'"),
        ("a wrong hash", "scorer.txt is not the one that was saved"),
        ("sealed, but not of a model", "not a model"),
    ],
)
def test_a_model_of_another_version_or_with_a_wrong_hash_is_refused(model, tmp_path, harm, says):
    model.save(tmp_path)
    if harm == "another version":
        write_sealed(tmp_path, "fitted.json", "churnrisk fitted model 3", model.files())
    elif harm == "a wrong hash":
        (tmp_path / "scorer.txt").write_text(model.scorer.dumps().replace("leaf_value=", "leaf_value=1", 1))
    else:
        facts = json.loads(model.files()["model.json"]) | {"trained": {"rows": 1}}
        files = model.files() | {"model.json": json.dumps(facts)}
        write_sealed(tmp_path, "fitted.json", "churnrisk fitted model 4", files)
    with pytest.raises(ModelError, match=says):
        RiskModel.load(tmp_path)


# Scorers by themselves


def test_a_logarithm_of_what_is_negative_is_that_of_nothing():
    columns = columns_of(LEARNED.features)
    x = matrix(LEARNED.features.head(3).assign(days_since_active=[-4.0, -1.0, 0.0]), columns)
    rule = LastActivity(columns, mean=0.0)
    assert rule.log_odds(x).tolist() == [0.0, 0.0, 0.0]
    assert Input("usage_last_month", log=True).values(np.array([-4.0, 0.0, np.nan])).tolist()[:2] == [0.0, 0.0]
    all_x = matrix(LEARNED.features, columns)
    settings = {"inputs": (Input("days_since_active", log=True),), "penalty": 1.0}
    assert np.isfinite(Logistic.fit(all_x, LEARNED.label, columns, settings).log_odds(x)).all()


def test_a_setting_that_lightgbm_refuses_is_one_clear_error():
    columns = columns_of(LEARNED.features)
    # So small a share is allowed in general, but of these rows it is none.
    with pytest.raises(ModelError, match=r"LightGBM refuses to fit {'bagging_fraction': 1e-09.*Fix: correct train"):
        Boosted.fit(matrix(LEARNED.features, columns), LEARNED.label, columns, {"trees": 3, "bagging_fraction": 1e-9})


def test_parts_are_not_made_where_one_would_have_nobody_who_stayed(monkeypatch):
    monkeypatch.setattr(parts, "MANY_ROWS", 100)
    account = np.repeat([f"a{number:03d}" for number in range(50)], 4)
    all_but_three = (np.arange(200) >= 12).astype(float)
    (whole,) = parts_of(account, all_but_three)
    assert (len(whole.rows), set(whole.weight)) == (200, {1.0})
    assert len(parts_of(account, 1 - all_but_three)) == parts.PARTS


# A search


SEARCHING = Train(boosters=1, search=3, max_trees=5, learning_rate=0.2, seed=7, threads=1)


@pytest.fixture(scope="module")
def early() -> Examples:
    return LEARNED.known_by(TEST_STARTS)


@pytest.fixture(scope="module")
def folds(early):
    return split(LEARNED).folds(early.labels)


@pytest.mark.parametrize("ends", ["an interrupt", "a killed process"])
def test_a_search_that_is_ended_by_force_goes_on_where_it_stopped(early, folds, tmp_path, monkeypatch, ends):
    whole = search.search(early, folds, SEARCHING, tmp_path / "whole.log")
    broken, calls = tmp_path / "broken.log", []

    def ended(*given):
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return tune.loss_of(*given)

    monkeypatch.setattr(search, "loss_of", ended)
    with pytest.raises(KeyboardInterrupt):
        search.search(early, folds, SEARCHING, broken)
    monkeypatch.undo()
    if ends == "a killed process":
        # In the middle of a line.
        broken.write_text(broken.read_text(encoding="utf-8")[:-20], encoding="utf-8")
    with warnings.catch_warnings(action="ignore"):
        assert search.search(early, folds, SEARCHING, broken) == whole


def test_two_searches_at_once_on_one_journal_are_kept_apart(early, folds, tmp_path):
    journal = tmp_path / "search.log"
    journal.touch()
    with alone(journal, "held", "here"), pytest.raises(LockedError, match=r"another search is under way.*Fix: wait"):
        search.search(early, folds, SEARCHING, journal)
    assert len(search.search(early, folds, SEARCHING, journal)) == 3


@pytest.mark.parametrize("text", ["not a journal\n", '{"op_code": 0}\n', "[]\n"])
def test_a_file_that_is_not_a_journal_is_refused_with_the_fix(early, folds, tmp_path, text):
    journal = tmp_path / "search.log"
    journal.write_text(text * 3, encoding="utf-8")
    with pytest.raises(ModelError, match=r"not the journal of a search .* Fix: delete the file"):
        search.search(early, folds, SEARCHING, journal)
