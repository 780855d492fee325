"""A field is declared once, with its meaning, and every output shows it from there."""

import csv
import io
import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

import churnrisk.risk_list.outputs
from churnrisk.risk_list.field import FLAT, JSON, Field
from churnrisk.risk_list.fields import FIELDS, HEADINGS, declared, meanings
from churnrisk.risk_list.outputs.csv_file import csv_text
from churnrisk.risk_list.outputs.page import page
from churnrisk.risk_list.outputs.sheet import TO_FILL_IN, write_sheet

from .company import risk_list

TEMPLATE = Path(churnrisk.risk_list.outputs.__file__).with_name("page.html.j2")


@dataclass(frozen=True)
class Record:
    """A structure of two fields."""

    risk: float
    note: str


FORMAT = Field("format", "name of the format", kind="text", shown=JSON)
RISK = Field("risk", "how likely", kind="share", shown=JSON)
NOTE = Field("note", "what to know", kind="note", shown=JSON)


def test_fields_are_found_by_name_in_their_order():
    assert list(declared([FORMAT, NOTE, RISK], [Record])) == ["format", "note", "risk"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ([FORMAT, RISK], r"without a declaration: \['note'\]"),
        ([FORMAT, RISK, NOTE, replace(NOTE, name="unknown")], r"in no record: \['unknown'\]"),
        ([FORMAT, RISK, NOTE, RISK], "declared twice: risk"),
        ([FORMAT, RISK, replace(NOTE, shown=FLAT, title="Note")], r"without a declaration: \['note'\]"),
    ],
    ids=["one is lacking", "one is idle", "one is there twice", "one is for other outputs only"],
)
def test_a_declaration_too_few_or_too_many_is_refused(fields, words):
    with pytest.raises(TypeError, match=words):
        declared(fields, [Record])


@pytest.mark.parametrize("meaning", ["", " "])
def test_a_field_without_a_meaning_is_refused(meaning):
    with pytest.raises(TypeError, match="field risk of the list has no meaning"):
        replace(RISK, meaning=meaning)


def test_a_field_that_people_see_needs_a_title():
    with pytest.raises(TypeError, match="field risk of the list has no title"):
        replace(RISK, shown=FLAT)


def test_the_page_has_the_headings_that_are_declared_for_it_and_no_others():
    asked = set(re.findall(r"\bheadings\.(\w+)", TEMPLATE.read_text(encoding="utf-8")))
    assert asked == set(HEADINGS)
    headings = re.findall(r"<th scope=\"col\"[^>]*>\s*([^<]*?)\s*</th>", page(risk_list()))
    assert {heading.partition(",")[0] for heading in headings} == set(HEADINGS.values())


def words_of_probability_before(tmp_path: Path) -> dict[str, str]:
    """What each output says of it."""
    made = risk_list()
    write_sheet(made, tmp_path / "list.xlsx")
    title = FIELDS["probability_before"].title
    explained = {row[0].value: row[1].value for row in load_workbook(tmp_path / "list.xlsx")["How to read"].iter_rows()}
    legend = re.search(r"<summary>How to read this list.*?</details>", page(made), re.DOTALL)
    assert legend
    return {"json": meanings()["probability_before"], "sheet": explained[title], "page": legend[0]}


def test_probability_before_is_called_what_it_is(tmp_path):
    """It is what the model of this list gives for the previous date, not what the list of that date gave."""
    shown = words_of_probability_before(tmp_path)
    assert shown["json"] == (
        "what the present model gives for the previous date, previous_as_of; null where it was not watched then"
    )
    assert shown["sheet"] == (
        "what the present model gives for the previous date, 30 Dec 2024; empty where it was not watched then"
    )
    assert "since 30 Dec 2024, both by the present model" in shown["page"]


def test_nothing_speaks_of_the_list_before(tmp_path):
    made = risk_list(previous_as_of=None)
    write_sheet(made, tmp_path / "list.xlsx")
    cells = [str(cell.value) for sheet in load_workbook(tmp_path / "list.xlsx") for row in sheet for cell in row]
    texts = [*meanings().values(), *cells, page(made), *made.notes]
    assert not [text for text in texts if re.search("list before|last list|previous list", text)]


def test_explanations_name_columns_and_dates_as_people_see_them(tmp_path):
    write_sheet(risk_list(), tmp_path / "list.xlsx")
    rows = load_workbook(tmp_path / "list.xlsx")["How to read"].iter_rows(values_only=True)
    explained = {str(title): str(meaning) for title, meaning in rows}
    assert explained["Change"] == "“Probability” less “Before, same model”, in percentage points"
    assert explained["In days"] == "days from 6 Jan 2025 to the renewal"
    assert explained["ARR"] == "recurring revenue a year; empty where not known"


def test_csv_and_spreadsheet_have_the_same_columns(tmp_path):
    made = risk_list(warnings=("Read this.",))
    header = next(csv.reader(io.StringIO(csv_text(made))))
    write_sheet(made, tmp_path / "list.xlsx")
    of_list = ["list_id", "as_of", "leaves_from", "leaves_to", "currency", "lineage"]
    assert header[:6] == of_list
    header = header[6:]
    assert len(header) + len(TO_FILL_IN) == load_workbook(tmp_path / "list.xlsx")["Risk list"].max_column
    assert header[:5] == ["rank", "name", "owner", "group", "probability"]
    assert header[-11:] == [
        *("fact_3", "probability_30d", "probability_60d", "probability_90d", "probability_120d"),
        *("adds_up", "median_days_to_churn", "account_id", "crm_id", "owner_email", "warning"),
    ]
