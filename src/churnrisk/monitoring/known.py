"""All that a workspace knows of models, lists and data: from the archive, the models at hand, and MLflow."""

import re
from dataclasses import dataclass
from pathlib import Path

from churnrisk.clock import Day, day
from churnrisk.errors import ModelError, SourceError
from churnrisk.registry.mlflow_runs import RecordedRun, runs
from churnrisk.store.catalogue.monitor import ORIGIN, Origin
from churnrisk.store.kept_scores import Kept, all_kept, leading
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import read_json

HAND = ("models/bundle", "models/final", "models/backtest")
"""Folders that hold a model, the one that makes lists first."""

HASHES = ("data_hash", "params_hash")


@dataclass(frozen=True)
class KnownModel:
    """A model: its lineage, the hashes of its data and params as far as they are known, the folder that it lies in, and
    its run in MLflow.
    """

    lineage: str
    data_hash: str = ""
    params_hash: str = ""
    folder: str = ""
    run: RecordedRun | None = None


@dataclass(frozen=True)
class Known:
    """What is known; `lists` has the scores of every date and model in the archive, in order, and what each date shows
    last. `replaced` are those of the same date and model that a later run has corrected. `unreachable` says why MLflow
    could not be asked, empty where it could.
    """

    models: dict[str, KnownModel]
    lists: list[Kept]
    replaced: list[Kept]
    origins: dict[Kept, Origin]
    unreachable: str

    @classmethod
    def read(cls, workspace: Workspace) -> "Known":
        """Read it; what MLflow can't say is left out."""
        recorded, unreachable = _runs(workspace)
        origins = {Kept(day(each.as_of), each.lineage, each.scores): each for each in _origins(workspace)}
        lists = leading(workspace)
        replaced = [each for each in all_kept(workspace) if each not in lists]
        models = _models(workspace, recorded, list(origins.values()))
        for each in lists:
            models.setdefault(each.lineage, KnownModel(each.lineage))
        return cls(models=models, lists=lists, replaced=replaced, origins=origins, unreachable=unreachable)

    def lists_of(self, lineage: str) -> list[Day]:
        """The dates of the lists that a model made."""
        return [each.as_of for each in self.lists if each.lineage == lineage]


def _runs(workspace: Workspace) -> tuple[list[RecordedRun], str]:
    try:
        return runs(workspace.root), ""
    except ModelError as error:
        return [], str(error)


def _origins(workspace: Workspace) -> list[Origin]:
    return [ORIGIN.read_at(path) for path in ORIGIN.all_at(workspace)]


def _models(workspace: Workspace, recorded: list[RecordedRun], origins: list[Origin]) -> dict[str, KnownModel]:
    """Every model by its lineage; of several places that know one, each gives what the others lack."""
    run_of = {run.tags["lineage"]: run for run in reversed(recorded)}
    folders = {facts["lineage"]: (facts, folder) for folder in reversed(HAND) if (facts := _facts(workspace, folder))}
    hashes = {lineage: {name: run.tags.get(name, "") for name in HASHES} for lineage, run in run_of.items()}
    hashes |= {each.lineage: {name: getattr(each, name) for name in HASHES} for each in origins}
    hashes |= {lineage: {name: facts[name] for name in HASHES} for lineage, (facts, _) in folders.items()}
    return {
        lineage: KnownModel(
            lineage=lineage, folder=folders[lineage][1] if lineage in folders else "", run=run_of.get(lineage), **each
        )
        for lineage, each in hashes.items()
    }


def _facts(workspace: Workspace, folder: str) -> dict[str, str]:
    """Lineage and hashes of the model in a folder; empty where there is none that can be read."""
    path: Path = workspace.path(folder) / "model.json"
    try:
        facts = read_json(path)
        return {name: str(facts[name]) for name in ("lineage", *HASHES)}
    except (SourceError, KeyError, TypeError):
        return {}


def is_hash(text: str) -> bool:
    """Has a text the form of the first characters of a hash?

    >>> is_hash("75829c8ae3af"), is_hash("7582"), is_hash("account-7")
    (True, True, False)
    """
    return re.fullmatch("[0-9a-f]{4,64}", text) is not None
