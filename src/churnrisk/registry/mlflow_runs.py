"""MLflow's runs: every training is one, with its params, metrics, plots, data and model.

A run is found by its tag `lineage`, so nothing that a stage writes holds the run's own id, and reruns stay byte-equal.
"""

import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from matplotlib.figure import Figure
from mlflow.entities import Run
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, DataType, Schema

from churnrisk.model.bundle import Bundle
from churnrisk.model.risk_model import RiskModel
from churnrisk.model.training import Training
from churnrisk.params import Params
from churnrisk.params.sections import Tracking
from churnrisk.registry import served
from churnrisk.registry.champion import EVIDENCE, Version, challenge, described, registered, seal_of
from churnrisk.registry.server import tracking

SECTIONS = ("clock", "churn", "cohort", "features", "folds", "train")
"""The sections of `params.yaml` that a model depends on."""

_STAGE = "recorded"
"""The tag of the last stage whose record is whole; it comes last, so a run that was killed lacks it."""
_ASK_SECONDS = 30
"""For a question of a person, who waits for the answer."""


@dataclass(frozen=True)
class RecordedRun:
    """A run as MLflow has it: its id, tags and params."""

    run_id: str
    tags: dict[str, str]
    params: dict[str, str]


def record_training(root: Path, params: Params, *, training: Training) -> None:
    """A run with the chosen settings, all params that the model depends on, metrics, and the data that the final model
    learned from.

    Its tags are lineage, data hash, params hash, and the git revision of `root`. A model of the same lineage is
    recorded once, because nothing of it could differ.
    """
    model, choice = training.final, training.choice
    with tracking(root, params.tracking.experiment):
        if _find(model.lineage):
            return
        _end_interrupted(model.lineage)
        with mlflow.start_run(run_name=model.lineage, tags=_tags(model, root)):
            mlflow.log_params({"system": training.system.name, **_configured(params)})
            mlflow.log_metrics(
                {"validation_log_loss": choice.log_loss, "rows": model.trained.rows, "churned": model.trained.churned}
            )
            _log_data(training.learned_from, model.data_hash)
            for tried in choice.tried:
                with mlflow.start_run(run_name=tried.name, nested=True):
                    mlflow.log_params({**tried.settings, "kept": tried.kept})
                    mlflow.log_metric("validation_log_loss", tried.log_loss)
            mlflow.set_tag(_STAGE, "train")


def record_evaluation(
    root: Path,
    names: Tracking,
    *,
    bundle: Bundle,
    folder: Path,
    pictures: Mapping[str, Figure],
    importance: "pd.Series[float]",
    evidence: Iterable[Path],
) -> None:
    """Add the figures of the test, the `importance` of the features, the files of `evidence`, and the whole bundle, as
    it lies in `folder`, to the run of the bundle's lineage; to a run of its own where this server has none. The bundle
    becomes a version of the registered model, and that the challenger.
    """
    lineage = bundle.model.lineage
    with tracking(root, names.experiment):
        run_id = _find(lineage)
        if run_id is None:
            _end_interrupted(lineage)
        tags = {"lineage": lineage, "git_revision": git_revision(root)}
        with mlflow.start_run(run_id=run_id, run_name=lineage, tags=None if run_id else tags):
            mlflow.log_metrics(flat(bundle.figures))
            for name, picture in pictures.items():
                mlflow.log_figure(picture, f"plots/{name}.png")
            mlflow.log_text(bundle.card, "model_card.md")
            mlflow.log_text(importance.to_csv(lineterminator="\n"), "importance.csv")
            mlflow.log_artifacts(str(folder), "bundle")
            for file in evidence:
                mlflow.log_artifact(str(file), EVIDENCE)
            challenge(names.registered_model, _register(bundle.model, folder, names.registered_model))
            mlflow.set_tag(_STAGE, "evaluate")


