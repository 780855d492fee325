"""A verb for each stage of the pipeline."""

from importlib import import_module
from pathlib import Path

from churnrisk.cli.shared import WorkspaceDir, app, locked, workspace_at

STAGES = {
    "source": "Show DVC the folder of the company's files, so that a newer export is read again.",
    "pull": "Read every contract table from the source into data/raw.",
    "conform": "Check the tables against the contract; set bad rows aside with the reason.",
    "rollup": "Add usage up by account, day and event, and by user.",
    "snapshot": "Decide whom to watch at every date, by named rules.",
    "label": "Find out who churned in the window after each snapshot.",
    "featurize": "Compute the features of every snapshot from what was known then.",
    "train": "Choose, calibrate and fit the model; record it in MLflow.",
    "evaluate": "Judge past lists on dates that the model has not seen.",
    "gate": "Hold the list where a feed is stale, incomplete or broken.",
    "score": "Score the newest date, with reasons.",
    "list": "Publish the weekly list as page, spreadsheet, CSV and JSON.",
    "monitor": "Compare feeds, features and scores with before, and past lists with what happened.",
    "book": "Write the book of retention: figures, movements, cohorts and the renewal forecast.",
}
"""Verbs that are stages, in the order in which they run."""


def _add_stage(name: str, help_text: str) -> None:
    def verb(workspace: WorkspaceDir = Path()) -> None:
        _run(name, workspace)

    app.command(name, help=help_text)(verb)


for _name, _help in STAGES.items():
    _add_stage(_name, _help)


def _run(stage: str, workspace: Path) -> None:
    here = workspace_at(workspace)
    params = import_module("churnrisk.params").load(here.params)
    import_module("churnrisk.setup.pipeline").require_up_to_date(workspace)
    with locked(here, stage):
        import_module(f"churnrisk.stages.{stage}").run(here, params)
