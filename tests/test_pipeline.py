"""The whole pipeline as its users run it: `dvc repro` in a project of its own, on a small simulated company."""

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from dvc.repo import Repo

from churnrisk.cli import STAGES
from churnrisk.store.workspace import Workspace

from . import company, verbs

ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI"} | {
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    "PYTHONWARNINGS": "ignore",
    **{f"GIT_{who}_{what}": "ana@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


def call(project: Workspace, *words: str) -> str:
    """What a command says; it must end well."""
    done = subprocess.run(
        words, cwd=project.root, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def would_run(project: Workspace) -> list[str]:
    """The stages that `dvc repro` would run now, asked of DVC in this process."""
    with chdir(project.root), Repo() as repo:
        return [stage.name for stage in repo.reproduce(dry=True)]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A project on which `dvc repro` has run once."""
    workspace = company.make(tmp_path_factory.mktemp("project"))
    call(workspace, "churnrisk", "init", ".")
    (workspace.root / "src").unlink()  # a copy, to be changed
    shutil.copytree(company.ROOT / "src" / "churnrisk", workspace.root / "src" / "churnrisk")
    commit(workspace, "As made")
    call(workspace, "dvc", "repro")
    commit(workspace, "First run")
    return workspace


def commit(project: Workspace, message: str) -> None:
    call(project, "git", "add", "--all")
    call(project, "git", "commit", "--quiet", "--message", message)


def test_an_experiment_is_compared_with_the_last_commit_and_takes_nothing_away(project, tmp_path):
    """As README says, with a change to params.yaml that was not committed and a file that git does not know."""
    copy = Workspace(Path(shutil.copytree(project.root, tmp_path / "copy", symlinks=True)))
    text = copy.params.read_text().replace("length: 20", "length: 19")
    copy.params.write_text(text)
    (copy.root / "notes.txt").write_text("mine")
    call(copy, "dvc", "exp", "run", "-S", "evaluate.resamples=21")
    assert yaml.safe_load(copy.params.read_text()) == yaml.safe_load(text.replace("resamples: 20", "resamples: 21"))
    assert (copy.root / "notes.txt").read_text() == "mine"
    assert "model.auc_low" in call(copy, "dvc", "metrics", "diff")
    assert "evaluate.resamples" in call(copy, "dvc", "params", "diff")
    assert "index.html" in call(copy, "dvc", "plots", "diff")


def test_a_second_run_does_nothing(project):
    assert would_run(project) == []


def test_past_dates_are_judged_before_the_gate_can_hold_the_list(project):
    ran = re.findall(r"Running stage '(\w+)'", call(project, "dvc", "repro", "--dry", "--force"))
    assert ran == list(STAGES)


def test_made_again_from_nothing_every_file_has_the_same_bytes(project):
    """By verbs in one process, after one another: DVC would run again whatever is not as its lock says."""
    with chdir(project.root), Repo() as repo:
        for out in repo.index.outs:
            out.remove()
    assert not project.features.exists()
    for stage in STAGES:
        assert verbs.call(stage, "--workspace", str(project.root)) == (0, "", ""), stage
    assert would_run(project) == []


@pytest.mark.parametrize(
    ("section", "key", "value", "first"),
    [
        ("train", "seed", 8, "train"),
        ("evaluate", "resamples", 21, "evaluate"),
        ("risk_list", "length", 21, "evaluate"),
        ("risk_list", "call_from", 3.0, "evaluate"),
        ("plays", "cool_down_days", 21, "list"),
        ("cohort", "min_age_days", 29, "snapshot"),
    ],
)
def test_a_param_runs_again_what_depends_on_it_and_nothing_before(project, section, key, value, first):
    text = project.params.read_text()
    content = yaml.safe_load(text)
    content[section][key] = value
    project.params.write_text(yaml.safe_dump(content))
    try:
        ran = would_run(project)
    finally:
        project.params.write_text(text)
    assert ran[0] == first


@pytest.mark.parametrize(
    ("module", "first"),
    [("features/engagement.py", "featurize"), ("model/tune.py", "train"), ("risk_list/outputs/page.py", "list")],
)
def test_code_runs_again_what_depends_on_it_and_nothing_before(project, module, first):
    file = project.root / "src" / "churnrisk" / module
    text = file.read_text()
    file.write_text(f"{text}\n# changed\n")
    try:
        ran = would_run(project)
    finally:
        file.write_text(text)
    assert ran[0] == first


def test_a_feature_of_the_workspace_itself_runs_again_what_depends_on_it(project):
    file = project.root / "features" / "ours.py"
    file.write_text("# nothing yet")
    try:
        ran = would_run(project)
    finally:
        file.unlink()
    assert ran[0] == "featurize"


def test_metrics_and_plots_can_be_shown(project):
    shown = json.loads(call(project, "dvc", "metrics", "show", "--json"))[""]["data"]["reports/metrics.json"]["data"]
    assert 0.5 < shown["model"]["auc"] < 1
    assert {"last_login_rule", "two_feature_logistic"} <= set(shown)
    call(project, "dvc", "plots", "show", "--out", "drawn")
    page = (project.root / "drawn" / "index.html").read_text()
    assert all(title in page for title in ("Precision and recall", "Predicted and observed churn", "Lift of the top"))


def test_the_newest_date_is_scored_and_every_row_adds_up(project):
    as_of = json.loads((project.snapshots / "as_of.json").read_text())["as_of"]
    scores = pd.read_parquet(project.scores(np.datetime64(as_of)) / "scores.parquet")
    keys = ["account_id", "as_of", "horizon_days", "probability", "raw_score", "base_value"]
    ladder = ["probability_30d", "probability_60d"]
    assert list(scores)[: len(keys) + len(ladder)] == keys + ladder
    assert (scores["as_of"] == pd.Timestamp(as_of)).all()
    total = scores["base_value"] + scores.filter(like="shap_").sum(axis=1)
    np.testing.assert_allclose(total, scores["raw_score"], atol=1e-9)
    np.testing.assert_allclose(1 / (1 + np.exp(-total)), scores["probability"], atol=1e-9)
    np.testing.assert_array_equal(scores["probability_30d"], scores["probability"])
    watched = pd.read_parquet(project.snapshots / "snapshots.parquet")
    assert set(scores["account_id"]) == set(watched.loc[watched["as_of"] == pd.Timestamp(as_of), "account_id"])


def test_the_backtest_is_out_of_time(project):
    backtest = pd.read_parquet(project.reports / "backtest.parquet")
    systems = ("last_login_rule", "two_feature_logistic", "recency_frequency_volume", "list_before")
    ladder = [f"probability_{days}d" for days in (30, 60)]
    assert list(backtest) == [
        *("account_id", "as_of", "horizon_days", "probability", *ladder, "label", "offset"),
        *(f"baseline_{name}" for name in systems),
    ]
    trained = json.loads((project.models / "backtest" / "model.json").read_text())["trained"]
    assert pd.Timestamp(trained["known_until"]) <= backtest["as_of"].min()
    assert backtest["label"].isin([0, 1]).all()


def test_the_list_is_written_and_shown(project):
    as_of = json.loads((project.snapshots / "as_of.json").read_text())["as_of"]
    for folder in (as_of, "latest"):
        found = sorted(file.name for file in (project.risk_lists / folder).iterdir())
        assert found == [
            "digests",
            "head.html",
            "index.html",
            "risk_list.csv",
            "risk_list.json",
            "risk_list.xlsx",
            "run.json",
        ]
    output = call(project, "churnrisk", "show", "--rows", "2")
    rows = json.loads((project.risk_lists / "latest" / "risk_list.json").read_text())["rows"]
    assert len(rows) == 20
    assert rows[0]["account_id"]
    assert "risk_list/latest/index.html" in output


def test_one_id_leads_from_the_list_to_the_run_in_mlflow(project):
    lineage = json.loads((project.models / "bundle" / "model.json").read_text())["lineage"]
    listed = (project.risk_lists / "latest" / "risk_list.json").read_text()
    remembered = [file.parent.name for file in (project.history / "scores").glob("*/*/*.parquet")]
    assert lineage in listed
    assert f"model={lineage}" in remembered
    script = (
        "import mlflow; mlflow.set_tracking_uri('sqlite:///mlflow.db');"
        f"runs = mlflow.search_runs(search_all_experiments=True, filter_string=\"tags.lineage = '{lineage}'\");"
        "run = mlflow.get_run(runs.run_id[0]);"
        "names = [f.path for f in mlflow.MlflowClient().list_artifacts(run.info.run_id, 'plots')];"
        "bundle = [f.path for f in mlflow.MlflowClient().list_artifacts(run.info.run_id, 'bundle')];"
        "version = mlflow.MlflowClient().search_model_versions(\"name = 'churnrisk'\")[0];"
        "model = mlflow.models.get_model_info('models:/churnrisk/1');"
        "print(len(runs), 'model.auc' in run.data.metrics, 'system' in run.data.params, len(names),"
        " version.run_id == run.info.run_id, len(model.signature.inputs) > 25, len(run.inputs.dataset_inputs),"
        " {'git_revision', 'data_hash', 'params_hash'} <= set(run.data.tags),"
        " 'bundle/bundle.json' in bundle)"
    )
    assert call(project, sys.executable, "-c", script).splitlines()[-1] == "1 True True 5 True True 1 True True"


def test_history_survives_and_is_never_written_twice(project):
    files = {file: file.read_bytes() for file in project.history.rglob("*.parquet")}
    company.run(project, "score")
    assert {file: file.read_bytes() for file in project.history.rglob("*.parquet")} == files


QUERIES = {
    "accounts": "SELECT 'a' AS account_id, TIMESTAMP '2024-01-01' AS signed_up_at",
    "subscriptions": "SELECT * FROM read_csv('{folder}/subscriptions.csv')",
    "usage": "SELECT 'a' AS account_id, TIMESTAMP '2024-01-01' AS day, 'login' AS event",
}


@pytest.fixture
def exported(tmp_path) -> Workspace:
    """A workspace whose tables are exports in a folder that an environment variable names, pulled once."""
    workspace = company.make(tmp_path / "exported", {"source": {"kind": "files", "folder": "$EXPORTS"}})
    content = yaml.safe_load(workspace.params.read_text())
    del content["source"]["simulator"]
    workspace.params.write_text(yaml.safe_dump(content))
    shutil.rmtree(workspace.queries)
    workspace.queries.mkdir()
    for table, sql in QUERIES.items():
        (workspace.queries / f"{table}.sql").write_text(sql)
    for name in ("dvc.yaml", ".dvcignore", "src"):  # as the examples do
        (workspace.root / name).symlink_to(company.ROOT / name)
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "subscriptions.csv").write_text("subscription_id,mrr\ns1,10\n")
    call(workspace, "dvc", "init", "--no-scm", "--quiet")
    return workspace


def test_a_newer_export_over_the_old_one_is_read_again(exported, tmp_path, monkeypatch):
    monkeypatch.setitem(ENVIRONMENT, "EXPORTS", str(tmp_path / "exports"))
    call(exported, "dvc", "repro", "pull")
    assert "Data and pipelines are up to date" in call(exported, "dvc", "repro", "pull")
    for name, text in {"subscriptions.csv": "subscription_id,mrr\ns1,20\n", "of a new month.csv": "\n"}.items():
        (tmp_path / "exports" / name).write_text(text)
        assert "Running stage 'pull'" in call(exported, "dvc", "repro", "pull")
    assert list(pd.read_parquet(exported.raw / "subscriptions.parquet")["mrr"]) == ["20"]


def test_another_folder_is_looked_into_and_the_first_one_again(exported, tmp_path):
    """DVC remembers runs, and would restore the file of an earlier one without the link beside it."""
    text = exported.params.read_text()
    for folder in ("exports", "others", "exports"):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "subscriptions.csv").write_text(f"subscription_id,mrr\n{folder},10\n")
        exported.params.write_text(text.replace("$EXPORTS", str(tmp_path / folder)))
        call(exported, "dvc", "repro", "pull")
        assert (exported.root / "data" / "source").resolve() == tmp_path / folder
        assert list(pd.read_parquet(exported.raw / "subscriptions.parquet")["subscription_id"]) == [folder]
