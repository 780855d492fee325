"""Files in the layouts of CRMs, read back as a CRM reads them."""

import csv
import io

import pytest

from churnrisk.params.crm import FIELDS, PRESETS, SHARES
from churnrisk.params.risk_list import RiskList as Settings
from churnrisk.risk_list.fields import columns
from churnrisk.risk_list.outputs.crm import crm_files
from churnrisk.risk_list.outputs.files import rendered

from ..company import inputs_of, risk_list


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def file_of(layout: dict[str, str], text: str = "account probability mrr name\na 0.3524 100 Ana", **changes: object):
    (content,) = crm_files(risk_list(inputs_of(text), **changes), {"ours": layout}).values()
    return read(content)


def test_a_column_may_have_what_the_csv_file_has() -> None:
    """The params can't ask the list for its columns, because they stand on a lower floor."""
    fields = {each.name: each for each in columns(risk_list(), "csv")}
    single_horizons = {name for name in fields if name.startswith("probability_") and name.endswith("d")}
    assert list(FIELDS) == [name for name in fields if name not in single_horizons]
    assert [name for name in FIELDS if fields[name].kind == "share"] == list(SHARES)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_switched_on_by_its_name(name: str) -> None:
    given = {"length": 1, "rank_by": "probability", "currency": "$", "crm": {name: "preset"}}
    settings, made = Settings.model_validate(given), risk_list()
    (rows,) = map(read, crm_files(made, settings.crm).values())
    assert list(rows[0]) == list(PRESETS[name])
    key, *_ = PRESETS[name]
    assert [row[key] for row in rows] == [row.crm_id or row.account_id for row in made.rows]
    (dated,) = (heading for heading, content in PRESETS[name].items() if content == "as_of")
    assert {row[dated] for row in rows} == {"2025-01-06"}


@pytest.mark.parametrize(
    ("content", "cell"),
    [
        ("name", "Ana"),
        ("probability", "0.3524"),
        ("{probability:percent}", "35.2"),
        ("as_of", "2025-01-06"),
        ("arr", "1200.0"),
        ("Call {name}: {probability:percent}%", "Call Ana: 35.2%"),
        ("{name}{{1}}", "Ana{1}"),
        ("Not started", "Not started"),
        ("renews_on", ""),
        ("Renews on {renews_on}", ""),
        ("{name}, renews on {renews_on}", "Ana, renews on "),
        ("crm_id", "a"),
        ("=1+{rank}", "'=1+1"),
    ],
)
def test_a_cell_is_a_field_or_a_text_with_fields(content: str, cell: str) -> None:
    (row,) = file_of({"Cell": content})
    assert row == {"Cell": cell}


def test_no_cell_is_a_formula_and_a_fall_is_a_number() -> None:
    (content,) = crm_files(risk_list(), {"ours": {"=Name": "{name}", "Change": "change"}}).values()
    rows = read(content)
    names = [row["'=Name"] for row in rows]
    assert "'@SUM(1+1)*9" in names
    assert not [name for name in names if name.startswith(("=", "+", "-", "@"))]
    assert min(float(row["Change"] or 0) for row in rows) < 0


def test_a_list_without_accounts_is_a_header() -> None:
    assert crm_files(risk_list(inputs_of("account probability mrr")), {"ours": {"Id": "crm_id", "Rank": "rank"}}) == {
        "crm/ours.csv": b"Id,Rank\r\n"
    }


def test_they_are_among_the_files_of_the_list() -> None:
    assert {"crm/ours.csv"} == set(rendered(risk_list(), {"ours": {"Id": "crm_id"}})) - set(rendered(risk_list()))
