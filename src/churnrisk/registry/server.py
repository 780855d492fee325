"""The server that MLflow records on: `MLFLOW_TRACKING_URI`, else a SQLite file in the workspace.

Whatever a server does or leaves undone ends here, within a time limit, as one error with a fix.
"""

import logging
import os
import re
import signal
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

import mlflow
from mlflow.entities import Experiment

from churnrisk.errors import ModelError

_CHECK_SECONDS = 60
"""A healthy server answers within a second; a minute survives its restart."""

_RECORD_SECONDS = 600
"""A run with its bundle is a few megabytes, so this is enough over any line that can be worked with."""

_LOCK_SECONDS = 20
"""How long SQLite waits for another process that writes to the file, instead of 5; MLflow tries three times."""

_LIBRARIES = {"mlflow", "google", "requests", "urllib3", "sqlalchemy"}
"""Whose errors say that a server, or its file, does not do as it should: MLflow's own, and those that it lets through.
They are told by name because they are MLflow's dependencies and not ours."""


def require_server(root: Path, experiment: str, seconds: float = _CHECK_SECONDS) -> None:
    """Raise ModelError unless the server answers and takes runs of the experiment.

    Called first, so that an hour of training is not lost.
    """
    with tracking(root, experiment, seconds):
        pass


@contextmanager
def tracking(root: Path, experiment: str | None, seconds: float = _RECORD_SECONDS) -> Iterator[None]:
    """Point MLflow at its server and the experiment, for as many seconds; raises ModelError where that fails.

    Without an experiment MLflow is only asked, and nothing is made or renamed there.
    """
    for noisy in ("mlflow", "alembic", "sqlalchemy"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    # MLflow's defaults (7 retries of 120 seconds, with doubling pauses) keep a run waiting for minutes where the server
    # is down. Two retries still survive a restart of it; what the environment sets goes first.
    for setting, value in (("MAX_RETRIES", "2"), ("TIMEOUT", "20"), ("BACKOFF_FACTOR", "1")):
        os.environ.setdefault(f"MLFLOW_HTTP_REQUEST_{setting}", value)
    # Its bars for a few small files would stand in every scheduler's mail.
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    uri = os.environ.get("MLFLOW_TRACKING_URI")
    mlflow.set_tracking_uri(uri or _own_store(root))
    if uri is None:
        # MLflow sets the variable itself. Left there, the next workspace in this process would take it for its own.
        os.environ.pop("MLFLOW_TRACKING_URI", None)
    try:
        with _within(seconds), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if experiment is not None:
                _set_experiment(experiment, None if uri else root)
            yield
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in _LIBRARIES:
            raise
        raise _refused(error, uri, root) from error
    except _TooLate:
        fix = "see why the server is slow or hangs, or unset MLFLOW_TRACKING_URI" if uri else _END_THE_OTHER
        found = f"MLflow was not done after {seconds:.0f} seconds"
        raise UnreachableError(found, where=_where(uri, root), fix=fix) from None


def _own_store(root: Path) -> str:
    """The address of the workspace's own file."""
    # Quoted, because SQLAlchemy takes %, ? and # of a folder's name for parts of the address.
    return f"sqlite:///{quote(str((root / 'mlflow.db').resolve()))}?timeout={_LOCK_SECONDS}"


def _set_experiment(name: str, root: Path | None) -> None:
    """Make an experiment the one that runs are recorded in; `root` is the workspace where the store is its own."""
    there = mlflow.get_experiment_by_name(name)
    if there is not None and there.lifecycle_stage == "deleted":
        raise ModelError(
            f"the experiment {name!r} was deleted in MLflow",
            where="params.yaml, tracking.experiment",
            fix=f"name another one, or restore it with `mlflow experiments restore -x {there.experiment_id}`",
        )
    if root is not None:
        # Otherwise MLflow would put artifacts into the folder that the command happens to run in.
        artifacts = (root / "mlruns").resolve().as_uri()
        if there is not None and there.artifact_location != artifacts:
            _set_aside(there)
        if there is None or there.artifact_location != artifacts:
            mlflow.create_experiment(name, artifact_location=artifacts)
    mlflow.set_experiment(name)


def _set_aside(experiment: Experiment) -> None:
    """Give the name of an experiment free.

    The workspace was copied or renamed, and MLflow keeps the full path of an experiment's artifacts: those of new runs
    would go to the old folder, which may be somebody else's by now. Runs so far stay readable under the other name.
    """
    aside = f"{experiment.name} ({experiment.experiment_id}, recorded elsewhere)"
    mlflow.MlflowClient().rename_experiment(experiment.experiment_id, aside)


class _TooLate(BaseException):
    """The time is up. Not an Exception: libraries that try again catch those."""


_AGAIN_SECONDS = 1.0
"""Long enough for the block to be left after the first signal."""


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raise _TooLate in the block when the time is up.

    MLflow's own time limit starts anew with every byte, so a server that sends one a second is waited for without end.
    Only the main thread gets signals; in others there is no limit.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _raise_too_late)
    # Again and again, because Python swallows what is raised in a destructor or in the callback of a weak reference,
    # and SQLAlchemy has many: the only signal may come while one of them runs.
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _raise_too_late(*_: object) -> NoReturn:
    raise _TooLate


class UnreachableError(ModelError):
    """MLflow's server, or its file, does not do as it should; nothing is known of what it holds."""


def _refused(error: Exception, uri: str | None, root: Path) -> UnreachableError:
    """The error for what MLflow, or its store, has raised; its first line says why."""
    said = next(iter(str(error).splitlines()), type(error).__name__).rstrip(".")
    if uri is None and "disk" in said:
        fix = "free some disk space, and check the disk"
    elif uri is None:
        fix = _END_THE_OTHER if "database is locked" in said else "move it elsewhere, and a new one is made"
    elif re.search(r"error code 40[13]\b", said):
        fix = "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN"
    else:
        fix = "start the server, check its address, or unset MLFLOW_TRACKING_URI"
    return UnreachableError(f"MLflow refused ({said})", where=_where(uri, root), fix=fix)


_END_THE_OTHER = "end the other process that uses it, such as `mlflow ui`, or wait for it"


def _where(uri: str | None, root: Path) -> str:
    return "MLFLOW_TRACKING_URI" if uri else str(root / "mlflow.db")
