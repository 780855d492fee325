"""What all spreadsheets share: how a file is opened, cells that stay what they are, names of sheets, and paper."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

Cell = str | float | int | dt.date | None

_A4 = 9
"""As Excel numbers paper sizes."""

_LONGEST_NAME = 31
"""Characters of the name of a sheet, as Excel allows them."""

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


@contextmanager
def workbook(target: Path | BinaryIO, title: str, as_of: dt.date) -> Iterator[Any]:
    """An XLSX file to write to. Its time of creation is a date of its content, so the same content gives the same
    bytes.
    """
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        made = dt.datetime.combine(as_of, dt.time())
        book.set_properties({"title": title, "author": "churnrisk", "created": made})
        yield book


def write(sheet: Any, down: int, across: int, cell: Cell, look: Any) -> None:
    """One cell, by its type: text stays text whatever it looks like, and None is blank."""
    if cell is None:
        sheet.write_blank(down, across, None, look)
    elif isinstance(cell, str):
        sheet.write_string(down, across, cell, look)
    elif isinstance(cell, dt.date):
        sheet.write_datetime(down, across, cell, look)
    else:
        sheet.write_number(down, across, cell, look)


def money(currency: str, decimals: int = 0) -> str:
    """The format of amounts in a currency; its symbol can't end the format.

    >>> money('"€ "', 2)
    '"€ "#,##0.00'
    """
    symbol = currency.replace('"', "")
    return f'"{symbol}"#,##0{"." if decimals else ""}{"0" * decimals}'


def on_paper(sheet: Any) -> None:
    """Landscape on A4, as wide as one page, with the header on every page."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def sheet_names(wanted: Iterable[str], taken: Iterable[str]) -> list[str]:
    """A name for a sheet each, as like the `wanted` one as Excel allows, and none twice or like one that is `taken`.

    >>> sheet_names(["Ana/Ben", "ana?ben", "Risk list", "''", "x" * 40], ["Risk list"])
    ['Ana Ben', 'ana ben 2', 'Risk list 2', 'Sheet', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx']
    """
    # Excel keeps "History" for itself.
    used, names = {"history", *(each.casefold() for each in taken)}, []
    for each in wanted:
        plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", each).strip(" '") or "Sheet"
        name, number = plain[:_LONGEST_NAME].strip(" '"), 1
        while name.casefold() in used:
            number += 1
            name = f"{plain[: _LONGEST_NAME - 1 - len(str(number))]} {number}"
        used.add(name.casefold())
        names.append(name)
    return names
