"""MLflow: every training is a run with its params, metrics, plots, data and model. The only module that imports mlflow.

The server is `MLFLOW_TRACKING_URI`, else a SQLite file in the workspace. A run is found by its tag `lineage`, so
nothing that a stage writes holds the run's own id, and reruns stay byte-equal.
"""

import logging
import os
import subprocess
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import lightgbm as lgb
import mlflow
import pandas as pd
from matplotlib.figure import Figure
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, DataType, Schema

from churnrisk.errors import ModelError

Facts = Mapping[str, str | float | int]


def record_training(
    root: Path,
    experiment: str,
    registered_model: str,
    *,
    booster: lgb.Booster,
    tags: Mapping[str, str],
    params: Facts,
    metrics: Mapping[str, float],
    rows: pd.DataFrame,
) -> None:
    """A run with params, metrics, the data that it learned from, and the model with its signature in the registry.

    `tags` holds `lineage`, `data_hash` and `params_hash`; the git revision of `root` is added. `rows` are the keys
    and labels learned from. A model of the same lineage is registered once.
    """
    with _server(root, experiment):
        if _find(tags["lineage"]):
            return
        with mlflow.start_run(run_name=tags["lineage"], tags={**tags, "git_revision": git_revision(root)}):
            mlflow.log_params(dict(params))
            mlflow.log_metrics(dict(metrics))
            learned_from = mlflow.data.from_pandas(
                rows, name="mature snapshots", targets="label", digest=tags["data_hash"][:36]
            )
            mlflow.log_input(learned_from, context="training")
            mlflow.lightgbm.log_model(
                booster,
                name="model",
                signature=_signature(booster),
                registered_model_name=registered_model,
                pip_requirements=[f"lightgbm=={version('lightgbm')}"],
            )


def record_evaluation(
    root: Path, experiment: str, *, lineage: str, metrics: Mapping[str, float], figures: Mapping[str, Figure], card: str
) -> None:
    """Add the figures of the test to the run of that lineage; to a run of its own where this server has none."""
    with _server(root, experiment):
        run_id = _find(lineage)
        tags = {"lineage": lineage, "git_revision": git_revision(root)}
        with mlflow.start_run(run_id=run_id, run_name=lineage, tags=None if run_id else tags):
            mlflow.log_metrics(dict(metrics))
            for name, figure in figures.items():
                mlflow.log_figure(figure, f"plots/{name}.png")
            mlflow.log_text(card, "model_card.md")


def require_server(root: Path, experiment: str) -> None:
    """Raise ModelError unless the server answers: before an hour of training, not after it."""
    with _server(root, experiment):
        pass


def git_revision(root: Path) -> str:
    """The revision that is checked out, with `+` where files differ from it; `unknown` outside git."""
    try:
        command = ["git", "-C", str(root), "describe", "--always", "--abbrev=40", "--dirty=+", "--exclude=*"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


@contextmanager
def _server(root: Path, experiment: str) -> Iterator[None]:
    """Point MLflow at its server, quietly; a server that can't be reached is one clear error."""
    for noisy in ("mlflow", "alembic", "sqlalchemy"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    # MLflow's own patience is minutes.
    for setting, value in (("MAX_RETRIES", "2"), ("TIMEOUT", "20"), ("BACKOFF_FACTOR", "1")):
        os.environ.setdefault(f"MLFLOW_HTTP_REQUEST_{setting}", value)
    uri = os.environ.get("MLFLOW_TRACKING_URI")
    mlflow.set_tracking_uri(uri or f"sqlite:///{(root / 'mlflow.db').resolve()}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if uri is None and mlflow.get_experiment_by_name(experiment) is None:
                mlflow.create_experiment(experiment, artifact_location=(root / "mlruns").resolve().as_uri())
            mlflow.set_experiment(experiment)
            yield
    except mlflow.exceptions.MlflowException as error:
        where = "MLFLOW_TRACKING_URI" if uri else "mlflow.db"
        raise ModelError(
            f"MLflow refused ({str(error).splitlines()[0]})",
            where=where,
            fix="start the server, or unset MLFLOW_TRACKING_URI",
        ) from error


def _find(lineage: str) -> str | None:
    wanted = f"tags.lineage = '{lineage}' AND attributes.status = 'FINISHED'"
    runs = mlflow.search_runs(filter_string=wanted, output_format="list", max_results=1)
    return str(runs[0].info.run_id) if runs else None


def _signature(booster: lgb.Booster) -> ModelSignature:
    columns = Schema([ColSpec(DataType.float, name) for name in booster.feature_name()])
    return ModelSignature(inputs=columns, outputs=Schema([ColSpec(DataType.double)]))


def flat(figures: Mapping[str, Any], prefix: str = "") -> dict[str, float]:
    """Numbers of a nested mapping under dotted names, as MLflow wants them.

    >>> flat({"model": {"auc": 0.8}, "test": {"rows": 3, "first_as_of": "2025-01-06"}})
    {'model.auc': 0.8, 'test.rows': 3.0}
    """
    out: dict[str, float] = {}
    for name, value in figures.items():
        if isinstance(value, Mapping):
            out |= flat(value, f"{prefix}{name}.")
        elif isinstance(value, int | float):
            out[f"{prefix}{name}"] = float(value)
    return out
