"""The four files of a list in a folder of its own: all of them or none."""

import datetime as dt
import shutil
from pathlib import Path

from churnrisk.risk_list.outputs.csv_file import csv_text
from churnrisk.risk_list.outputs.page import page
from churnrisk.risk_list.outputs.record import record
from churnrisk.risk_list.outputs.sheet import write_sheet
from churnrisk.risk_list.structure import RiskList
from churnrisk.store.workspace import whole_folder, write_json, write_text

PAGE, SHEET, TABLE, RECORD = "index.html", "risk_list.xlsx", "risk_list.csv", "risk_list.json"
LATEST = "latest"


def write(risk_list: RiskList, folder: Path) -> None:
    """Write the four files of a list; the folder appears, or is replaced, only when all of them are whole."""
    with whole_folder(folder) as partial:
        write_text(page(risk_list), partial / PAGE)
        write_text(csv_text(risk_list), partial / TABLE)
        write_json(record(risk_list), partial / RECORD)
        write_sheet(risk_list, partial / SHEET)


def publish(risk_list: RiskList, risk_lists: Path) -> Path:
    """Write the list to `risk_lists/YYYY-MM-DD/`, and copy the newest list there to `latest/`; returns the folder.

    `latest/` stays with the newest list where one of an earlier date is made again. It is a copy and not a link,
    because links are lost in archives and on file shares.
    """
    folder = risk_lists / risk_list.as_of.isoformat()
    write(risk_list, folder)
    newest = max(each for each in risk_lists.iterdir() if _is_dated(each))
    with whole_folder(risk_lists / LATEST) as partial:
        for path in sorted(newest.iterdir()):
            shutil.copyfile(path, partial / path.name)
    return folder


def _is_dated(folder: Path) -> bool:
    try:
        return dt.date.fromisoformat(folder.name).isoformat() == folder.name and folder.is_dir()
    except ValueError:
        return False
