"""The list in the layouts of CRMs: a CSV file each, whose columns `risk_list.crm` of the params names."""

import csv
import io
from collections.abc import Mapping

from churnrisk.params.crm import PERCENT, parts
from churnrisk.risk_list.field import Cell, Field
from churnrisk.risk_list.fields import columns
from churnrisk.risk_list.outputs.csv_file import harmless
from churnrisk.risk_list.structure import RiskList, Row

FOLDER = "crm"


def crm_files(risk_list: RiskList, layouts: Mapping[str, Mapping[str, str]]) -> dict[str, bytes]:
    """A file of each layout by its path: CSV in UTF-8, ISO dates, plain numbers, empty where nothing is known."""
    fields = {each.name: each for each in columns(risk_list, "csv")}
    return {f"{FOLDER}/{name}.csv": _table(risk_list, layout, fields).encode() for name, layout in layouts.items()}


def _table(risk_list: RiskList, layout: Mapping[str, str], fields: Mapping[str, Field]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(harmless(heading) for heading in layout)
    for row in risk_list.rows:
        writer.writerow(harmless(_cell(content, row, fields)) for content in layout.values())
    return out.getvalue()


def _cell(content: str, row: Row, fields: Mapping[str, Field]) -> Cell:
    """A field alone keeps its type, so that a fall stays a number; a text none of whose fields is known is empty."""
    pieces = parts(content)
    values = [_value(name, way, row, fields) for _, name, way in pieces if name is not None]
    if len(pieces) == 1 and values and not pieces[0][0]:
        return values[0]
    if values and all(value is None or value == "" for value in values):
        return None
    filled = iter(values)
    return "".join(before + ("" if name is None else _as_text(next(filled))) for before, name, _ in pieces)


def _value(name: str, way: str, row: Row, fields: Mapping[str, Field]) -> Cell:
    value = fields[name].of(row)
    if name == "crm_id" and not value:
        # As the contract says: an account without a key of its own in the CRM is known there by its account_id.
        return row.account_id
    return round(100 * value, 1) if way == PERCENT and isinstance(value, float) else value


def _as_text(value: Cell) -> str:
    return "" if value is None else str(value)
