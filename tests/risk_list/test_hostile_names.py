"""Hostile names of customers, from a company's own file to each form of the list."""

import csv
import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page

from churnrisk.sources.files import pull
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import read_json, read_table, write_table

from .. import company
from ..hostile import NAMES


@pytest.fixture(scope="module")
def folder(small: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The newest list of the small company, whose first accounts now have the hostile names, in their order."""
    workspace = company.copied(small, tmp_path_factory.mktemp("hostile") / "workspace")
    listed = read_json(latest(workspace) / "risk_list.json")["rows"]
    called = {row["account_id"]: name for row, name in zip(listed, NAMES, strict=False)}
    source = company.load(workspace).source.path(workspace.root)
    accounts = read_table(source / "accounts.parquet")
    accounts["name"] = accounts["account_id"].map(called).fillna(accounts["name"]).astype("str")
    write_table(accounts, source / "accounts.parquet")
    pull(workspace.queries, source, workspace)
    company.run(workspace, "conform", "list")
    return latest(workspace)


def latest(workspace: Workspace) -> Path:
    return workspace.risk_lists / "latest"


class Scripts(HTMLParser):
    """What a browser would run or fetch, and the names of accounts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.names: list[str] = []
        self._in_account = self._in_name = False
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag in ("th", "td"):
            self._in_account = ("class", "account") in attributes
        self._in_name = self._in_account and tag == "bdi"

    def handle_data(self, data: str) -> None:
        if self._in_name:
            self.names.append(data)
            self._in_name = self._in_account = False


def test_json_has_them_letter_by_letter(folder: Path) -> None:
    rows = json.loads((folder / "risk_list.json").read_text(encoding="utf-8"))["rows"]
    assert tuple(row["name"] for row in rows[: len(NAMES)]) == NAMES


def test_no_cell_of_the_csv_is_a_formula(folder: Path) -> None:
    with (folder / "risk_list.csv").open(newline="", encoding="utf-8") as file:
        names = [row["name"] for row in csv.DictReader(file)][: len(NAMES)]
    assert [name for name in names if name[0] in "=+-@"] == []
    assert tuple(name.removeprefix("'") for name in names) == tuple(name.removeprefix("'") for name in NAMES)


def test_the_spreadsheet_has_them_as_text(folder: Path) -> None:
    sheet = load_workbook(folder / "risk_list.xlsx")["Risk list"]
    cells = [sheet.cell(2 + number, 2) for number in range(len(NAMES))]
    assert tuple(cell.value for cell in cells) == NAMES
    assert {(cell.data_type, cell.hyperlink) for cell in cells} == {("s", None)}


def test_the_page_has_them_as_text(folder: Path) -> None:
    page = Scripts((folder / "index.html").read_text(encoding="utf-8"))
    assert tuple(page.names[: len(NAMES)]) == NAMES
    assert page.tags.count("script") == 4  # its own, and three of data
    assert "img" not in page.tags


@pytest.fixture(scope="module")
def address(folder: Path) -> str:
    return (folder / "index.html").as_uri()


def test_chromium_shows_them_and_runs_none(opened: Page) -> None:
    assert tuple(opened.locator("tr.row .account > bdi").all_inner_texts()[: len(NAMES)]) == NAMES
