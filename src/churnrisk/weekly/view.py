"""Where a weekly run works: the same workspace, with everything that DVC owns led to a folder of its own."""

import datetime as dt

from churnrisk.clock import WEEK, Day, as_date, day
from churnrisk.params import Params
from churnrisk.simulator.timeline import LIFE_WEEKS
from churnrisk.store.workspace import Workspace

FOLDER = "data/weekly"

_FOLDERS = {
    "data": FOLDER,
    "models": f"{FOLDER}/models",
    "reports": f"{FOLDER}/reports",
    # What is published, what is kept of it and what people answer is the workspace's own, whoever has made the list.
    "data/history": "data/history",
    "data/inbox": "data/inbox",
    "reports/risk_list": "reports/risk_list",
    "reports/monitor": "reports/monitor",
    "reports/monitor.json": "reports/monitor.json",
    # Its own files, under their own names.
    FOLDER: FOLDER,
}


def view(workspace: Workspace) -> Workspace:
    """The workspace in which the stages run for a week: they read and write under `data/weekly`, and publish and
    archive where `dvc repro` does.
    """
    return workspace.view(_FOLDERS)


def moved_to(params: Params, as_of: Day | None, newest: Day | None) -> Params:
    """The settings for the list of a date; None: the latest that the feeds allow.

    A simulated company stands in for one whose feeds go on, so its clock moves: at least as far as the date, and never
    back behind the `newest` list; beyond its life it stands still, as feeds that have ended. Its files lie apart from
    those that `dvc repro` makes.
    """
    clock = params.clock.model_copy(update={"as_of": "auto" if as_of is None else as_date(as_of)})
    source = params.source
    if source.simulator is not None:
        needed = [_weeks(source.simulator.start, each) for each in (as_of, newest) if each is not None]
        company = source.simulator.model_copy(update={"weeks": min(max([source.simulator.weeks, *needed]), LIFE_WEEKS)})
        source = source.model_copy(update={"simulator": company, "folder": f"{FOLDER}/simulated"})
    return params.model_copy(update={"clock": clock, "source": source})


def _weeks(start: dt.date, as_of: Day) -> int:
    """Whole weeks from the first day until everything before `as_of` has happened."""
    return int(-(-(as_of - day(start)) // WEEK))
