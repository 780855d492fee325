"""People are shown no column without any value, and no amount of nothing; programs find every column."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from rich.console import Console

from churnrisk.risk_list import publish
from churnrisk.risk_list.outputs.console import show
from churnrisk.risk_list.outputs.csv_file import csv_text
from churnrisk.risk_list.outputs.page import page
from churnrisk.risk_list.outputs.sheet import TO_FILL_IN
from churnrisk.risk_list.structure import RiskList
from churnrisk.store.workspace import Workspace

from ..company import IN_NOTICE, inputs, inputs_of, risk_list

UNPRICED = "account probability before\na 0.2 0.1\nb 0.5 0.6"
ALL_NEW = "account probability mrr\na 0.2 10\nb 0.5 -"
FREE = "account probability before mrr\na 0.2 0.1 0\nb 0.5 0.6 0"
PLAIN = ["Rank", "Account", "Owner", "Group", "Probability"]
LAST = "Account id"

SHOWN = {  # the list, its columns in the spreadsheet, and whether money is spoken of
    "no prices": (UNPRICED, ["Change", "Before, same model"], False),
    "only free plans": (FREE, ["Change", "Before, same model"], False),
    "one price, nothing before": (ALL_NEW, ["ARR", "At risk"], True),
}


def files(made: RiskList, folder: Path) -> tuple[list[str], str, str]:
    """The header of the spreadsheet, the page in one line, and what the console shows."""
    latest = publish(Workspace(folder), made, scores="s1").parent / "latest"
    console = Console(record=True, width=200)
    show(latest, 5, console)
    header = [cell.value for cell in load_workbook(latest / "risk_list.xlsx")["Risk list"][1]]
    return header, re.sub(r"\s+", " ", page(made)), console.export_text()


@pytest.mark.parametrize(("table", "in_sheet", "priced"), SHOWN.values(), ids=SHOWN)
def test_only_columns_that_say_something_are_shown(table, in_sheet, priced, tmp_path: Path) -> None:
    made = risk_list(inputs_of(table))
    header, html, console = files(made, tmp_path)
    assert header == [*PLAIN, *in_sheet, LAST, *TO_FILL_IN]
    assert ("ARR" in console) == priced
    body = html.split("<main>")[1].split("<script")[0]
    assert ("at risk</span>" in body, "is at stake" in body, "$" in body) == (priced, priced, priced)
    assert "not known" not in body


def test_a_list_without_prices_is_ranked_by_probability() -> None:
    made = risk_list(inputs_of(UNPRICED))
    assert ([row.account_id for row in made.rows], made.rank_by) == (["b", "a"], "probability")


def test_the_csv_file_has_every_column_every_week() -> None:
    headers = [next(csv.reader(io.StringIO(csv_text(risk_list(inputs_of(each)))))) for each in (UNPRICED, ALL_NEW)]
    assert headers[0] == headers[1]
    assert {"arr", "value_at_risk", "change", "renews_on"} <= set(headers[0])


def test_who_is_in_notice_is_shown_without_amounts_where_there_are_none(tmp_path: Path) -> None:
    notice = IN_NOTICE.assign(arr=float("nan"))
    for rows, shown in ((notice, False), (IN_NOTICE, True)):
        made = risk_list(replace(inputs(), in_notice=rows))
        folder = publish(Workspace(tmp_path), made, scores="s1")
        header = [cell.value for cell in load_workbook(folder / "risk_list.xlsx")["In notice"][1]]
        assert ("ARR" in header) == shown
        assert ("3 accounts, $57,600 a year</summary>" in page(made)) == shown
        assert ("3 accounts</summary>" in page(made)) != shown


def test_what_is_printed_ends_with_the_renewal_or_what_comes_before_it(tmp_path: Path) -> None:
    for source, last in ((inputs(), "In days"), (inputs_of(UNPRICED), "Change"), (inputs_of(ALL_NEW), "At risk")):
        folder = publish(Workspace(tmp_path), risk_list(source), scores="s1")
        sheet = load_workbook(folder / "risk_list.xlsx")["Risk list"]
        end = re.fullmatch(r".*\$([A-Z]+)\$\d+", sheet.print_area)
        assert end
        assert sheet[f"{end[1]}1"].value == last
