"""The JSON file for other systems."""

import json
from typing import Any

from churnrisk.risk_list.fields import meanings
from churnrisk.risk_list.outputs.record import record

from ..company import inputs_of, risk_list

DATA = ("left_out", "held_back", "ladder", "adds_up", "moved_by", "known", "scores", "feed_dates")


def keys(value: Any) -> set[str]:
    """Every key at any depth, but for those that are data: rules, horizons and facts."""
    if isinstance(value, list):
        return set().union(*map(keys, value))
    if not isinstance(value, dict):
        return set()
    return set(value).union(*(keys(inner) for name, inner in value.items() if name not in DATA))


def test_every_key_is_explained_and_nothing_else_is() -> None:
    plain = record(risk_list())
    meaning = plain.pop("meaning")
    assert meaning == meanings()
    assert keys(plain) == set(meaning)
    assert all(meaning.values())


def test_the_format_is_that_of_reasons_with_facts_and_points() -> None:
    plain = record(risk_list())
    assert plain["format"] == "churnrisk risk list 3"
    assert set(plain["rows"][0]["reasons"][0]) == {"sentence", "fact", "points"}


def test_values_are_plain() -> None:
    plain = record(risk_list())
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert (plain["as_of"], plain["leaves_to"], plain["model"]["trained_through"]) == (
        "2025-01-06",
        "2025-04-19",
        "2024-09-15",
    )
    assert plain["left_out"] == {"churned": 310, "too young": 12, "internal": 4, "in notice": 3}
    assert list(plain["rows"][0]["ladder"]) == ["30", "60", "90", "120"]


def test_what_is_not_known_is_null() -> None:
    (row,) = record(risk_list(inputs_of("account probability\na 0.5")))["rows"]
    unknown = ("arr", "value_at_risk", "renews_on", "days_to_renewal", "probability_before", "change", "protects")
    assert [row[key] for key in unknown] == [None] * len(unknown)
