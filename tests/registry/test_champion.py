"""Aliases, their moves and their bundles, in MLflow's own file and on a real server."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pandas as pd
import pytest

from churnrisk.errors import ModelError
from churnrisk.model.bundle import Bundle
from churnrisk.model.risk_model import SCORERS
from churnrisk.params.sections import Tracking
from churnrisk.registry import champion, mlflow_runs
from churnrisk.registry.champion import CHALLENGER, CHAMPION
from churnrisk.registry.server import UnreachableError, tracking

from ..model.company import bundle, examples, fitted
from .test_server import server  # noqa: F401

NAMES = Tracking(experiment="e", registered_model="m")
LEARNED = examples(accounts=30, weeks=10)
BUNDLES = [bundle(fitted(SCORERS[name], LEARNED)) for name in ("last_activity", "logistic")]
IMPORTANCE = pd.Series({"silent": 0.25}, name="mean_contribution").rename_axis("feature")


pytestmark = pytest.mark.usefixtures("own_store")


@pytest.fixture(autouse=True)
def few_retries(monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")


def challenge(root, made: Bundle) -> None:
    made.save(root / made.model.lineage)
    given = {"bundle": made, "folder": root / made.model.lineage, "pictures": {}, "importance": IMPORTANCE}
    mlflow_runs.record_evaluation(root, NAMES, **given, evidence=[])


def lineages(root) -> list[str | None]:
    found = [champion.find(root, NAMES, alias) for alias in (CHAMPION, CHALLENGER)]
    return [None if each is None else each.lineage for each in found]


def test_a_challenger_becomes_champion_and_a_rollback_brings_the_one_before_back(tmp_path):
    first, second = (made.model.lineage for made in BUNDLES)
    assert lineages(tmp_path) == [None, None]
    for made in BUNDLES:
        challenge(tmp_path, made)
        champion.move(tmp_path, NAMES, champion.find(tmp_path, NAMES, CHALLENGER), why="a test", forced="a rule")
    assert lineages(tmp_path) == [second, second]
    champion.roll_back(tmp_path, NAMES, "odd reasons")
    assert lineages(tmp_path) == [first, second]
    with pytest.raises(ModelError, match="there was no champion before this one"):
        champion.roll_back(tmp_path, NAMES, "again")
    with tracking(tmp_path, "e"):
        made = [(each.kind, each.before, each.after, each.why, each.forced) for each in champion.moves("m")]
    assert made == [
        ("promote", "", "1", "a test", "a rule"),
        ("promote", "1", "2", "a test", "a rule"),
        ("rollback", "2", "1", "odd reasons", ""),
    ]


def test_the_same_bundle_is_registered_once_and_one_without_a_record_of_its_test_is_told(tmp_path):
    for made in (BUNDLES[0], BUNDLES[1], BUNDLES[0]):
        challenge(tmp_path, made)
    version = champion.find(tmp_path, NAMES, CHALLENGER)
    assert version.number == "1"
    # It was registered without the record of its test, so there is nothing to compare it by.
    with pytest.raises(ModelError, match="what was recorded of its test is not there"):
        champion.evidence_of(tmp_path, NAMES, version)


@pytest.mark.parametrize("server", ["hangs", "refuses", "hangs up", "fails"], indirect=True)
def test_a_registry_that_does_not_answer_is_told_from_one_without_a_champion(server, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server)
    with pytest.raises(UnreachableError):
        champion.find(tmp_path, NAMES, CHAMPION, seconds=2)


@pytest.fixture
def real_server(tmp_path) -> Iterator[str]:
    """A server of MLflow's own, with SQLite, on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    stores = ["--backend-store-uri", f"sqlite:///{tmp_path}/s.db", "--artifacts-destination", str(tmp_path / "files")]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    # uvicorn's parent starts the worker that answers, and only a group ends with both.
    running = subprocess.Popen([*command, *stores], cwd=tmp_path, start_new_session=True, **quiet)
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(running.pid, 15)
        running.wait(timeout=60)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.5)
    pytest.fail("the server of MLflow did not start")


def test_a_bundle_comes_back_whole_from_a_real_server(real_server, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", real_server)
    challenge(tmp_path, BUNDLES[1])
    version = champion.find(tmp_path, NAMES, CHALLENGER)
    champion.move(tmp_path, NAMES, version, why="a test")
    fetched = champion.fetch(tmp_path, NAMES, champion.find(tmp_path, NAMES, CHAMPION), tmp_path / "fetched")
    assert fetched.model.lineage == BUNDLES[1].model.lineage
    assert champion.seal_of(tmp_path / "fetched") == champion.seal_of(tmp_path / BUNDLES[1].model.lineage)
