"""The command line: help for every verb, one clear line and the right exit code for what a user can fix."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from churnrisk.cli import STAGES, app
from churnrisk.store.lock import LOCK, locked
from churnrisk.store.published import files_in
from churnrisk.store.workspace import Workspace

from . import company
from .verbs import CHURNRISK, call, call_apart


def set_param(workspace: Workspace, section: str, key: str, value: object) -> None:
    content = yaml.safe_load(workspace.params.read_text())
    content[section][key] = value
    workspace.params.write_text(yaml.safe_dump(content))


@pytest.mark.parametrize(
    "verb", [*STAGES, "init", "simulate", "show", "explain", "restore", "doctor", "behaviours", "docs"]
)
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
    assert {name for name in after.keys() ^ before.keys() if "mlruns" not in str(name)} <= {workspace.root / LOCK}
    assert all(after[file] == content for file, content in before.items() if file.name != "mlflow.db")


@pytest.mark.parametrize("case", ["no params", "no stage before"])
def test_a_process_of_its_own_ends_as_a_call_in_this_one_does(small, tmp_path, case):
    stage, harm, code, _ = HARM[case]
    workspace = company.copied(small, tmp_path / "workspace")
    harm(workspace)
    words = (stage, "--workspace", str(workspace.root))
    assert call(*words) == call_apart(*words)
    assert call(*words)[0] == code


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
    with locked(small, "doctor"):
        code, _, error = call_apart("label", "--workspace", str(small.root))
    assert code == 7
    assert "another run is under way: `churnrisk doctor`, process" in error


def test_an_unknown_verb_is_a_usage_error():
    assert call("predict")[0] == 2


def test_a_company_of_any_size_can_be_made_up(tmp_path):
    code, output, error = call("simulate", "--out", str(tmp_path / "company"), "--accounts", "50", "--weeks", "104")
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


@contextmanager
def little_room() -> Iterator[None]:
    """As on a full disk: nothing can be written beyond the first 2,000 bytes of a file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # so that the write fails, and the process lives on
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


WRITTEN_FIRST = {
    "pull": "data/simulated/accounts.parquet",
    "conform": "data/tables/accounts.parquet",
    "rollup": "data/usage/daily/",
    "snapshot": "data/snapshots/snapshots.parquet",
    "label": "data/labels/labels.parquet",
    "featurize": "data/features/block-0000.parquet",
    "train": "mlflow.db",
    "evaluate": "reports/backtest.parquet",
    "score": "data/scores/as_of=",
    "list": "data/list/list.json",
    "book": "reports/book/",
}


@pytest.mark.parametrize("stage", WRITTEN_FIRST)
def test_a_full_disk_is_named_with_the_file_that_had_no_room(small, tmp_path, stage):
    workspace = company.copied(small, tmp_path / "workspace")
    with little_room():
        code, _, error = call(stage, "--workspace", str(workspace.root))
    assert code == (6 if stage == "train" else 1)
    assert error.startswith(f"churnrisk: {workspace.root}/{WRITTEN_FIRST[stage]}")
    assert "Fix: free some disk space" in error
    assert ".partial" not in error
    assert len(error.strip().splitlines()) == 1


def test_damage_is_named_on_the_command_line(small, tmp_path):
    workspace = company.copied(small, tmp_path / "workspace")
    file = min((workspace.usage / "daily").glob("*.parquet"))
    file.write_bytes(file.read_bytes()[:100])
    code, _, error = call("gate", "--workspace", str(workspace.root))
    assert code == 3
    assert f"{file.name} can't be read" in error
    assert len(error.strip().splitlines()) == 1


def test_a_damaged_list_is_named(small, tmp_path):
    workspace = company.copied(small, tmp_path / "workspace")
    file = workspace.risk_lists / "latest" / "risk_list.json"
    file.write_text(file.read_text().replace('"owner"', '"ownr"'))
    code, out, error = call("show", "--workspace", str(workspace.root))
    assert (code, out) == (3, "")
    assert "risk_list.json can't be read ('owner')" in error


