"""What training may know: nothing that was mature only after the test began, or after the list's own date."""

import json

import pandas as pd
import pytest

from churnrisk.errors import ModelError, ParamsError
from churnrisk.model.examples import read_short_labels
from churnrisk.model.split import Split
from churnrisk.stages import train
from churnrisk.store.blocks import read_features
from churnrisk.store.catalogue.featurize import FEATURES
from churnrisk.store.catalogue.train import SPLIT
from churnrisk.store.workspace import Workspace

from ..company import begun, copied, load, run
from ..mlflow_store import with_store

BEFORE = ("snapshot", "label", "featurize")


def trained(small, folder, changes) -> Workspace:
    workspace = begun(small, folder, changes)
    with_store(workspace.root)
    run(workspace, *BEFORE, "train")
    return workspace


def test_neither_model_knows_a_label_from_after_the_lists_own_date(small, tmp_path):
    changes = {"clock": {"as_of": "2025-01-20"}, "folds": {"test_as_of": ["2025-02-03", "2025-02-10"]}}
    workspace = trained(small, tmp_path, changes)
    labels = pd.read_parquet(workspace.labels / "labels.parquet")
    assert (labels["matures_on"] > "2025-01-20").any()
    for name in ("backtest", "final"):
        known = json.loads((workspace.models / name / "model.json").read_text())["trained"]["known_until"]
        assert known <= "2025-01-20"


TOO_SHORT = [  # the first date: then history is too short for the main label, and later for half the horizon too
    ("2024-10-07", "later time by labels of half the horizon, and for the rest other accounts: there are", 1),
    ("2024-11-11", "other accounts, not later time: there are", 0),
]


@pytest.mark.parametrize(("first_as_of", "says", "short"), TOO_SHORT)
def test_where_time_is_too_short_settings_are_chosen_otherwise_and_it_is_said(
    small, tmp_path, first_as_of, says, short
):
    workspace = trained(small, tmp_path, {"clock": {"first_as_of": first_as_of}, "churn": {"ladder_days": [30]}})
    chosen_on = json.loads((workspace.models / "choice.json").read_text())["chosen_on"]
    assert chosen_on.startswith(says)
    split = Split.of_record(SPLIT.read(workspace))
    assert len(split.short_validation) == short
    labels = read_short_labels(workspace)
    assert set(labels["horizon_days"]) == {15}
    for fold in split.short_folds(labels):
        assert labels.loc[fold.train, "matures_on"].max() <= labels.loc[fold.validation, "as_of"].min()
        assert labels.loc[fold.validation, "matures_on"].max() <= pd.Timestamp(split.cut)
    run(workspace, "evaluate")
    assert f"Chosen on {chosen_on}." in (workspace.reports / "model_card.md").read_text()


def test_no_later_test_is_an_error_that_says_what_is_missing(small, tmp_path):
    workspace = begun(small, tmp_path, {"clock": {"first_as_of": "2025-02-10"}})
    run(workspace, *BEFORE)
    with pytest.raises(
        ModelError, match=r"no label is mature when the test begins on .*: snapshots begin on 2025-02-10"
    ):
        run(workspace, "train")


def test_a_wrong_slice_is_refused_before_anything_is_fitted(small, tmp_path, monkeypatch):
    workspace, params = copied(small, tmp_path / "workspace"), load(small)
    before = {file.name: file.read_bytes() for file in (workspace.models / "final").iterdir()}
    wrong = params.model_copy(update={"evaluate": params.evaluate.model_copy(update={"slices": ("segmnt",)})})
    monkeypatch.setattr(train, "read_examples", lambda *_: pytest.fail("training has begun"))
    with pytest.raises(ParamsError, match=r"no feature of words is named 'segmnt'.*did you mean 'segment'"):
        run(workspace, "train", settings=wrong)
    assert {file.name: file.read_bytes() for file in (workspace.models / "final").iterdir()} == before


def test_the_slices_that_training_allows_are_those_of_the_evaluation(small):
    """Whatever is listed as of words is a column of words, and nothing else is."""
    features = read_features(small)
    words = [str(name) for name in features if pd.api.types.is_string_dtype(features[name]) and name != "account_id"]
    assert FEATURES.read(small).of_words == words
