"""Totals, notes, and who is in notice."""

import dataclasses
import datetime as dt

import pytest

from churnrisk.risk_list.inputs import PastLists

from .company import IN_NOTICE, inputs, inputs_of, risk_list

TABLE = """
    account probability mrr  owner before
    a       0.5         100  Ana   0.4
    b       0.25        400  Ben   -
    c       0.1         10   Ana   0.1
    d       0.2         -    -     0.1
"""


def test_totals_are_over_all_watched_and_over_the_list() -> None:
    made = risk_list(inputs_of(TABLE), length=2)
    assert (made.accounts_watched, len(made.rows), made.expected_churns) == (4, 2, 1.05)
    assert (made.revenue_at_risk, made.revenue_at_risk_on_list) == (600 + 1200 + 12, 1800.0)


def test_totals_by_owner_add_up() -> None:
    made = risk_list(inputs_of(TABLE), length=2)
    assert [dataclasses.astuple(total) for total in made.owners] == [
        ("Ben", "", 1, 1, 1200.0, 1200.0),
        ("Ana", "", 2, 1, 612.0, 600.0),
        ("no owner", "", 1, 0, 0.0, 0.0),
    ]


def test_days_that_the_probability_speaks_of() -> None:
    made = risk_list()
    assert (made.leaves_from, made.leaves_to) == (dt.date(2025, 1, 20), dt.date(2025, 4, 19))


NOTES = {
    "all is well": ("account probability mrr before\na 0.5 100 0.4\nb 0.4 100 0.4", "value_at_risk", []),
    "no revenue at all": (
        "account probability before\na 0.5 0.4",
        "probability",
        ["No account has a recurring revenue, so the list is ranked by probability."],
    ),
    "some revenue missing": (
        "account probability mrr before\na 0.5 100 0.4\nb 0.4 - 0.4",
        "value_at_risk",
        ["Watched accounts without a known revenue: 1; they come last."],
    ),
    "first list": (
        "account probability mrr\na 0.5 100",
        "value_at_risk",
        ["No account was watched on an earlier date, so there is no change to show yet."],
    ),
}


@pytest.mark.parametrize(("table", "rank_by", "notes"), NOTES.values(), ids=NOTES)
def test_notes_say_what_a_reader_would_take_wrongly(table: str, rank_by: str, notes: list[str]) -> None:
    made = risk_list(inputs_of(table), notes=("given",))
    assert (made.rank_by, list(made.notes)) == (rank_by, [*notes, "given"])


def test_in_notice_the_next_to_leave_first() -> None:
    made = risk_list(in_notice=IN_NOTICE)
    assert [(each.name, each.owner, each.arr, each.ended_on) for each in made.in_notice] == [
        ("acc-0902", "Ben Okafor", None, dt.date(2025, 1, 31)),
        ("Old Mill Foods", "Ana Silva", 48000.0, dt.date(2025, 2, 28)),
        ("<b>Bold</b>", "no owner", 9600.0, None),
    ]


def test_left_out_the_commonest_rule_first() -> None:
    assert risk_list(left_out={"b": 1, "c": 9, "a": 1}).left_out == (("c", 9), ("a", 1), ("b", 1))


def test_nothing_of_it_can_be_changed() -> None:
    made = risk_list()
    for part in (made, made.rows[0], made.rows[0].reasons[0], made.owners[0], made.in_notice[0], made.model):
        with pytest.raises(dataclasses.FrozenInstanceError):
            part.name = "other"  # type: ignore[misc, union-attr]
    assert hash(made) == hash(risk_list(inputs()))


def test_who_has_no_place_on_a_full_list_is_not_said_to_be_out_of_danger() -> None:
    table = "account probability\na 0.6\nb 0.5\nc 0.01\nd 0.01\ne 0.01\nf 0.01"
    made = risk_list(inputs_of(table), length=1, call_from=0.4, past=PastLists(called=frozenset("abc")))
    assert [row.account_id for row in made.rows] == ["a"]
    assert made.closed == 1  # c, and not b, whose risk is as high as ever
