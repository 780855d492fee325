"""The list as a spreadsheet: the list itself, each owner's part of it, how to read it, and who is in notice."""

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from churnrisk import words
from churnrisk.pages import spreadsheet
from churnrisk.risk_list.field import Field
from churnrisk.risk_list.fields import NOTICE, columns, terms, with_values
from churnrisk.risk_list.row_fields import ROW
from churnrisk.risk_list.structure import RiskList, Row

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
    "data_bar_2010": True,  # the older form never draws less than a tenth of the cell, nor more than nine
    "bar_color": "#F0B48A",
    "bar_solid": True,
    "min_type": "num",
    "min_value": 0,
    "max_type": "num",
    "max_value": 1,
}
_NEW = "new"
_FIRST, _LIST, _READING, _NOTICE = "Read first", "Risk list", "How to read", "In notice"


def write_sheet(risk_list: RiskList, target: Path | BinaryIO) -> None:
    """Write the XLSX file; the same list gives the same bytes."""
    with spreadsheet.workbook(target, f"Risk list of {risk_list.as_of}", risk_list.as_of) as book:
        book.set_custom_property("lineage", risk_list.model.lineage)
        looks = _looks(book, risk_list.currency)
        shown = columns(risk_list, "sheet")
        if risk_list.warnings:
            _warning_sheet(book.add_worksheet(_FIRST), risk_list, looks)
        _list_sheet(book.add_worksheet(_LIST), risk_list, risk_list.rows, shown, looks)
        _reading_sheet(book.add_worksheet(_READING), risk_list, shown, looks)
        notice = book.add_worksheet(_NOTICE)
        _table(notice, with_values(NOTICE, risk_list.in_notice), risk_list.in_notice, looks)
        _printed(notice, risk_list)
        for name, rows in _by_owner(risk_list):
            _list_sheet(book.add_worksheet(name), risk_list, rows, shown, looks)


def _by_owner(risk_list: RiskList) -> list[tuple[str, list[Row]]]:
    """A sheet for each owner with accounts on the list, by name; none where there is but one, who has the list."""
    owners = sorted({row.owner for row in risk_list.rows})
    names = spreadsheet.sheet_names(owners, (_FIRST, _LIST, _READING, _NOTICE))
    parts = [[row for row in risk_list.rows if row.owner == owner] for owner in owners]
    return list(zip(names, parts, strict=True)) if len(owners) > 1 else []


def _looks(book: Any, currency: str) -> dict[str, Any]:
    """A cell format for each kind of value, and for headings."""
    numbers = {
        "whole": "0",
        "share": "0%",
        "points": '"▲" 0.0;"▼" 0.0;"=" 0',
        "money": spreadsheet.money(currency),
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


def _list_sheet(
    sheet: Any, risk_list: RiskList, rows: Sequence[Row], shown: tuple[Field, ...], looks: dict[str, Any]
) -> None:
    """The list, or the `rows` of it that one owner has."""
    _table(sheet, shown, rows, looks)
    at = {column.name: index for index, column in enumerate(shown)}
    sheet.freeze_panes(1, at["name"] + 1)
    last = max(len(rows), 1)
    sheet.conditional_format(1, at["probability"], last, at["probability"], _BAR)
    for down, row in enumerate(rows, start=1):
        sheet.write_string(down, at["name"], row.name, looks["strong"])
        if row.change is None and "change" in at:
            sheet.write_string(down, at["change"], _NEW, looks["points"])
    _to_fill_in(sheet, len(shown), len(rows), risk_list.as_of, looks)
    sheet.print_area(0, 0, last, _last_printed(shown))
    _printed(sheet, risk_list)


def _to_fill_in(sheet: Any, first: int, rows: int, as_of: dt.date, looks: dict[str, Any]) -> None:
    """Columns in which people say what was done, and the date of the list, by which it is read back."""
    for at, title in enumerate(TO_FILL_IN, start=first):
        sheet.set_column(at, at, _WIDTHS["long" if title == "Note" else "text"])
        sheet.write_string(0, at, title, looks["header"])
    # The filter of the table, which ends before them, is drawn anew.
    sheet.autofilter(0, 0, rows, first + len(TO_FILL_IN) - 1)
    for down in range(1, rows + 1):
        spreadsheet.write(sheet, down, first, as_of, looks["date"])


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
            spreadsheet.write(sheet, down, at, column.of(item), looks[column.kind])
    for down, item in enumerate(rows, start=1):
        sheet.set_row(down, _LINE * max(_lines(column, item) for column in shown))
    sheet.set_row(0, 2 * _LINE)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), len(shown) - 1)


def _lines(column: Field, item: object) -> int:
    """Lines that a cell needs: not every program fits the height of a row to wrapped text by itself."""
    text = str(column.of(item) or "") if column.kind in ("long", "note") else ""
    return max(1, -(-len(text) // (_WIDTHS[column.kind] - 3)))


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
    spreadsheet.on_paper(sheet)
    sheet.set_footer(f"&LRisk list of {risk_list.as_of}&RPage &P of &N")
