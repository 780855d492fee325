"""The command line: help for every verb, one clear line and the right exit code for what a user can fix."""

import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from churnrisk.cli import STAGES, app
from churnrisk.store.workspace import Workspace, locked

from . import company

CHURNRISK = Path(sys.executable).parent / "churnrisk"


def call(*words: str) -> tuple[int, str, str]:
    done = subprocess.run([CHURNRISK, *words], capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, done.stdout, done.stderr


def set_param(workspace: Workspace, section: str, key: str, value: object) -> None:
    content = yaml.safe_load(workspace.params.read_text())
    content[section][key] = value
    workspace.params.write_text(yaml.safe_dump(content))


@pytest.mark.parametrize("verb", [*STAGES, "init", "simulate", "show", "doctor", "behaviours", "docs"])
def test_every_verb_says_what_it_does(verb):
    result = CliRunner().invoke(app, [verb, "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.output


def one_column(workspace: Workspace, table: str, column: str) -> None:
    file = workspace.queries / f"{table}.sql"
    file.write_text(f"SELECT *, 1 AS {column} FROM (\n{file.read_text()}\n)")


def one_class(workspace: Workspace) -> None:
    file = workspace.labels / "labels.parquet"
    rows = pd.read_parquet(file)
    rows.assign(label=rows["label"].where(rows["label"].isna(), 0.0)).to_parquet(file)


def no_churn_lately(workspace: Workspace) -> None:
    file = workspace.labels / "labels.parquet"
    rows = pd.read_parquet(file)
    late = rows["label"].notna() & (
        rows["as_of"] > rows.loc[rows["label"].notna(), "as_of"].max() - pd.Timedelta(days=90)
    )
    rows.assign(label=rows["label"].where(~late, 0.0)).to_parquet(file)


def file_for_a_folder(workspace: Workspace) -> None:
    shutil.rmtree(workspace.labels)
    workspace.labels.write_text("in the way")


def nothing_done(workspace):
    for file in (workspace.usage / "daily").glob("*.parquet"):
        pd.read_parquet(file).iloc[:0].to_parquet(file, index=False)


HARM = {
    "no params": ("pull", lambda w: w.params.unlink(), 2, "there is no params.yaml"),
    "unknown key": ("pull", lambda w: set_param(w, "churn", "horizn_days", 1), 2, "did you mean 'horizon_days'?"),
    "no query": ("pull", lambda w: (w.queries / "usage.sql").unlink(), 3, "usage.sql"),
    "no stage before": ("conform", lambda w: shutil.rmtree(w.raw), 4, "accounts"),
    "as_of before the data": ("snapshot", lambda w: set_param(w, "clock", "as_of", "2023-01-02"), 2, "is before"),
    "usage of nothing": ("snapshot", nothing_done, 4, "nothing happens in usage"),
    "one class": ("train", one_class, 6, "only staying"),
    "no churn in the test": ("train", no_churn_lately, 6, "the test: there is only staying"),
    "file for a folder": ("label", file_for_a_folder, 1, "labels"),
    "nobody at risk": ("snapshot", lambda w: set_param(w, "cohort", "min_age_days", 9999), 6, "nobody is at risk"),
    "unknown slice": (
        "evaluate",
        lambda w: set_param(w, "evaluate", "slices", ["segmnt"]),
        2,
        "did you mean 'segment'?",
    ),
    "no model": ("score", lambda w: shutil.rmtree(w.models), 6, "there is no bundle"),
}


@pytest.mark.parametrize("case", HARM)
def test_what_a_user_can_mend_is_one_line_and_a_code(small, tmp_path, case):
    stage, harm, code, says = HARM[case]
    workspace = company.copied(small, tmp_path / "workspace")
    harm(workspace)
    before = {file: file.read_bytes() for file in workspace.root.rglob("*") if file.is_file()}
    found, out, error = call(stage, "--workspace", str(workspace.root))
    assert (found, out) == (code, "")
    assert says in error
    assert error.startswith("churnrisk: ")
    assert "Traceback" not in error
    assert len(error.strip().splitlines()) == 1
    after = {file: file.read_bytes() for file in workspace.root.rglob("*") if file.is_file()}
    assert {name for name in after.keys() ^ before.keys() if "mlruns" not in str(name)} == set()
    assert all(after[file] == content for file, content in before.items() if file.name != "mlflow.db")


def test_a_server_that_does_not_answer_is_reported_before_training(small, tmp_path, monkeypatch):
    workspace = company.copied(small, tmp_path / "workspace")
    shutil.rmtree(workspace.models)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    code, _, error = call("train", "--workspace", str(workspace.root))
    assert code == 6
    assert "MLFLOW_TRACKING_URI" in error
    assert not workspace.models.exists()


def test_a_second_run_in_the_same_workspace_is_refused(small):
    with locked(small):
        code, _, error = call("label", "--workspace", str(small.root))
    assert code == 7
    assert "another run is under way" in error


def test_an_unknown_verb_is_a_usage_error():
    assert call("predict")[0] == 2


def test_a_company_of_any_size_can_be_made_up(tmp_path):
    code, output, error = call("simulate", "--out", str(tmp_path / "company"), "--accounts", "50", "--weeks", "30")
    assert code == 0, error
    assert "accounts: 50 rows" in output
    assert (tmp_path / "truth" / "hazard.parquet").exists()


def test_a_date_that_is_none_is_refused(tmp_path):
    code, _, error = call("simulate", "--out", str(tmp_path / "company"), "--start", "soon")
    assert code == 2
    assert "'soon' is not a date" in error


@pytest.mark.parametrize("kind", ["http://ana:hunter2@127.0.0.1:1", "http://ana:hunter2@127.0.0.1:1/x?token=hunter2"])
def test_credentials_of_the_tracking_server_are_never_printed(small, tmp_path, monkeypatch, kind):
    workspace = company.copied(small, tmp_path / "workspace")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", kind)
    code, out, err = call("train", "--workspace", str(workspace.root))
    assert (code, out) == (6, "")
    assert "hunter2" not in err
    assert "Fix:" in err
