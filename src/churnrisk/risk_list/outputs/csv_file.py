"""The list as a CSV file."""

import csv
import io

from churnrisk.risk_list.field import Cell
from churnrisk.risk_list.fields import columns
from churnrisk.risk_list.structure import RiskList

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""Spreadsheets take text that begins so for a formula. They skip white space first, hence the last three."""


def csv_text(risk_list: RiskList) -> str:
    """The list as CSV (RFC 4180, UTF-8): names as the header, ISO dates, plain numbers, empty where nothing is known.

    Text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    shown = columns(risk_list, "csv")
    writer.writerow(column.name for column in shown)
    for row in risk_list.rows:
        writer.writerow(harmless(column.of(row)) for column in shown)
    return out.getvalue()


def harmless(cell: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula; only text is changed, so a fall stays a number.

    >>> harmless("=1+1"), harmless("Ana"), harmless(-3.5)
    ("'=1+1", 'Ana', -3.5)
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
