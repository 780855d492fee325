"""Which version of the registered model makes the list: its aliases `champion` and `challenger`, and what moved them.

A version is a whole sealed bundle. Every move of the champion is a tag of the registered model, so that a forced one
leaves a trace, and a rollback knows where to go. Functions that take `root` open the connection themselves; the others
are called within `churnrisk.registry.server.tracking`.
"""

import datetime as dt
import getpass
import hashlib
import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import mlflow
import pandas as pd
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException

from churnrisk.errors import ModelError
from churnrisk.model.bundle import SEAL, Bundle
from churnrisk.params.sections import Tracking
from churnrisk.registry.server import tracking
from churnrisk.store.writes import whole_folder

CHAMPION, CHALLENGER = "champion", "challenger"
EVIDENCE = "evidence"
"""Folder of a run's artifacts with what a promotion compares."""

_MOVE = "move_"
_FETCH_SECONDS = 60
"""A bundle is a few megabytes, and a list must not wait for long for a server that hangs."""

PROMOTE = "train with `dvc repro`, then run `churnrisk promote`"


@dataclass(frozen=True)
class Version:
    """A version of the registered model: its number, the lineage of its model, and the sha256 of its bundle's seal."""

    number: str
    lineage: str
    seal: str
    run_id: str = ""
    source: str = ""


@dataclass(frozen=True)
class Move:
    """The champion moved from one version, empty for the first, to another; `why` it did, `forced` past which rails."""

    kind: str
    before: str
    after: str
    why: str
    forced: str
    by: str
    at: str


@dataclass(frozen=True)
class Evidence:
    """What was recorded of a version's test: the backtest, calibration by group, and the importance of its features."""

    backtest: pd.DataFrame
    calibration: pd.DataFrame
    importance: pd.DataFrame


def seal_of(folder: Path) -> str:
    """The sha256 of a bundle's seal, which names its content."""
    return hashlib.sha256((folder / SEAL).read_bytes()).hexdigest()


def registered(name: str, seal: str) -> Version | None:
    """The version that holds a bundle with this seal; None where there is none."""
    for found in mlflow.MlflowClient().search_model_versions(f"name = '{name}'"):
        if found.tags.get("seal") == seal:
            return _version(found)
    return None


def described(name: str, number: str, *, lineage: str, seal: str) -> Version:
    """A new version, with the tags by which it is found again."""
    client = mlflow.MlflowClient()
    for tag, value in (("lineage", lineage), ("seal", seal)):
        client.set_model_version_tag(name, number, tag, value)
    return _version(client.get_model_version(name, number))


def challenge(name: str, version: Version) -> None:
    """Make a version the challenger."""
    mlflow.MlflowClient().set_registered_model_alias(name, CHALLENGER, version.number)


def find(root: Path, names: Tracking, alias: str, seconds: float = _FETCH_SECONDS) -> Version | None:
    """The version that has an alias, None where none has; UnreachableError where the server does not say."""
    with tracking(root, names.experiment, seconds):
        return _by_alias(names.registered_model, alias)


def fetch(root: Path, names: Tracking, version: Version, folder: Path, seconds: float = _FETCH_SECONDS) -> Bundle:
    """Copy the bundle of a version to `folder`, whole or not at all, and load it.

    Raises ModelError, and leaves `folder` as it is, where the version leads to no bundle or to another than was
    registered; UnreachableError where the server does not answer.
    """
    where = f"version {version.number} of {names.registered_model} in MLflow"
    with TemporaryDirectory() as scratch, tracking(root, names.experiment, seconds):
        found = sorted(Path(_downloaded(version, scratch, where)).rglob(SEAL))
        if not found:
            raise ModelError("its files hold no bundle", where=where, fix=PROMOTE)
        bundle = Bundle.load(found[0].parent)
        if seal_of(found[0].parent) != version.seal:
            raise ModelError("its bundle is not the one that was registered", where=where, fix=PROMOTE)
        with whole_folder(folder) as draft:
            shutil.copytree(found[0].parent, draft, dirs_exist_ok=True)
    return bundle


