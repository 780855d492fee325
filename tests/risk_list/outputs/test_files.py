"""Four files of one structure: they agree, and they don't change by themselves."""

import csv
import json
import os
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from churnrisk.risk_list.outputs.files import rendered
from churnrisk.store.published import files_in

from ...company import ROOT
from ..company import risk_list


def index(html: str) -> list[list[Any]]:
    """What the page tells its script of each row."""
    made = re.search(r'id="index">(.*?)</script>', html)
    assert made
    rows: list[list[Any]] = json.loads(made[1])
    return rows


def sentences(html: str) -> list[list[str]]:
    """The reasons in each row of the page."""
    cells = re.findall(r'<td class="why".*?</td>', html, re.DOTALL)
    return [re.findall(r'class="(?:first|small)">([^<]+)</span>', cell) for cell in cells]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("list")
    for name, content in rendered(risk_list()).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_the_four_files_agree(folder: Path) -> None:
    record = json.loads((folder / "risk_list.json").read_text())["rows"]
    with (folder / "risk_list.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    sheet = load_workbook(folder / "risk_list.xlsx")["Risk list"]
    header, *lines = sheet.iter_rows(values_only=True)
    book = [dict(zip(header, line, strict=True)) for line in lines]
    html = (folder / "index.html").read_text()
    page = index(html)

    def text(value: object) -> str:
        return "" if value is None else str(value)

    assert len(record) == 40
    assert [r["name"] for r in record] == [r[1] for r in page] == [r["Account"] for r in book]
    assert [r["account_id"] for r in record] == [r["account_id"] for r in table] == [r["Account id"] for r in book]
    for name, title, at in (("probability", "Probability", 7), ("arr", "ARR", 8)):
        values = [r[name] for r in record]
        assert values == [r[at] for r in page] == [r[title] for r in book]
        assert list(map(text, values)) == [r[name] for r in table]
    for at, said in enumerate(sentences(html)):
        reasons = [reason["sentence"] for reason in record[at]["reasons"]]
        assert said == (reasons or ["Nothing that can be acted on stands out."])
        assert reasons == [s for n in (1, 2, 3) if (s := table[at][f"reason_{n}"])]
        assert reasons == [s for n in (1, 2, 3) if (s := book[at][f"Reason {n}"])]


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
    here = sorted((name, sha256(content).hexdigest()) for name, content in files_in(folder).items())
    assert done.stdout.strip() == str(here)
