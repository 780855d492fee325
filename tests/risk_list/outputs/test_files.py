"""Four files of one structure: they agree, they come together or not at all, and they don't change by themselves."""

import csv
import dataclasses
import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from openpyxl import load_workbook

from churnrisk.clock import day
from churnrisk.risk_list import publish, write

from ...company import ROOT
from ..company import risk_list

FILES = ["index.html", "risk_list.csv", "risk_list.json", "risk_list.xlsx"]


class Cells(HTMLParser):
    """Sort keys of the page's rows, by label, and the reasons in them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[dict[str, str]] = []
        self.facts: list[list[str]] = []
        self._in_fact = False
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if "data-group" in given:
            self.rows.append({})
            self.facts.append([])
        if "data-key" in given:
            self.rows[-1][(given["class"] or "").split()[0]] = given["data-key"] or ""
        self._in_fact = given.get("class") == "fact"

    def handle_data(self, data: str) -> None:
        if self._in_fact:
            self.facts[-1].append(data)
            self._in_fact = False


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(risk_list(), tmp_path_factory.mktemp("lists"))


def test_the_four_files_agree(folder: Path) -> None:
    record = json.loads((folder / "risk_list.json").read_text())["rows"]
    with (folder / "risk_list.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    sheet = load_workbook(folder / "risk_list.xlsx")["Risk list"]
    header, *lines = sheet.iter_rows(values_only=True)
    book = [dict(zip(header, line, strict=True)) for line in lines]
    page = Cells((folder / "index.html").read_text())

    def text(value: object) -> str:
        return "" if value is None else str(value)

    assert len(record) == 40
    assert [r["name"] for r in record] == [r["account"] for r in page.rows] == [r["Account"] for r in book]
    assert [r["account_id"] for r in record] == [r["account_id"] for r in table] == [r["Account id"] for r in book]
    for name, title, cell in (("probability", "Probability", "risk"), ("arr", "ARR", "arr"), ("change", "", "change")):
        values = [r[name] for r in record]
        assert list(map(text, values)) == [r[name] for r in table] == [r[cell] for r in page.rows]
        assert not title or values == [r[title] for r in book]
    for at, fact in enumerate(page.facts):
        sentences = [reason["sentence"] for reason in record[at]["reasons"]]
        assert sentences == fact
        assert sentences == [s for n in (1, 2, 3) if (s := table[at][f"reason_{n}"])]
        assert sentences == [s for n in (1, 2, 3) if (s := book[at][f"Reason {n}"])]


def test_a_folder_for_the_date_and_a_copy_as_the_latest(folder: Path) -> None:
    assert folder.name == "2025-01-06"
    assert sorted(contents(folder)) == FILES
    latest = folder.parent / "latest"
    assert contents(latest) == contents(folder)
    assert not latest.is_symlink()


def test_the_latest_is_the_newest_whatever_is_made_last(tmp_path: Path) -> None:
    (tmp_path / "2099").mkdir()
    (tmp_path / "2099-01-01").write_text("not a folder")
    for as_of, newest in (("2025-01-06", "2025-01-06"), ("2025-01-13", "2025-01-13"), ("2024-12-30", "2025-01-13")):
        publish(risk_list(as_of=day(as_of)), tmp_path)
        assert contents(tmp_path / "latest") == contents(tmp_path / newest)


def test_same_bytes_in_another_process_time_zone_and_hash_order(folder: Path, tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from churnrisk.risk_list import write; from tests.risk_list.company import risk_list"
        f"; write(risk_list(), Path({str(tmp_path / 'again')!r}))"
    )
    other = {"PYTHONHASHSEED": "4", "TZ": "Pacific/Kiritimati", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, **other})
    assert contents(tmp_path / "again") == contents(folder)


def test_a_list_that_cannot_be_written_leaves_the_last_good_one(tmp_path: Path) -> None:
    good = publish(risk_list(), tmp_path)
    before = contents(good)
    with pytest.raises(ValueError, match="JSON"):
        publish(dataclasses.replace(risk_list(), expected_churns=float("nan")), tmp_path)
    assert contents(good) == contents(tmp_path / "latest") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2025-01-06", "latest"]


def test_a_new_list_replaces_all_of_the_old(tmp_path: Path) -> None:
    (tmp_path / "list").mkdir()
    (tmp_path / "list" / "old.txt").write_text("old")
    write(risk_list(), tmp_path / "list")
    assert sorted(contents(tmp_path / "list")) == FILES
