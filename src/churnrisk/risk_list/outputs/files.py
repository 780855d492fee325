"""The files of a list, made from the one structure: for everybody, for the head, and a digest for each owner."""

import io
from collections.abc import Mapping

from churnrisk.risk_list.outputs import head
from churnrisk.risk_list.outputs.crm import crm_files
from churnrisk.risk_list.outputs.csv_file import csv_text
from churnrisk.risk_list.outputs.digest import digests
from churnrisk.risk_list.outputs.page import page
from churnrisk.risk_list.outputs.record import record
from churnrisk.risk_list.outputs.sheet import write_sheet
from churnrisk.risk_list.structure import RiskList
from churnrisk.store.writes import json_text

PAGE, SHEET, TABLE, RECORD = "index.html", "risk_list.xlsx", "risk_list.csv", "risk_list.json"
HEAD = "head.html"


def rendered(risk_list: RiskList, crm: Mapping[str, Mapping[str, str]] | None = None) -> dict[str, bytes]:
    """The content of the files by name; the same list gives the same bytes, because none holds a wall clock.

    `crm` are the layouts of files for a CRM, as in the params.
    """
    sheet = io.BytesIO()
    write_sheet(risk_list, sheet)
    return {
        PAGE: page(risk_list).encode(),
        TABLE: csv_text(risk_list).encode(),
        RECORD: json_text(record(risk_list)).encode(),
        SHEET: sheet.getvalue(),
        HEAD: head.page(risk_list).encode(),
        **digests(risk_list),
        **crm_files(risk_list, crm or {}),
    }