def shown(workspace: Workspace, **environment: str) -> str:
    command = [CHURNRISK, "show", "--workspace", str(workspace.root)]
    done = subprocess.run(command, capture_output=True, check=False, env=os.environ | environment, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def test_the_console_shows_names_that_it_can_not_write_or_must_not_obey(small, tmp_path):
    workspace = company.copied(small, tmp_path / "workspace")
    file = workspace.risk_lists / "latest" / "risk_list.json"
    content = json.loads(file.read_text())
    content["rows"][0] |= {"name": "M\u00fcller", "owner": "A\x1b[2J\u202eB"}
    file.write_text(json.dumps(content))
    wide = {"COLUMNS": "200"}
    assert "M\\xfcller" in shown(workspace, PYTHONIOENCODING="ascii", **wide)
    for environment in ({}, {"FORCE_COLOR": "1"}):
        output = shown(workspace, PYTHONIOENCODING="utf-8", **environment, **wide)
        assert "M\u00fcller" in output
        assert "A\\x1b[2J\\u202eB" in output
        assert ("\x1b[" in output) == bool(environment)
        assert "\x1b[2J" not in output


def test_whoever_reads_only_the_first_lines_is_no_fault(small):
    command = f"{CHURNRISK} show --rows 20 --workspace {small.root} | head -n 1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("level", "code"), [("1", 0), ("2", 2)])
def test_python_without_docstrings_is_refused_and_without_asserts_it_is_not(small, monkeypatch, level, code):
    monkeypatch.setenv("PYTHONOPTIMIZE", level)
    found, _, error = call_apart("show", "--workspace", str(small.root))
    assert found == code
    assert ("PYTHONOPTIMIZE: Python leaves docstrings out" in error) == bool(code)


def test_a_list_is_made_from_an_existing_bundle_without_a_tracking_server(small, tmp_path, monkeypatch):
    workspace = company.copied(small, tmp_path / "workspace")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    for stage in ("score", "list"):
        assert call(stage, "--workspace", str(workspace.root)) == (0, "", "")


def test_the_name_of_the_model_is_refused_before_training(small, tmp_path):
    workspace = company.copied(small, tmp_path / "workspace")
    set_param(workspace, "tracking", "registered_model", "team/churn")
    code, _, error = call("train", "--workspace", str(workspace.root))
    assert code == 2
    assert "MLflow allows no / and no : in it, such as 'team-churn'" in error


STARTED = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a suite in the background would hand on that it is ignored
from churnrisk.cli import main, shared
from churnrisk.store import writes
from pathlib import Path
@shared.app.command()
def wait(folder: Path) -> None:
    with writes.whole_folder(folder / "out") as partial:
        (partial / "half.txt").write_text("half")
        print("begun", flush=True)
        time.sleep(60)
main()
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_ctrl_c_and_a_polite_kill_are_one_line_and_leave_nothing_half_written(tmp_path, number, code):
    command = [sys.executable, "-c", STARTED, "wait", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "begun\n"
    process.send_signal(number)
    _, error = process.communicate(timeout=60)
    assert process.returncode == code
    assert error.startswith("churnrisk: ")
    assert len(error.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


RUN = "run.json"
"""It says when the files beside it were written, which a restored list does anew."""


def test_a_list_that_is_not_there_is_named_with_what_brings_it_back(small, tmp_path):
    workspace = company.copied(small, tmp_path / "workspace")
    before = files_in(workspace.risk_lists / "latest")
    shutil.rmtree(workspace.risk_lists)
    code, _, error = call("show", "--workspace", str(workspace.root))
    assert code == 3
    assert (
        "there is no list. Fix: run `dvc repro`; a list that went out before comes back with `churnrisk restore`"
        in error
    )
    code, output, _ = call("restore", "--workspace", str(workspace.root))
    assert (code, output.count("brought back")) == (0, 2)
    now = files_in(workspace.risk_lists / "latest")
    assert {**now, RUN: b""} == {**before, RUN: b""}
    assert "every list is there" in call("restore", "--workspace", str(workspace.root))[1]


def test_an_account_is_explained_and_drawn(small, tmp_path):
    account = json.loads((small.risk_lists / "latest" / "risk_list.json").read_text())["rows"][0]["account_id"]
    where = ("--workspace", str(small.root))
    code, output, error = call("explain", account, *where, "--png", str(tmp_path / "account.png"))
    assert (code, error) == (0, "")
    assert output.startswith(account)
    assert (tmp_path / "account.png").read_bytes().startswith(b"\x89PNG")
    code, output, error = call("explain", account.lower(), *where)
    assert (code, output) == (2, "")
    assert f"did you mean '{account}'?" in error
    assert call("explain", account, *where, "--as-of", "soon")[0] == 2
