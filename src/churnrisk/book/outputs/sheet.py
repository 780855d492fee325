"""The book as a spreadsheet: every period and segment, movements, cohorts, the forecast, and what each figure means."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from churnrisk.book.calendar import KINDS
from churnrisk.pages import spreadsheet
from churnrisk.pages.spreadsheet import Cell
from churnrisk.store.catalogue.book import BookRecord, Outlook

_WIDTH, _FIRST = 14, 26
"""Of columns in characters: a heading takes two lines, and names of periods and groups fit the first."""

_NOT_DEFINED = "–"


def write_sheet(book: BookRecord, target: Path | BinaryIO) -> None:
    """Write the XLSX file; the same book gives the same bytes."""
    with spreadsheet.workbook(target, f"Retention, {book.as_of}", book.as_of) as out:
        looks = _looks(out, book.currency)
        _figures(out, book, looks)
        for name, head, kinds, rows in _tables(book):
            _table(out.add_worksheet(name), head, kinds, rows, looks)
        _words(out.add_worksheet("What they mean"), book, looks)


def _looks(out: Any, currency: str) -> dict[str, Any]:
    money = spreadsheet.money(currency, decimals=2)
    forms = {"share": "0.0%", "money": money, "count": "#,##0", "score": "0", "date": "d mmm yyyy"}
    looks = {unit: out.add_format({"num_format": form, "align": "right"}) for unit, form in forms.items()}
    looks["text"] = out.add_format({})
    looks["long"] = out.add_format({"text_wrap": True, "valign": "top"})
    looks["header"] = out.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 1})
    return looks


def _figures(out: Any, book: BookRecord, looks: dict[str, Any]) -> None:
    """A sheet a kind of period: a row a period and segment, the newest first, a column a figure."""
    named = {each.name: each for each in book.definitions}
    for kind, words in KINDS.items():
        own = [each for each in book.periods if each.kind == kind][::-1]
        names = list(own[0].figures) if own else []
        head = ["Period", "Segment", "From", "To", "Final", *(named[name].title for name in names)]
        kinds = ["text", "text", "date", "date", "text", *(named[name].unit for name in names)]
        rows: list[list[Cell]] = [
            [
                each.name,
                each.segment or "all",
                each.first,
                each.last,
                "yes" if each.final else "not yet",
                *each.figures.values(),
            ]
            for each in own
        ]
        _table(out.add_worksheet(words.partition(" up to")[0].capitalize()), head, kinds, rows, looks)


def _tables(book: BookRecord) -> list[tuple[str, list[str], list[str], list[list[Cell]]]]:
    moves = ["opening", "new", "reactivation", "expansion", "contraction", "churn", "completed", "closing"]
    ages = range(len(book.cohorts))
    return [
        (
            "Movements",
            ["Quarter", "Segment", *(each.capitalize() for each in moves)],
            ["text", "text", *["money"] * len(moves)],
            [
                [each.name, each.segment or "all", *(getattr(each, name) for name in moves)]
                for each in book.movements[::-1]
            ],
        ),
        *(
            (
                f"Cohorts, {words}",
                ["Began in", "Customers", "First MRR", *(f"Quarter {age}" for age in ages)],
                ["text", "count", "money", *["share"] * len(ages)],
                [[each.name, each.customers, each.mrr, *getattr(each, kind)] for each in book.cohorts],
            )
            for words, kind in (("customers", "logo"), ("revenue", "revenue"))
        ),
        (
            "Forecast",
            ["Of", "Up to", "Next renewal", "Customers", "MRR", *_shares("GRR"), *_shares("NRR")],
            ["date", "date", "text", "count", "money", *["share"] * 8],
            [_outlook(each) for each in (*book.forecast, *book.past_forecasts)],
        ),
        (
            "At risk",
            ["By", "Name", "Accounts", "ARR", "At risk"],
            ["text", "text", "count", "money", "money"],
            [[each.by.replace("_", " "), each.name, each.accounts, each.arr, each.at_risk] for each in book.at_risk],
        ),
    ]


def _shares(name: str) -> list[str]:
    return [name, f"{name}, low", f"{name}, high", f"{name}, came"]


def _outlook(each: Outlook) -> list[Cell]:
    grr: list[Cell] = [each.grr, each.grr_low, each.grr_high, each.actual_grr]
    nrr: list[Cell] = [each.nrr, each.nrr_low, each.nrr_high, each.actual_nrr]
    return [each.as_of, each.until, each.renewal_month or "all", each.customers, each.mrr, *grr, *nrr]


def _table(
    sheet: Any, head: Sequence[str], kinds: Sequence[str], rows: Sequence[Sequence[Cell]], looks: dict[str, Any]
) -> None:
    """A header that stays in view, filters, and the rows; a figure that is not defined is a dash."""
    for at, title in enumerate(head):
        sheet.set_column(at, at, _WIDTH if at else _FIRST)
        sheet.write_string(0, at, title, looks["header"])
    for down, row in enumerate(rows, start=1):
        for across, (cell, kind) in enumerate(zip(row, kinds, strict=False)):
            spreadsheet.write(sheet, down, across, _NOT_DEFINED if cell is None else cell, looks[kind])
    sheet.set_row(0, 30)
    sheet.freeze_panes(1, 1)
    if head:
        sheet.autofilter(0, 0, max(len(rows), 1), len(head) - 1)
    spreadsheet.on_paper(sheet)


def _words(sheet: Any, book: BookRecord, looks: dict[str, Any]) -> None:
    """Figures of today with their values, and the definition of every figure."""
    head, widths = ("Figure", "Today", "What it is", "Better", "From"), (34, 16, 90, 34, 30)
    for at, (title, width) in enumerate(zip(head, widths, strict=True)):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, title, looks["header"])
    for down, each in enumerate(book.definitions, start=1):
        sheet.write_string(down, 0, each.title, looks["long"])
        if each.name in book.today:
            value = book.today[each.name]
            spreadsheet.write(sheet, down, 1, _NOT_DEFINED if value is None else value, looks[each.unit])
        for at, text in enumerate((each.words, each.better, each.source), start=2):
            sheet.write_string(down, at, text, looks["long"])
    for down, note in enumerate(book.notes, start=len(book.definitions) + 2):
        sheet.write_string(down, 0, note, looks["text"])
    sheet.freeze_panes(1, 0)
