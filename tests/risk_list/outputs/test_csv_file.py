"""The CSV file, and cells that no spreadsheet may run."""

import csv
import io

import pytest

from churnrisk.risk_list.fields import columns
from churnrisk.risk_list.outputs.csv_file import csv_text

from ..company import HOSTILE, inputs_of, risk_list


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("=cmd|'/C_calc'!A0", "'=cmd|'/C_calc'!A0"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(1)", "'@SUM(1)"),
        ('Acme,"Fein"', 'Acme,"Fein"'),
        ("1=1", "1=1"),
    ],
)
def test_formulas_are_text(name: str, cell: str) -> None:
    (row,) = read(csv_text(risk_list(inputs_of(f"account probability name\na 0.5 {name}"))))
    assert row["name"] == cell


@pytest.mark.parametrize("start", ["\t", "\r", "\n"])
def test_a_blank_before_a_formula_is_no_way_round(start: str) -> None:
    source = inputs_of("account probability\na 0.5")
    source.scores["account_id"] = source.movement["account_id"] = f"{start}=1+1"
    (row,) = read(csv_text(risk_list(source)))
    assert row["account_id"] == f"'{start}=1+1"


def test_numbers_are_plain_and_a_fall_stays_a_number() -> None:
    first, second = read(csv_text(risk_list(inputs_of("account probability mrr before\na 0.25 1000 0.5\nb 0.5 - -"))))
    assert (first["probability"], first["change"], first["arr"], first["value_at_risk"]) == (
        "0.25",
        "-25.0",
        "12000.0",
        "3000.0",
    )
    assert (second["change"], second["arr"], second["renews_on"]) == ("", "", "")


def test_every_listed_account_is_a_line_under_unique_names() -> None:
    made = risk_list()
    names = [column.name for column in columns(made, "csv")]
    rows = read(csv_text(made))
    assert len(rows) == 40
    assert list(rows[0]) == names
    assert len(set(names)) == len(names)
    assert {row["name"].removeprefix("'") for row in rows} >= set(HOSTILE) - {HOSTILE[1], HOSTILE[2]}


def test_a_list_without_accounts_is_a_header() -> None:
    empty = risk_list(inputs_of("account probability mrr"))
    assert csv_text(empty).startswith("rank,name,owner,group,probability,change,reason_1,points_1,")
    assert read(csv_text(empty)) == []
