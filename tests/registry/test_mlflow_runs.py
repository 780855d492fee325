"""Runs in a real MLflow store."""

import json

import mlflow
import numpy as np
import pandas as pd
import pytest
from mlflow.artifacts import download_artifacts

from churnrisk.errors import ModelError
from churnrisk.feeds.list_date import list_date
from churnrisk.model.bundle import Bundle
from churnrisk.model.examples import read_features_on
from churnrisk.model.risk_model import SCORERS, RiskModel
from churnrisk.model.systems import System
from churnrisk.model.training import Training
from churnrisk.model.tune import Choice, Tried
from churnrisk.params import Params
from churnrisk.registry import mlflow_runs
from churnrisk.store.catalogue.score import SCORES

from ..company import root_params
from ..imports import importers
from ..model.company import bundle, examples, fitted

LEARNED = examples(accounts=30, weeks=10)
TRIED = tuple(Tried(f"{leaves} leaves", {"num_leaves": leaves}, 0.3, kept=leaves < 9) for leaves in (4, 15))
CHOICE = Choice(chosen=(), tried=TRIED, log_loss=0.3, raw=np.empty(0), rows=np.empty(0, int))
SYSTEM = System("boosters", compared=(), raw=np.empty(0), few_churned=False)
MODELS = {name: fitted(kind, LEARNED) for name, kind in SCORERS.items()}
TRACKING = {"tracking": {"experiment": "e", "registered_model": "m"}}
PARAMS = Params.model_validate(root_params() | TRACKING)
IMPORTANCE = pd.Series({"silent": 0.25, "plan": 0.125}, name="mean_contribution").rename_axis("feature")


pytestmark = pytest.mark.usefixtures("own_store")


def record(root, model: RiskModel) -> None:
    rows = LEARNED.labels[["account_id", "as_of", "label"]]
    training = Training(
        judged=model,
        final=model,
        choice=CHOICE,
        system=SYSTEM,
        penalty=None,
        out_of_time=rows,
        learned_from=rows,
        says_nothing=[],
    )
    mlflow_runs.record_training(root, PARAMS, training=training)


def evaluate(root, made: Bundle) -> None:
    made.save(root / "saved")
    given = {"bundle": made, "folder": root / "saved", "pictures": {}, "importance": IMPORTANCE, "evidence": []}
    mlflow_runs.record_evaluation(root, PARAMS.tracking, **given)


def runs() -> list:
    """The runs of whole trainings and evaluations, without those nested within them."""
    every = mlflow.search_runs(search_all_experiments=True, output_format="list")
    return [run for run in every if "mlflow.parentRunId" not in run.data.tags]


INTERRUPTED = {  # how a run was left, whether its training was recorded to the end, and the states after another one
    "after it": ("FINISHED", True, ["FINISHED"]),
    "in the training": ("RUNNING", False, ["FINISHED", "KILLED"]),
    "by an error in the training": ("FAILED", False, ["FAILED", "FINISHED"]),
    "in the evaluation": ("RUNNING", True, ["FINISHED"]),
    "by an error in the evaluation": ("FAILED", True, ["FINISHED"]),
}


@pytest.mark.parametrize(("left", "is_whole", "after"), INTERRUPTED.values(), ids=INTERRUPTED)
def test_a_run_that_was_broken_off_is_gone_on_with_or_ended(tmp_path, left, is_whole, after):
    made = bundle(MODELS["last_activity"])
    record(tmp_path, made.model)
    client, run_id = mlflow.MlflowClient(), runs()[0].info.run_id
    client.update_run(run_id, status=left)
    if not is_whole:
        client.delete_tag(run_id, "recorded")
    record(tmp_path, made.model)
    evaluate(tmp_path, made)
    assert sorted(run.info.status for run in runs()) == after
    assert not [run for run in mlflow.search_runs(search_all_experiments=True, output_format="list")
                if run.info.status == "RUNNING"]  # fmt: skip


def test_an_evaluation_that_was_killed_on_a_server_without_the_training_is_not_left_running(tmp_path):
    made = bundle(MODELS["last_activity"])
    evaluate(tmp_path, made)
    client, run_id = mlflow.MlflowClient(), runs()[0].info.run_id
    client.update_run(run_id, status="RUNNING")
    client.delete_tag(run_id, "recorded")
    evaluate(tmp_path, made)
    assert sorted(run.info.status for run in runs()) == ["FINISHED", "KILLED"]


@pytest.mark.parametrize("name", ["churn risk", "churn%20risk", "what?#now"])
def test_a_workspace_may_have_any_name(tmp_path, name):
    (tmp_path / name).mkdir()
    record(tmp_path / name, MODELS["last_activity"])
    assert (tmp_path / name / "mlflow.db").exists()
    assert len(runs()) == 1


