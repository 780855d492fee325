"""A bundle comes back as it was saved, or not at all."""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest

from churnrisk.errors import ModelError
from churnrisk.model.bundle import Bundle
from churnrisk.model.risk_model import SCORERS, RiskModel
from churnrisk.store.catalogue.evaluate import Verdict

from .company import bundle, examples, fitted

LEARNED = examples(accounts=40, weeks=10)
FILES = [
    "bundle.json",
    "facts.json",
    "figures.json",
    "model.json",
    "model_card.md",
    "population.json",
    "scorer.txt",
    "verdict.json",
]


def another() -> Bundle:
    """A bundle of which every file differs."""
    one = bundle(MODELS["last_activity"])
    facts = one.facts | {"plan": "price"}
    return Bundle(
        model=one.model,
        figures={"model": {"auc": 0.6}},
        verdict=Verdict(usable=False, ahead=False, behind=False, words="No."),
        facts=facts,
        card="# 2\n",
        population=replace(one.population, rows=7),
    )


MODELS = {name: fitted(kind, LEARNED) for name, kind in SCORERS.items()}


@pytest.fixture(params=SCORERS)
def saved(request, tmp_path):
    """A bundle with a scorer of each kind, and the folder that it is saved in."""
    made = bundle(MODELS[request.param])
    made.save(tmp_path)
    return made, tmp_path


def test_it_comes_back_the_same_and_scores_the_same(saved):
    made, folder = saved
    again = Bundle.load(folder)
    assert sorted(file.name for file in folder.iterdir()) == FILES
    assert (again.figures, again.verdict, again.facts, again.card) == (
        made.figures,
        made.verdict,
        made.facts,
        made.card,
    )
    mine, its = made.model, again.model
    assert its.files() == mine.files()
    np.testing.assert_array_equal(its.score(LEARNED.features).to_numpy(), mine.score(LEARNED.features).to_numpy())


def test_the_same_bundle_has_the_same_bytes(saved, tmp_path):
    made, folder = saved
    other = tmp_path / "other"
    made.save(other)
    assert [(other / name).read_bytes() for name in FILES] == [(folder / name).read_bytes() for name in FILES]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("harm", ["missing", "altered", "cut off", "of another bundle"])
def test_a_bundle_that_is_altered_or_incomplete_is_refused_with_one_clear_error(tmp_path, name, harm):
    bundle(MODELS["boosted"]).save(tmp_path)
    file = tmp_path / name
    text = file.read_text()
    if harm == "missing":
        file.unlink()
    elif harm == "altered":
        file.write_text(text.replace("a", "b", 1))
    elif harm == "cut off":
        file.write_text(text[: len(text) // 2])
    else:
        another().save(tmp_path / "other")
        file.write_text((tmp_path / "other" / name).read_text())
    with pytest.raises(ModelError, match=r"Fix: (make it again|use the version)"):
        Bundle.load(tmp_path)


@pytest.mark.parametrize("change", ["altered", "left out", "added"])
def test_a_seal_that_was_changed_along_with_the_files_is_refused(tmp_path, change):
    """Whoever changes the card, and its hash in the seal, still misses the hash over all."""
    bundle(MODELS["boosted"]).save(tmp_path)
    content = json.loads((tmp_path / "bundle.json").read_text())
    if change == "altered":
        (tmp_path / "model_card.md").write_text("# Flattering\n")
        content["files"]["model_card.md"] = hashlib.sha256(b"# Flattering\n").hexdigest()
    elif change == "left out":
        del content["files"]["model_card.md"]
    else:
        (tmp_path / "more.txt").write_text("")
        content["files"]["more.txt"] = hashlib.sha256(b"").hexdigest()
    (tmp_path / "bundle.json").write_text(json.dumps(content))
    with pytest.raises(ModelError, match=r"bundle\.json is not the one that was saved"):
        Bundle.load(tmp_path)


@pytest.mark.parametrize("number", [3, 9], ids=["had bundles without facts and population", "unknown"])
def test_a_format_that_is_not_known_is_refused(tmp_path, number):
    bundle(MODELS["boosted"]).save(tmp_path)
    content = json.loads((tmp_path / "bundle.json").read_text())
    assert {"facts.json", "population.json"} <= set(content["files"])
    (tmp_path / "bundle.json").write_text(json.dumps(content | {"format": f"churnrisk bundle {number}"}))
    with pytest.raises(
        ModelError, match=rf"has the format 'churnrisk bundle {number}'\. Allowed: 'churnrisk bundle 5'"
    ):
        Bundle.load(tmp_path)


def test_a_folder_without_a_bundle_is_refused_with_the_fix(tmp_path):
    with pytest.raises(ModelError, match=r"there is no bundle.json. Fix: make it again, with `dvc repro evaluate`"):
        Bundle.load(tmp_path)


def test_a_column_without_a_phrase_is_refused():
    whole = bundle(MODELS["logistic"])
    facts = {name: fact for name, fact in whole.facts.items() if name != "plan"}
    with pytest.raises(ModelError, match="1 columns of the model belong to no fact, such as plan"):
        replace(whole, facts=facts)


def test_what_another_model_made_is_refused():
    made = bundle(MODELS["boosted"])
    made.require_made(made.model.lineage, "data/scores")
    with pytest.raises(ModelError, match=r"data/scores: made by the model abc, not by the bundle's own"):
        made.require_made("abc", "data/scores")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kind": "oracle"}, r"no scorer is named 'oracle'\. Allowed: boosted, logistic, mixture, last_activity"),
        (
            {"columns": [{"name": "other", "categories": None, "rare": []}]},
            "the trees are of other columns than the model",
        ),
        ({"trained": {"rows": 3}}, "here: not a model"),
        ({"more": 1}, "here: not a model"),
    ],
)
def test_files_that_are_not_of_a_model_are_refused(changes, says):
    files = MODELS["boosted"].files()
    facts = json.dumps(json.loads(files["model.json"]) | changes)
    with pytest.raises(ModelError, match=says):
        RiskModel.of_files(files | {"model.json": facts}, "here")


@pytest.mark.parametrize("name", SCORERS)
def test_other_columns_are_refused(name):
    model = MODELS[name]
    for features in (LEARNED.features.assign(extra=1.0), LEARNED.features.drop(columns="plan")):
        with pytest.raises(ModelError, match="the features are not those of the model"):
            model.score(features)


def test_a_fitted_model_comes_back_the_same(tmp_path):
    model = MODELS["logistic"]
    model.save(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["fitted.json", "model.json", "scorer.txt"]
    assert RiskModel.load(tmp_path).files() == model.files()
