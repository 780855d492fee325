"""What all spreadsheets share, read back."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from churnrisk.pages import spreadsheet


@given(st.lists(st.text(max_size=40), max_size=8))
def test_any_names_become_names_that_excel_takes(wanted: list[str]) -> None:
    names = spreadsheet.sheet_names(wanted, ["Risk list"])
    assert len({each.casefold() for each in [*names, "Risk list", "History"]}) == len(wanted) + 2
    for name in names:
        assert 1 <= len(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert name.strip(" '") == name


CELLS = [("=1+1", "=1+1", "s"), (1.5, 1.5, "n"), (None, None, "n"), (dt.date(2025, 1, 6), dt.datetime(2025, 1, 6), "d")]  # noqa: DTZ001 - what a spreadsheet has


@pytest.mark.parametrize(("cell", "found", "kind"), CELLS)
def test_a_cell_stays_what_it_is(cell, found, kind, tmp_path: Path) -> None:
    with spreadsheet.workbook(tmp_path / "a.xlsx", "A", dt.date(2025, 1, 6)) as book:
        look = book.add_format({"num_format": "d mmm yyyy"} if kind == "d" else {})
        spreadsheet.write(book.add_worksheet("S"), 0, 0, cell, look)
    read = load_workbook(tmp_path / "a.xlsx")["S"]["A1"]
    assert (read.value, read.data_type) == (found, kind)


def test_paper(tmp_path: Path) -> None:
    with spreadsheet.workbook(tmp_path / "a.xlsx", "A", dt.date(2025, 1, 6)) as book:
        spreadsheet.on_paper(book.add_worksheet("S"))
    sheet = load_workbook(tmp_path / "a.xlsx")["S"]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.print_title_rows) == (
        "landscape",
        9,
        "$1:$1",
    )
