"""Four files of one structure: they agree, and they don't change by themselves."""

import csv
import json
import os
import subprocess
import sys
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from openpyxl import load_workbook

from churnrisk.risk_list.outputs.files import rendered

from ...company import ROOT
from ..company import risk_list


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


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("list")
    for name, content in rendered(risk_list()).items():
        (folder / name).write_bytes(content)
    return folder


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


def test_same_bytes_in_another_process_time_zone_and_hash_order(folder: Path) -> None:
    code = (
        "from hashlib import sha256; from churnrisk.risk_list.outputs.files import rendered;"
        "from tests.risk_list.company import risk_list;"
        "print(sorted((name, sha256(content).hexdigest()) for name, content in rendered(risk_list()).items()))"
    )
    other = {"PYTHONHASHSEED": "4", "TZ": "Pacific/Kiritimati", "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, env={**os.environ, **other}, capture_output=True, text=True
    )
    here = [(path.name, sha256(path.read_bytes()).hexdigest()) for path in sorted(folder.iterdir())]
    assert done.stdout.strip() == str(here)
