"""Files of the inbox as texts: `actions.csv` of the page, and spreadsheets that people have filled in."""

import csv
import datetime as dt
import io
import warnings
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.utils.exceptions import InvalidFileException

from churnrisk.contract import TABLES
from churnrisk.errors import SourceError

GIVEN = tuple(name for name in TABLES["dispositions"].columns if name != "known_at")
"""The columns that people give, in order."""
_SAME = {"done": "outcome", "note": "reason", "owner": "who"}
"""Headings of the spreadsheet that are columns of the contract."""
_NEEDED = {"account_id", "as_of"}
_ABOVE_HEADINGS = 10
"""Rows in which the headings are looked for: above them stand a title and a note or two."""
_SEPARATORS = ",;\t"  # Excel writes semicolons where a comma is the decimal sign


def read_texts(name: str, content: bytes) -> pd.DataFrame:
    """The rows of a file as trimmed texts, one column each of `GIVEN`; empty where nothing is given.

    Rows that say nothing but which account they are of are left out: a spreadsheet has one for every account.
    Raises SourceError where the file can't be read, or lacks the account or the date.

    >>> read_texts("a.csv", b"account_id;as_of;verdict\\na;2025-01-06;safe\\nb;2025-01-06;")[["account_id", "verdict"]]
      account_id verdict
    0          a    safe
    """
    tables = _sheets(name, content) if name.casefold().endswith(".xlsx") else [_csv(name, content)]
    found = [table for each in tables if (table := _table(each)) is not None]
    if not found:
        raise SourceError(
            f"no row of headings has {' and '.join(sorted(_NEEDED))}",
            where=name,
            allowed=f"the columns {', '.join(GIVEN)}",
            fix="export it from the page again, or copy the rows into the spreadsheet of the list",
        )
    rows = pd.concat(found, ignore_index=True)
    says = (rows[["outcome", "reason", "snooze_until", "verdict"]] != "").any(axis=1)
    return rows[says].reset_index(drop=True)


def _table(lines: Sequence[Sequence[str]]) -> pd.DataFrame | None:
    """The rows below the first headings that have an account and a date; None where there are none."""
    for at, line in enumerate(lines[:_ABOVE_HEADINGS]):
        headings = [_column(each) for each in line]
        if not set(headings) >= _NEEDED:
            continue
        first = {name: headings.index(name) for name in GIVEN if name in headings}
        below = [each for each in lines[at + 1 :] if any(each)]
        rows = [[_cell(each, first.get(name)) for name in GIVEN] for each in below]
        return pd.DataFrame(rows, columns=list(GIVEN), dtype="str")
    return None


def _column(heading: str) -> str:
    name = "_".join(heading.casefold().split())
    return _SAME.get(name, name)


def _cell(line: Sequence[str], at: int | None) -> str:
    return line[at] if at is not None and at < len(line) else ""


def _csv(name: str, content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
        first = next(iter(text.splitlines()), "")
        separator = max(_SEPARATORS, key=first.count)
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        fix = "save it as CSV in UTF-8"
        raise SourceError(f"not a CSV file in UTF-8 ({error})", where=name, fix=fix) from error
    return [[each.strip() for each in line] for line in lines]


def _sheets(name: str, content: bytes) -> Iterable[list[list[str]]]:
    """The cells of every sheet."""
    try:
        with warnings.catch_warnings():
            # Of what is drawn and not read, such as the bars of a list.
            warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            return [[[_text(cell) for cell in row] for row in sheet.values] for sheet in book.worksheets]
    # openpyxl has no error of its own for a file that is damaged.
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, SyntaxError) as error:
        raise SourceError(f"not a spreadsheet ({error})", where=name, fix="save it as .xlsx again") from error


def _text(cell: Any) -> str:
    """A cell as a person would type it; a whole number without its point, because keys may be numbers."""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()