def evidence_of(root: Path, names: Tracking, version: Version) -> Evidence:
    """What was recorded of the test of a version; raises ModelError where that is no longer there."""
    where = f"the run of version {version.number} of {names.registered_model} in MLflow"
    with TemporaryDirectory() as scratch, tracking(root, names.experiment):
        try:
            folder = Path(mlflow.artifacts.download_artifacts(run_id=version.run_id, dst_path=scratch))
            return Evidence(
                backtest=pd.read_parquet(folder / EVIDENCE / "backtest.parquet"),
                calibration=pd.read_csv(folder / EVIDENCE / "calibration_by_group.csv"),
                importance=pd.read_csv(folder / "importance.csv"),
            )
        except (MlflowException, OSError) as error:
            raise ModelError("what was recorded of its test is not there", where=where, fix=PROMOTE) from error


def move(root: Path, names: Tracking, to: Version, *, why: str, forced: str = "") -> Move:
    """Make a version the champion, and record the move."""
    with tracking(root, names.experiment):
        return _move(names.registered_model, to.number, kind="promote", why=why, forced=forced)


def roll_back(root: Path, names: Tracking, why: str) -> Move:
    """Make the champion before the present one the champion again; raises ModelError where there was none."""
    with tracking(root, names.experiment):
        stack: list[str] = []
        for each in moves(names.registered_model):
            stack = stack[:-1] if each.kind == "rollback" else [*stack, each.after]
        if len(stack) < 2:
            found = "there was no champion before this one" if stack else "there is no champion"
            raise ModelError(found, where=f"{names.registered_model} in MLflow", fix=PROMOTE)
        return _move(names.registered_model, stack[-2], kind="rollback", why=why, forced="")


def moves(name: str) -> list[Move]:
    """Every move of the champion, in order."""
    try:
        tags = mlflow.MlflowClient().get_registered_model(name).tags
    except MlflowException as error:
        if error.error_code == "RESOURCE_DOES_NOT_EXIST":
            return []
        raise
    return [Move(**json.loads(tags[tag])) for tag in sorted(tags) if tag.startswith(_MOVE)]


def _move(name: str, to: str, *, kind: str, why: str, forced: str) -> Move:
    client, before = mlflow.MlflowClient(), _by_alias(name, CHAMPION)
    made = Move(
        kind=kind,
        before="" if before is None else before.number,
        after=to,
        why=why,
        forced=forced,
        by=getpass.getuser(),
        at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    )
    # The trace first: a process that is killed in between has recorded a move that can be made again, and not made one
    # that nobody can trace.
    number = len(moves(name)) + 1
    client.set_registered_model_tag(name, f"{_MOVE}{number:06d}", json.dumps(asdict(made)))
    client.set_registered_model_alias(name, CHAMPION, to)
    return made


def _by_alias(name: str, alias: str) -> Version | None:
    try:
        return _version(mlflow.MlflowClient().get_model_version_by_alias(name, alias))
    except MlflowException as error:
        # The one where the model has no such alias, the other where there is no such model.
        if error.error_code in ("INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST"):
            return None
        raise


def _version(found: ModelVersion) -> Version:
    tags = found.tags
    return Version(
        number=str(found.version),
        lineage=tags.get("lineage", ""),
        seal=tags.get("seal", ""),
        run_id=str(found.run_id or ""),
        source=str(found.source),
    )


def _downloaded(version: Version, folder: str, where: str) -> str:
    try:
        return str(mlflow.artifacts.download_artifacts(artifact_uri=version.source, dst_path=folder))
    except (MlflowException, OSError) as error:
        gone = isinstance(error, FileNotFoundError) or "No such" in str(error) or "not exist" in str(error)
        if gone or getattr(error, "error_code", "") == "RESOURCE_DOES_NOT_EXIST":
            raise ModelError("its files are gone", where=where, fix=PROMOTE) from error
        raise
