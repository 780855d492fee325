"""The recipes of docs/scheduling.md: each is read by the rules of its own format, and its commands are run."""

import configparser
import re
import shlex
import shutil
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest
import yaml

from churnrisk import errors
from churnrisk.cli import verbs

from .company import ROOT
from .doc_pages import blocks, text_of
from .verbs import call

PAGE = text_of("docs/scheduling.md")
BIN = Path(sys.executable).parent
COMMAND = re.compile(r"/opt/churnrisk/\.venv/bin/churnrisk ([a-z]+(?: --[a-z-]+)*)")
CODES = {int(code) for code in re.findall(r"^\| (\d) \|", PAGE, re.MULTILINE)}


def one(language: str, number: int = 0) -> str:
    return blocks(PAGE, language)[number]


def unit(number: int) -> configparser.ConfigParser:
    read = configparser.ConfigParser(strict=True)
    read.optionxform = str  # type: ignore[assignment,method-assign]  # keys of a unit have capitals
    read.read_string(one("ini", number))
    return read


def here(text: str, workspace: Path) -> str:
    """A recipe with this machine's folders in place of those of the page."""
    return text.replace("/opt/churnrisk/.venv/bin", str(BIN)).replace("/opt/acme", str(workspace))


def ran(words: list[Any], cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(words, check=False, cwd=cwd, capture_output=True, text=True)


@pytest.mark.parametrize("command", sorted(set(COMMAND.findall(PAGE))))
def test_every_command_is_understood_and_says_in_an_empty_folder_what_is_missing(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, error = call(*command.split())
    assert (code, "params.yaml" in error, list(tmp_path.iterdir())) == (2, True, [])


def test_every_recipe_makes_the_list_and_asks_whether_it_came():
    for recipe in (one("cron"), one("yaml"), one("py")):
        words = re.findall(r"[a-z-]+", recipe)
        assert {"weekly", "--catch-up", "status"} <= set(words)
    assert unit(0)["Service"]["ExecStart"].endswith("churnrisk weekly --catch-up")


def test_lines_of_cron_are_five_fields_and_a_command_of_the_shell():
    lines = [line for line in one("cron").splitlines() if not re.match(r"[A-Z_]+=", line)]
    field = re.compile(r"^(\*|[\dA-Z]+(,[\dA-Z]+)*)$")
    for line in lines:
        *when, command = line.split(None, 5)
        assert all(map(field.match, when))
        assert ran(["bash", "-n", "-c", command]).returncode == 0
    assert len(lines) == 2


def test_a_line_of_cron_ends_with_the_code_of_the_command(tmp_path):
    line = next(line for line in one("cron").splitlines() if "weekly" in line)
    done = ran(["sh", "-c", here(line.split(None, 5)[5], tmp_path)])
    assert done.returncode == 2


def test_the_units_of_systemd_are_valid(tmp_path, missing):
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        missing("systemd-analyze is not there: `apt-get install systemd`")
    for name, number in (("churnrisk.service", 0), ("churnrisk.timer", 1)):
        text = here(one("ini", number), tmp_path)
        (tmp_path / name).write_text(text.replace("User=churnrisk", "User=root"), encoding="utf-8")
    done = ran([analyze, "verify", "churnrisk.timer"], cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_service_of_systemd_treats_each_code_as_the_table_says():
    service = unit(0)["Service"]
    assert (service["SuccessExitStatus"], service["RestartPreventExitStatus"]) == ("7", "2 4")


def test_the_workflow_has_what_github_asks_for():
    # A YAML 1.1 reader takes the key `on` for true.
    flow = yaml.safe_load(one("yaml").replace("\non:", '\n"on":'))
    steps = flow["jobs"]["list"]["steps"]
    assert set(flow) == {"name", "on", "concurrency", "permissions", "jobs"}
    assert all(len(each["cron"].split()) == 5 for each in flow["on"]["schedule"])
    assert all({"name", "run"} <= set(step) for step in steps)


@pytest.mark.parametrize(
    ("code", "fails"), [(0, False), (2, True), (3, True), (4, True), (5, False), (6, True), (7, False)]
)
def test_the_workflow_treats_each_code_as_the_table_says(code, fails, tmp_path):
    script = yaml.safe_load(one("yaml"))["jobs"]["list"]["steps"][0]["run"]
    script = script.replace("/opt/churnrisk/.venv/bin/churnrisk", f"bash -c 'exit {code}' --")
    done = ran(["bash", "-e", "-c", script])
    assert (done.returncode != 0, done.returncode in (0, code)) == (fails, True)


class FailedError(Exception):
    pass


class SkippedError(Exception):
    pass


def _task(*of: Any, **settings: Any) -> Any:
    return of[0] if of else lambda function: function


@pytest.fixture
def airflow_dag(monkeypatch, tmp_path) -> dict[str, Any]:
    """The names of the DAG's file. Airflow is a server with a hundred packages, so two names of it stand in."""
    sdk = types.ModuleType("airflow.sdk")
    sdk.dag, sdk.task = (lambda **settings: lambda function: lambda: settings), _task  # type: ignore[attr-defined]
    errors = types.ModuleType("airflow.sdk.exceptions")
    errors.AirflowFailException, errors.AirflowSkipException = FailedError, SkippedError  # type: ignore[attr-defined]
    for module in (types.ModuleType("airflow"), sdk, errors):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    names: dict[str, Any] = {}
    exec(here(one("py"), tmp_path), names)
    return names


@pytest.mark.parametrize(
    ("code", "raised"),
    [
        (0, None),
        (2, FailedError),
        (3, subprocess.CalledProcessError),
        (4, FailedError),
        (5, subprocess.CalledProcessError),
        (6, subprocess.CalledProcessError),
        (7, SkippedError),
    ],
)
def test_the_dag_fails_skips_or_tries_again_as_the_table_says(code, raised, airflow_dag):
    airflow_dag["CHURNRISK"] = "sh"
    words = ("-c", f"exit {code}")
    if raised is None:
        return airflow_dag["churnrisk"](*words)
    with pytest.raises(raised):
        airflow_dag["churnrisk"](*words)


def test_the_dag_runs_once_a_week_and_one_at_a_time(airflow_dag):
    settings = airflow_dag["churnrisk_weekly"]()
    assert len(settings["schedule"].split()) == 5
    assert (settings["catchup"], settings["max_active_runs"]) == (False, 1)


def test_the_container_copies_what_is_there_and_starts_a_verb():
    steps = [line.split(None, 1) for line in one("dockerfile").replace("\\\n", " ").splitlines()]
    assert {name for name, _ in steps} <= {"FROM", "RUN", "WORKDIR", "COPY", "ENTRYPOINT", "CMD"}
    copied = [word for name, rest in steps if name == "COPY" for word in shlex.split(rest)[:-1]]
    assert all((ROOT / each).exists() for each in copied)
    assert yaml.safe_load(dict(steps)["CMD"])[0] in verbs()


def test_the_table_has_every_exit_code():
    own = {each.exit_code for each in vars(errors).values() if hasattr(each, "exit_code")}
    assert own - {1} == CODES - {0}