@pytest.mark.parametrize("name", SCORERS)
def test_a_registered_model_predicts_from_a_table_of_features(tmp_path, name):
    model = MODELS[name]
    record(tmp_path, model)
    evaluate(tmp_path, bundle(model))
    (run,) = runs()
    assert run.data.tags["lineage"] == model.lineage
    assert run.data.metrics["rows"] == len(LEARNED.labels)
    served = mlflow.pyfunc.load_model("models:/m/1")
    np.testing.assert_array_equal(served.predict(LEARNED.features), model.probabilities(LEARNED.features))
    kinds = {True: "string", False: "float"}
    given = {each.name: each.type.name for each in served.metadata.get_input_schema()}
    assert given == {column.name: kinds[column.categories is not None] for column in model.columns}


def test_a_run_has_the_chosen_settings_and_every_param_that_the_model_depends_on(tmp_path):
    record(tmp_path, MODELS["last_activity"])
    recorded = runs()[0].data.params
    assert recorded["system"] == "boosters"
    content = PARAMS.model_dump(mode="json")
    for section in ("clock", "churn", "cohort", "features", "folds", "train"):
        assert {f"{section}.{name}" for name in content[section]} <= set(recorded)
    assert recorded["churn.lead_days"] == "14"
    assert recorded["cohort.trials"] == "false"
    assert json.loads(recorded["churn.ladder_days"]) == [30, 60, 90, 120]
    assert json.loads(recorded["features.milestones"])["first_report"]["event"] == "report_created"
    assert "evaluate.resamples" not in recorded


def test_the_importance_of_features_lies_with_its_run(tmp_path):
    made = bundle(MODELS["last_activity"])
    record(tmp_path, made.model)
    evaluate(tmp_path, made)
    text = mlflow.artifacts.load_text(f"runs:/{runs()[0].info.run_id}/importance.csv")
    assert text == "feature,mean_contribution\nsilent,0.25\nplan,0.125\n"


def test_a_served_model_refuses_a_table_that_lacks_a_column(tmp_path):
    evaluate(tmp_path, bundle(MODELS["boosted"]))
    served = mlflow.pyfunc.load_model("models:/m/1")
    lacking = LEARNED.features.drop(columns=MODELS["boosted"].columns[0].name)
    with pytest.raises(ModelError, match=f"missing: {MODELS['boosted'].columns[0].name}"):
        served.predict(lacking)


def test_the_registered_model_gives_the_probability_of_the_list(small, tmp_path):
    evaluate(tmp_path, Bundle.load(small.models / "bundle"))
    as_of = list_date(small)
    probability = mlflow.pyfunc.load_model("models:/m/1").predict(read_features_on(small, as_of))
    np.testing.assert_allclose(probability, SCORES.read(small, as_of=as_of)["probability"], rtol=0, atol=1e-12)


def test_every_setting_that_was_tried_is_a_run_within_that_of_the_training(tmp_path):
    record(tmp_path, MODELS["boosted"])
    every = mlflow.search_runs(search_all_experiments=True, output_format="list")
    (whole,) = runs()
    nested = {run.info.run_name: run for run in every if run.data.tags.get("mlflow.parentRunId") == whole.info.run_id}
    assert {name: run.data.params for name, run in nested.items()} == {
        "4 leaves": {"num_leaves": "4", "kept": "True"},
        "15 leaves": {"num_leaves": "15", "kept": "False"},
    }
    assert all(run.data.metrics == {"validation_log_loss": 0.3} for run in nested.values())


@pytest.mark.parametrize("name", SCORERS)
def test_the_whole_bundle_lies_with_its_run_and_can_be_loaded_from_there(tmp_path, name):
    made = bundle(MODELS[name])
    record(tmp_path, made.model)
    evaluate(tmp_path, made)
    (run,) = runs()
    assert run.data.metrics["model.auc"] == 0.7
    folder = download_artifacts(run_id=run.info.run_id, artifact_path="bundle", dst_path=str(tmp_path / "fetched"))
    again = Bundle.load(type(tmp_path)(folder))
    assert again.model.lineage == made.model.lineage
    assert again.verdict == made.verdict


def test_figures_of_a_model_that_this_server_has_not_seen_get_a_run_of_their_own(tmp_path):
    evaluate(tmp_path, bundle(MODELS["logistic"]))
    (run,) = runs()
    assert run.data.tags["lineage"] == MODELS["logistic"].lineage


def test_one_room_alone_needs_mlflow():
    assert importers("mlflow") == ["registry/champion.py", "registry/mlflow_runs.py", "registry/server.py"]
