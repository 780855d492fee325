"""The published schema of the JSON file: lists are valid by it, and what is wrong is not."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from churnrisk.risk_list.outputs.record import record
from churnrisk.risk_list.outputs.schema import schema
from churnrisk.store.workspace import Workspace

from ..company import risk_list

PUBLISHED = Path(__file__).parents[3] / "docs" / "risk_list.schema.json"


def faults(content: dict[str, Any]) -> list[str]:
    validator = jsonschema.Draft202012Validator(
        json.loads(PUBLISHED.read_text()), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    return [error.json_path for error in validator.iter_errors(content)]


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


LISTS = {
    "of everything": risk_list(),
    "empty": risk_list(length=0),
    "of a first week": risk_list(previous_as_of=None, went=None, feeds=None),
}


@pytest.mark.parametrize("made", LISTS.values(), ids=LISTS)
def test_a_list_is_valid(made) -> None:
    assert faults(record(made)) == []


def test_a_list_of_the_simulated_company_is_valid(small: Workspace) -> None:
    assert faults(json.loads((small.risk_lists / "latest" / "risk_list.json").read_text())) == []


WRONG = {  # what is changed, and where it is found
    "a share beyond 1": (lambda it: it["rows"][0].update(probability=1.2), "$.rows[0].probability"),
    "a date of no calendar": (lambda it: it.update(as_of="2025-02-30"), "$.as_of"),
    "a key that is gone": (lambda it: it["rows"][0].pop("owner"), "$.rows[0]"),
    "text for a number": (lambda it: it.update(accounts_watched="many"), "$.accounts_watched"),
    "a group of another name": (lambda it: it["rows"][0].update(group="later"), "$.rows[0].group"),
    "another version": (lambda it: it.update(format="churnrisk risk list 1"), "$.format"),
    "pairs that hold text": (lambda it: it["left_out"].update(churned="ten"), "$.left_out.churned"),
}


@pytest.mark.parametrize(("change", "where"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_not_valid(change, where) -> None:
    content = copy.deepcopy(record(risk_list()))
    change(content)
    assert faults(content) == [where]
