"""What a reader must know first stands where every reader looks first."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from rich.console import Console

from churnrisk.risk_list import publish
from churnrisk.risk_list.outputs.console import show
from churnrisk.risk_list.outputs.csv_file import csv_text
from churnrisk.risk_list.outputs.page import page
from churnrisk.risk_list.outputs.record import record
from churnrisk.risk_list.outputs.sheet import write_sheet
from churnrisk.store.workspace import Workspace

from ..company import MODEL, NO_SIGNAL, risk_list

WARNING = "This list goes out although a feed is broken (the fair is on): usage has 12 rows where 4,000 are usual."


@pytest.mark.parametrize("length", [40, 0], ids=["with rows", "without a list"])
def test_a_warning_stands_on_every_output(length: int, tmp_path: Path) -> None:
    made = risk_list(warnings=(WARNING,), length=length)
    html = page(made)
    assert html.index('role="alert"') < html.index(WARNING) < html.index("<h1>")
    assert record(made)["warnings"] == [WARNING]
    assert {row["warning"] for row in csv.DictReader(io.StringIO(csv_text(made)))} == ({WARNING} if length else set())
    write_sheet(made, tmp_path / "list.xlsx")
    book = load_workbook(tmp_path / "list.xlsx")
    assert book.active.title == "Read first"
    assert WARNING in [cell.value for cell in book["Read first"]["A"]]
    latest = publish(Workspace(tmp_path), made, scores="s1").parent / "latest"
    console = Console(record=True, width=200)
    show(latest, 2, console)
    assert WARNING in console.export_text()


def test_an_ordinary_week_has_none() -> None:
    html = page(risk_list())
    assert 'role="alert"' not in html
    assert "<h1>Call <bdi>" in html
    assert {row["warning"] for row in csv.DictReader(io.StringIO(csv_text(risk_list())))} == {""}


def test_without_a_signal_nobody_is_put_before_another() -> None:
    made = risk_list(model=NO_SIGNAL)
    html = page(made)
    assert made.rows == ()
    assert made.warnings == ("No usable signal: 0.5 is chance. Nobody is put before another.",)
    assert "No list this week" in html
    assert '<section class="group" id="to_call" hidden>' in html
    assert made.accounts_watched == 60
    assert len(made.in_notice) == 3


def test_a_caution_on_a_usable_model_is_a_warning_and_rows_stay() -> None:
    made = risk_list(model=replace(MODEL, caution="The model has seen only 12 accounts churn."))
    assert made.warnings == ("The model has seen only 12 accounts churn.",)
    assert made.rows
