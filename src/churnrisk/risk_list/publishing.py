"""Publishing: a list goes out as one folder of files, is kept in the archive, and becomes the latest.

It is outside what DVC writes, because it adds to the archive. Whoever has made a list calls the same function.
"""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from churnrisk import __version__
from churnrisk.errors import SourceError
from churnrisk.risk_list.outputs.files import rendered
from churnrisk.risk_list.structure import RiskList
from churnrisk.store.catalogue.list import RUN, Run
from churnrisk.store.published import Files, Published, files_in
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import clear_draft, whole_folder, write_bytes, write_json

LATEST = "latest"

Layouts = Mapping[str, Mapping[str, str]]


def publish(
    workspace: Workspace, risk_list: RiskList, *, scores: str, backfill: bool = False, crm: Layouts | None = None
) -> Path:
    """Write `reports/risk_list/YYYY-MM-DD/` and keep the same bytes in the archive; returns the folder.

    `scores` is the digest of the archived scores that the list was made from, and `crm` the layouts of files for a
    CRM (`risk_list.crm` of the params).

    `reports/risk_list/latest/` shows the list that was published last, whatever its date, because that is the list that
    was asked for. A `backfill`, which makes up for a date that was missed, becomes the latest only where its date is
    newer. To publish the same list again changes nothing.
    """
    lists, files = Published(workspace), rendered(risk_list, crm)
    last = lists.latest()
    as_latest = not backfill or last is None or risk_list.as_of >= last.as_of
    # The archive first: a run that is killed in between has lost nothing, and the next one shows what is missing.
    lists.add(files, as_of=risk_list.as_of, lineage=risk_list.model.lineage, scores=scores, latest=as_latest)
    folder = workspace.risk_lists / risk_list.as_of.isoformat()
    _show(files, folder)
    if as_latest:
        # A copy and not a link, because links are lost on file shares and by programs that copy.
        _show(files, workspace.risk_lists / LATEST)
    return folder


def restore(workspace: Workspace) -> list[Path]:
    """Bring every list back as it went out last, byte for byte; returns the folders that were not so.

    Raises SourceError where the archive has one no longer as it went out, after all others are back.
    """
    lists, damaged = Published(workspace), None
    wanted = {as_of.isoformat(): publication for as_of, publication in lists.shown().items()}
    latest = lists.latest()
    if latest is not None:
        wanted[LATEST] = latest
    back = []
    for name, publication in wanted.items():
        try:
            if _show(lists.files(publication), workspace.risk_lists / name):
                back.append(workspace.risk_lists / name)
        except SourceError as error:
            damaged = damaged or error
    if damaged is not None:
        raise damaged
    return back


def _show(files: Files, folder: Path) -> bool:
    """Make a folder hold these files, and when and by what they were written; returns False and leaves it as it is
    where it does.
    """
    there = files_in(folder)
    there.pop(RUN, None)
    if there == files:
        clear_draft(folder)
        return False
    with whole_folder(folder, keep=folder.name == LATEST) as partial:
        for name, content in files.items():
            write_bytes(content, partial / name)
        write_json(Run(made_at=dt.datetime.now(dt.UTC), churnrisk=__version__).model_dump(mode="json"), partial / RUN)
    return True
