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
    assert csv_text(empty).startswith("list_id,as_of,leaves_from,leaves_to,currency,lineage,rank,name,owner,")
    assert read(csv_text(empty)) == []


def test_every_row_says_which_list_it_is_of() -> None:
    made = risk_list()
    rows = read(csv_text(made))
    assert len(rows) == 40
    of_list = ("list_id", "as_of", "leaves_from", "leaves_to", "currency", "lineage")
    assert {tuple(row[name] for name in of_list) for row in rows} == {
        ("2025-01-06-3f9c2ab-d41e77", "2025-01-06", "2025-01-20", "2025-04-19", "$", "3f9c2ab-d41e77")
    }


def test_owners_and_accounts_have_the_keys_of_other_systems_where_they_are_known() -> None:
    rows = {row["account_id"]: row for row in read(csv_text(risk_list()))}
    found = [[rows[f"acc-000{n}"][name] for name in ("owner_email", "crm_id")] for n in (1, 6, 7)]
    assert found == [["owner1@example.com", "001-0001"], ["", "001-0006"], ["owner3@example.com", ""]]
    (bare,) = read(csv_text(risk_list(inputs_of("account probability\na 0.5"))))
    assert (bare["owner_email"], bare["crm_id"]) == ("", "")