def runs(root: Path) -> list[RecordedRun]:
    """Every finished run that has a lineage, of whatever experiment, the newest first; raises ModelError where the
    server can't be asked.

    Of whatever experiment, because that of a workspace which was copied or renamed is set aside under another name.
    """
    # To ask must not make a store where there is none.
    if "MLFLOW_TRACKING_URI" not in os.environ and not (root / "mlflow.db").exists():
        return []
    wanted = "tags.lineage LIKE '%' AND attributes.status = 'FINISHED'"
    with tracking(root, None, _ASK_SECONDS):
        found = mlflow.search_runs(filter_string=wanted, output_format="list", search_all_experiments=True)
    return [RecordedRun(each.info.run_id, dict(each.data.tags), dict(each.data.params)) for each in found]


def git_revision(root: Path) -> str:
    """The revision that is checked out, with `+` where files differ from it; `unknown` outside git."""
    try:
        command = ["git", "-C", str(root), "describe", "--always", "--abbrev=40", "--dirty=+", "--exclude=*"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _find(lineage: str) -> str | None:
    """The run that is the record of a lineage: one to which at least the training was written to its end.

    Its status does not say so. To add the figures of the test opens the run again, and a kill then leaves it running.
    """
    whole = [run for run in _runs_of(lineage) if _STAGE in run.data.tags or run.info.status == "FINISHED"]
    return str(whole[0].info.run_id) if whole else None


def _end_interrupted(lineage: str) -> None:
    """End runs of a lineage that a kill has left running, and those in them: nobody goes on with them."""
    client = mlflow.MlflowClient()
    for run in _runs_of(lineage):
        inner = mlflow.search_runs(
            filter_string=f"tags.`mlflow.parentRunId` = '{run.info.run_id}'", output_format="list"
        )
        for each in (run, *inner):
            if each.info.status == "RUNNING":
                client.set_terminated(each.info.run_id, "KILLED")


def _runs_of(lineage: str) -> list[Run]:
    return list(mlflow.search_runs(filter_string=f"tags.lineage = '{lineage}'", output_format="list"))


def _tags(model: RiskModel, root: Path) -> dict[str, str]:
    return {
        "lineage": model.lineage,
        "data_hash": model.data_hash,
        "params_hash": model.params_hash,
        "git_revision": git_revision(root),
    }


def _configured(params: Params) -> dict[str, str]:
    """The params that a model depends on, under dotted names; lists and mappings are written as JSON."""
    configured = {}
    for section in SECTIONS:
        for name, value in getattr(params, section).model_dump(mode="json").items():
            text = value if isinstance(value, str) else json.dumps(value)
            # MLflow refuses a value of more than 6,000 characters.
            configured[f"{section}.{name}"] = text[:6000]
    return configured


def _log_data(rows: pd.DataFrame, data_hash: str) -> None:
    # MLflow refuses a digest of more than 36 characters.
    rows_in_mlflow = mlflow.data.from_pandas(rows, name="mature snapshots", targets="label", digest=data_hash[:36])
    mlflow.log_input(rows_in_mlflow, context="training")


def _register(model: RiskModel, folder: Path, name: str) -> Version:
    """The bundle in `folder` as a version in MLflow's own registry, which also serves its model to tools that give the
    table of features as it is; the version that has it already, where there is one.

    Not by a flavour of the scorer's library, which would want its matrix of numbers, and knows of no categories and of
    nothing that comes after the scorer.
    """
    seal = seal_of(folder)
    known = registered(name, seal)
    if known is not None:
        return known
    logged = mlflow.pyfunc.log_model(
        name="model",
        loader_module=served.__name__,
        data_path=str(folder),
        signature=_signature(model),
        registered_model_name=name,
        pip_requirements=[f"churnrisk=={version('churnrisk')}"],
    )
    return described(name, str(logged.registered_model_version), lineage=model.lineage, seal=seal)


def _signature(model: RiskModel) -> ModelSignature:
    """The columns of the table of features: words and numbers, each of which may be missing."""
    columns = [
        ColSpec(DataType.float if column.categories is None else DataType.string, column.name, required=False)
        for column in model.columns
    ]
    return ModelSignature(inputs=Schema(columns), outputs=Schema([ColSpec(DataType.double)]))


def flat(figures: Mapping[str, Any], prefix: str = "") -> dict[str, float]:
    """The numbers of a nested mapping under dotted names, because MLflow's metrics are flat.

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
