"""The study on disk: a page for people, the same figures as JSON for programs."""

from dataclasses import asdict
from pathlib import Path

from churnrisk.behaviours.page import page
from churnrisk.behaviours.study import Study
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import whole_folder, write_json, write_text


def write(study: Study, workspace: Workspace) -> Path:
    """Write `reports/behaviours/` anew, whole or not at all; returns the page."""
    with whole_folder(workspace.reports / "behaviours") as folder:
        write_text(page(study), folder / "index.html")
        write_json(asdict(study), folder / "behaviours.json")
    return workspace.reports / "behaviours" / "index.html"
