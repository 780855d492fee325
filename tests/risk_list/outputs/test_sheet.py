"""The spreadsheet, read back."""

import re
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from churnrisk.risk_list.fields import columns
from churnrisk.risk_list.outputs.sheet import TO_FILL_IN, write_sheet

from ..company import HOSTILE, inputs_of, risk_list


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sheet") / "list.xlsx"
    write_sheet(risk_list(), path)
    return path


def column(sheet: Worksheet, title: str) -> list[object]:
    at = [cell.value for cell in sheet[1]].index(title) + 1
    return [sheet.cell(row, at).value for row in range(2, sheet.max_row + 1)]


def test_sheets_header_filter_and_frozen_panes(path: Path) -> None:
    book = load_workbook(path)
    assert book.sheetnames[:3] == ["Risk list", "How to read", "In notice"]
    sheet = book["Risk list"]
    assert [cell.value for cell in sheet[1]] == [*(each.title for each in columns(risk_list(), "sheet")), *TO_FILL_IN]
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == f"A1:{sheet.cell(41, sheet.max_column).coordinate}"  # those to fill in too


def test_every_owner_has_a_sheet_of_their_own_rows(path: Path) -> None:
    made, book = risk_list(), load_workbook(path)
    owners = sorted({row.owner for row in made.rows})
    assert len(book.sheetnames) == 3 + len(owners)
    for name, owner in zip(book.sheetnames[3:], owners, strict=True):
        assert column(book[name], "Account") == [row.name for row in made.rows if row.owner == owner]
        assert [cell.value for cell in book[name][1]] == [cell.value for cell in book["Risk list"][1]]


def test_one_owner_alone_has_the_list(tmp_path: Path) -> None:
    source = inputs_of("account probability\na 0.5\nb 0.4")
    source.accounts["owner"] = "Ana"
    write_sheet(risk_list(source), tmp_path / "list.xlsx")
    assert load_workbook(tmp_path / "list.xlsx").sheetnames == ["Risk list", "How to read", "In notice"]


def test_a_bar_is_as_long_as_the_share_of_its_cell(path: Path) -> None:
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    bar = re.search(r"<x14:dataBar [^>]*>.*?</x14:dataBar>", sheet)
    assert bar
    assert 'minLength="0" maxLength="100"' in bar[0]
    assert re.findall(r"<xm:f>(.*?)</xm:f>", bar[0]) == ["0", "1"]


def test_numbers_dates_and_shares_are_such(path: Path) -> None:
    sheet = load_workbook(path)["Risk list"]
    made = risk_list()
    assert column(sheet, "Probability") == [row.probability for row in made.rows]
    assert column(sheet, "ARR") == [row.arr for row in made.rows]
    assert [d and d.date() for d in column(sheet, "Renewal")] == [row.renews_on for row in made.rows]
    assert column(sheet, "Change") == ["new" if row.change is None else row.change for row in made.rows]
    formats = {cell.value: sheet.cell(2, cell.column).number_format for cell in sheet[1]}
    assert (formats["Probability"], formats["ARR"], formats["Renewal"]) == ("0%", '"$"#,##0', "d mmm yyyy")


def test_names_that_look_like_code_are_text(path: Path) -> None:
    sheet = load_workbook(path)["Risk list"]
    cells = {row[1].value: row[1] for row in sheet.iter_rows(min_row=2)}
    listed = {row.name for row in risk_list().rows}
    assert set(HOSTILE) & listed
    assert {cells[name].data_type for name in listed} == {"s"}


@pytest.mark.parametrize("name", ["=1+1", "{=1+1}", "https://example.org", "mailto:a@b.c", "internal:A1", "12", ""])
def test_no_text_turns_into_a_formula_a_link_or_a_number(name: str, tmp_path: Path) -> None:
    source = inputs_of("account probability\na 0.5")
    source.accounts["name"] = source.accounts["owner"] = name
    write_sheet(risk_list(source), tmp_path / "list.xlsx")
    sheet = load_workbook(tmp_path / "list.xlsx")["Risk list"]
    assert [sheet.cell(2, at).value for at in (2, 3)] == [name or "a", name or "no owner"]
    assert [sheet.cell(2, at).data_type for at in (2, 3)] == ["s", "s"]
    assert not sheet.cell(2, 2).hyperlink


def test_currency_cannot_break_the_number_format(tmp_path: Path) -> None:
    write_sheet(risk_list(currency='"€ "'), tmp_path / "list.xlsx")
    sheet = load_workbook(tmp_path / "list.xlsx")["Risk list"]
    assert '"€ "#,##0' in {cell.number_format for cell in sheet[2]}


def test_how_to_read_explains_every_column_and_what_is_left_out(path: Path) -> None:
    sheet = load_workbook(path)["How to read"]
    explained = {str(row[0].value): str(row[1].value) for row in sheet.iter_rows()}
    texts = [str(row[1].value) for row in sheet.iter_rows()]
    assert {each.title for each in columns(risk_list(), "sheet")} <= set(explained)
    assert "churned: 310" in texts
    assert "Features switched off: no table `goals`." in texts
    assert any("from 20 Jan 2025 to 19 Apr 2025" in text for text in texts)


def test_in_notice(path: Path) -> None:
    sheet = load_workbook(path)["In notice"]
    assert column(sheet, "Account") == ["acc-0902", "Old Mill Foods", "<b>Bold</b>"]
    assert column(sheet, "ARR") == [None, 48000, 9600]


def test_bytes_hold_no_time_but_the_date_of_the_list(path: Path, tmp_path: Path) -> None:
    write_sheet(risk_list(), tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == path.read_bytes()
    with zipfile.ZipFile(path) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = load_workbook(path).properties
    assert {properties.created.isoformat(), properties.modified.isoformat()} == {"2025-01-06T00:00:00"}


def test_a_list_without_accounts_can_be_opened(tmp_path: Path) -> None:
    write_sheet(risk_list(inputs_of("account probability mrr")), tmp_path / "list.xlsx")
    assert load_workbook(tmp_path / "list.xlsx")["Risk list"].max_row == 1
