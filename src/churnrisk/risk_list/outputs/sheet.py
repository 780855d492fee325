"""The list as a spreadsheet: the list itself, how to read it, and who is in notice."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from churnrisk import words
from churnrisk.risk_list.field import Cell, Field
from churnrisk.risk_list.fields import NOTICE, columns, terms, with_values
from churnrisk.risk_list.row_fields import ROW
from churnrisk.risk_list.structure import RiskList

_WIDTHS = {"text": 15, "long": 32, "note": 60, "whole": 7, "share": 12, "points": 10, "money": 11, "date": 12}
"""Column widths in characters, by kind of value. A reason takes three or four lines in a `long` column, and the columns
up to the renewal, which are printed, stay readable on one landscape page."""

_NAME_WIDTH = 28
"""Names are the longest text that is not wrapped."""

TO_FILL_IN = ("As of", "Done", "Note")
"""Columns at the right that people fill in, beside the date of the list, and the inbox reads back."""

_READING_WIDTHS = (24, 100)
_WARNING_WIDTH = 110
_LINE = 15
"""Height of a line in points at the default size of 11; a header has two."""

_BAR = {
    "type": "data_bar",
    "data_bar_2010": False,  # the older form, which every program draws
    "bar_color": "#F0B48A",
    "min_type": "num",
    "min_value": 0,
    "max_type": "num",
    "max_value": 1,
}
_NEW = "new"
_A4 = 9
"""As Excel numbers paper sizes."""


def write_sheet(risk_list: RiskList, target: Path | BinaryIO) -> None:
    """Write the XLSX file. Its time of creation is the date of the list, so the same list gives the same bytes."""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        made = dt.datetime.combine(risk_list.as_of, dt.time())
        book.set_properties({"title": f"Risk list of {risk_list.as_of}", "author": "churnrisk", "created": made})
        book.set_custom_property("lineage", risk_list.model.lineage)
        looks = _looks(book, risk_list.currency)
        shown = columns(risk_list, "sheet")
        if risk_list.warnings:
            _warning_sheet(book.add_worksheet("Read first"), risk_list, looks)
        _list_sheet(book.add_worksheet("Risk list"), risk_list, shown, looks)
        _reading_sheet(book.add_worksheet("How to read"), risk_list, shown, looks)
        notice = book.add_worksheet("In notice")
        _table(notice, with_values(NOTICE, risk_list.in_notice), risk_list.in_notice, looks)
        _printed(notice, risk_list)


def _looks(book: Any, currency: str) -> dict[str, Any]:
    """A cell format for each kind of value, and for headings."""
    symbol = currency.replace('"', "")
    numbers = {
        "whole": "0",
        "share": "0%",
        "points": '"▲" 0.0;"▼" 0.0;"=" 0',
        "money": f'"{symbol}"#,##0',
        "date": "d mmm yyyy",
    }
    top: dict[str, Any] = {"valign": "top"}
    looks = {kind: book.add_format({**top, "num_format": form}) for kind, form in numbers.items()}
    for kind in ("whole", "points"):
        looks[kind].set_align("center")
    looks["text"] = book.add_format(top)
    looks["long"] = looks["note"] = book.add_format({**top, "text_wrap": True, "indent": 1})
    looks["strong"] = book.add_format({**top, "bold": True})
    looks["title"] = book.add_format({"bold": True, "font_size": 16})
    looks["header"] = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "vcenter", "font_color": "#FFFFFF", "bg_color": "#1F3A4D"}
    )
    return looks


def _warning_sheet(sheet: Any, risk_list: RiskList, looks: dict[str, Any]) -> None:
    """What a reader must know first."""
    sheet.set_column(0, 0, _WARNING_WIDTH)
    sheet.write_string(0, 0, "Read this first", looks["title"])
    for at, warning in enumerate(risk_list.warnings, start=2):
        sheet.set_row(at, _LINE * (1 + len(warning) // (_WARNING_WIDTH - 10)))
        sheet.write_string(at, 0, warning, looks["long"])
    sheet.hide_gridlines(2)
    _printed(sheet, risk_list)


def _list_sheet(sheet: Any, risk_list: RiskList, shown: tuple[Field, ...], looks: dict[str, Any]) -> None:
    _table(sheet, shown, risk_list.rows, looks)
    at = {column.name: index for index, column in enumerate(shown)}
    sheet.freeze_panes(1, at["name"] + 1)
    last = max(len(risk_list.rows), 1)
    sheet.conditional_format(1, at["probability"], last, at["probability"], _BAR)
    for down, row in enumerate(risk_list.rows, start=1):
        sheet.write_string(down, at["name"], row.name, looks["strong"])
        if row.change is None and "change" in at:
            sheet.write_string(down, at["change"], _NEW, looks["points"])
    _to_fill_in(sheet, len(shown), risk_list, looks)
    sheet.print_area(0, 0, last, _last_printed(shown))
    sheet.repeat_rows(0)
    _printed(sheet, risk_list)


def _to_fill_in(sheet: Any, first: int, risk_list: RiskList, looks: dict[str, Any]) -> None:
    """Columns in which people say what was done, and the date of the list, by which it is read back."""
    for at, title in enumerate(TO_FILL_IN, start=first):
        sheet.set_column(at, at, _WIDTHS["long" if title == "Note" else "text"])
        sheet.write_string(0, at, title, looks["header"])
    # The filter of the table, which ends before them, is drawn anew.
    sheet.autofilter(0, 0, len(risk_list.rows), first + len(TO_FILL_IN) - 1)
    for down in range(1, len(risk_list.rows) + 1):
        sheet.write_datetime(down, first, dt.datetime.combine(risk_list.as_of, dt.time()), looks["date"])


def _last_printed(shown: tuple[Field, ...]) -> int:
    """The last column that is printed: what comes up to the renewal is for a call, the others are for sorting."""
    names = [each.name for each in ROW]
    after = names[names.index("days_to_renewal") + 1 :]
    return next((at for at, column in enumerate(shown) if column.name in after), len(shown)) - 1


def _table(sheet: Any, shown: tuple[Field, ...], items: Iterable[object], looks: dict[str, Any]) -> None:
    """A header that stays in view, filters, and a row an item."""
    rows = list(items)
    for at, column in enumerate(shown):
        sheet.set_column(at, at, _NAME_WIDTH if column.name == "name" else _WIDTHS[column.kind])
        sheet.write_string(0, at, column.title, looks["header"])
        for down, item in enumerate(rows, start=1):
            _write(sheet, down, at, column.of(item), looks[column.kind])
    for down, item in enumerate(rows, start=1):
        sheet.set_row(down, _LINE * max(_lines(column, item) for column in shown))
    sheet.set_row(0, 2 * _LINE)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), len(shown) - 1)


def _lines(column: Field, item: object) -> int:
    """Lines that a cell needs: not every program fits the height of a row to wrapped text by itself."""
    text = str(column.of(item) or "") if column.kind in ("long", "note") else ""
    return max(1, -(-len(text) // (_WIDTHS[column.kind] - 3)))


def _write(sheet: Any, down: int, across: int, cell: Cell, look: Any) -> None:
    """One cell, by its type: text stays text whatever it looks like."""
    if cell is None:
        sheet.write_blank(down, across, None, look)
    elif isinstance(cell, str):
        sheet.write_string(down, across, cell, look)
    elif isinstance(cell, dt.date):
        sheet.write_datetime(down, across, cell, look)
    else:
        sheet.write_number(down, across, cell, look)


def _reading_sheet(sheet: Any, risk_list: RiskList, shown: tuple[Field, ...], looks: dict[str, Any]) -> None:
    """What the list is, what each column means, and what is not on it."""
    for index, width in enumerate(_READING_WIDTHS):
        sheet.set_column(index, index, width)
    sheet.write_string(0, 0, f"Risk list of {words.date(risk_list.as_of)}", looks["title"])
    meanings = [(column.title, column.explained(terms(risk_list))) for column in shown]
    for down, (title, meaning) in enumerate([*_facts(risk_list), *meanings], start=2):
        sheet.write_string(down, 0, title, looks["strong"])
        sheet.write_string(down, 1, meaning, looks["long"])
    sheet.hide_gridlines(2)
    _printed(sheet, risk_list)
    sheet.fit_to_pages(1, 1)


def _facts(risk_list: RiskList) -> list[tuple[str, str]]:
    first = "revenue at risk" if risk_list.rank_by == "value_at_risk" else "probability"
    at_risk = words.money(risk_list.revenue_at_risk, risk_list.currency)
    on_list = words.money(risk_list.revenue_at_risk_on_list, risk_list.currency)
    leaves = f"{words.date(risk_list.leaves_from)} to {words.date(risk_list.leaves_to)}"
    model = risk_list.model
    return [
        (
            "What it is",
            f"The {len(risk_list.rows)} accounts to call first, of {risk_list.accounts_watched} watched; "
            f"most {first} first.",
        ),
        *(("Warning", warning) for warning in risk_list.warnings),
        ("Probability", f"That the account leaves from {leaves}. Of ten accounts at 70%, about seven leave."),
        *(
            [("Revenue at risk", f"{at_risk} among all watched accounts, {on_list} of it on this list.")]
            if risk_list.revenue_at_risk
            else []
        ),
        *(("Left out", f"{rule}: {count}") for rule, count in risk_list.left_out),
        *(("Note", note) for note in risk_list.notes),
        ("Model", f"{model.lineage}, learnt from what was known through {words.date(model.trained_through)}."),
    ]


def _printed(sheet: Any, risk_list: RiskList) -> None:
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&LRisk list of {risk_list.as_of}&RPage &P of &N")
