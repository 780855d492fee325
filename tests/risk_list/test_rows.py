"""Whom to call, in which order, and why."""

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pytest

from churnrisk.errors import ModelError
from churnrisk.risk_list import Inputs, Reason, Row
from churnrisk.risk_list.rows import placed, rank
from churnrisk.risk_list.structure import RankBy

from .company import inputs, inputs_of, reasons_of


def ranked(source: str | Inputs, rank_by: RankBy = "value_at_risk", length: int = 100) -> tuple[Row, ...]:
    made = inputs_of(source) if isinstance(source, str) else source
    made = dataclasses.replace(made, limits=dataclasses.replace(made.limits, rank_by=rank_by, length=length))
    return rank(placed(made), made)


ORDERS = {
    "most value at risk first": (
        "value_at_risk",
        9,
        """
        account probability mrr
        a       0.9         10
        b       0.1         1000
        c       0.5         100    """,
        "b c a",
    ),
    "most likely first": (
        "probability",
        9,
        """
        account probability mrr
        a       0.9         10
        b       0.1         1000
        c       0.5         100    """,
        "a c b",
    ),
    "equal value: the more likely": (
        "value_at_risk",
        9,
        """
        account probability mrr
        a       0.25        200
        b       0.5         100    """,
        "b a",
    ),
    "equal probability: the larger": (
        "probability",
        9,
        """
        account probability mrr
        a       0.5         100
        b       0.5         200    """,
        "b a",
    ),
    "all equal: by account": (
        "value_at_risk",
        9,
        """
        account probability mrr
        b       0.5         100
        c       0.5         100
        a       0.5         100    """,
        "a b c",
    ),
    "no risk of anything: the larger": (
        "value_at_risk",
        9,
        """
        account probability mrr
        a       0           100
        b       0           200    """,
        "b a",
    ),
    "not known ARR comes after, by probability": (
        "value_at_risk",
        9,
        """
        account probability mrr
        a       0.8         -
        b       0.9         -
        c       0.1         1      """,
        "c b a",
    ),
    "not known ARR is no less than none": (
        "value_at_risk",
        9,
        """
        account probability mrr
        a       0.1         0
        b       0.9         -
        c       0.1         1      """,
        "c b a",
    ),
    "no ARR at all: by probability": (
        "value_at_risk",
        9,
        """
        account probability mrr
        a       0.2         -
        b       0.3         -
        c       0.1         0      """,
        "b a c",
    ),
    "as many as can be called": (
        "value_at_risk",
        2,
        """
        account probability mrr
        a       0.1         100
        b       0.2         100
        c       0.3         100    """,
        "c b",
    ),
}


@pytest.mark.parametrize(("rank_by", "length", "table", "expected"), ORDERS.values(), ids=ORDERS)
def test_order(rank_by: RankBy, length: int, table: str, expected: str) -> None:
    rows = ranked(table, rank_by, length)
    assert " ".join(row.account_id for row in rows) == expected
    assert [row.rank for row in rows] == list(range(1, len(rows) + 1))


def test_order_does_not_depend_on_the_order_of_the_tables() -> None:
    source = inputs()
    tables = ("scores", "reasons", "movement", "accounts", "contracts", "usage")
    mixed = {name: getattr(source, name).sample(frac=1, random_state=3) for name in tables}
    assert ranked(dataclasses.replace(source, **mixed)) == ranked(source)


@pytest.mark.parametrize(
    ("name", "owner", "expected"),
    [("Acme", "Ana", ("Acme", "Ana")), ("-", "Ana", ("a", "Ana")), ("Acme", "-", ("Acme", "no owner"))],
)
def test_what_is_not_known_of_an_account_is_said(name: str, owner: str, expected: tuple[str, str]) -> None:
    (row,) = ranked(f"account probability name owner\na 0.5 {name} {owner}")
    assert (row.name, row.owner) == expected


def test_accounts_without_names_owners_contract_and_usage_are_listed_all_the_same() -> None:
    source = inputs_of("account probability\na 0.5")
    bare = pd.DataFrame({"account_id": ["a"]})
    (row,) = ranked(dataclasses.replace(source, accounts=bare, contracts=bare.iloc[:0], usage=source.usage.iloc[:0]))
    assert (row.name, row.owner, row.segment, row.plan) == ("a", "no owner", "", "")
    assert (row.arr, row.value_at_risk, row.renews_on, row.days_to_renewal, row.usage) == (None, None, None, None, ())


@pytest.mark.parametrize(("before", "change"), [("0.5", 13.4), ("0.7", -6.6), ("-", None)])
def test_change_since_the_previous_date(before: str, change: float | None) -> None:
    (row,) = ranked(f"account probability before\na 0.634 {before}")
    assert row.change == change


@pytest.mark.parametrize(
    ("changes", "moved"),
    [
        ({"use": 6.0, "invoices": -2.0}, "its use: +6 points"),
        ({"use": 2.0, "invoices": -6.0}, "its invoices: −6 points"),
        ({"use": 0.9, "invoices": 0.1}, ""),
        ({"use": np.nan, "invoices": np.nan}, ""),
        ({"contract": 3.0}, "its contract: +3 points"),
    ],
)
def test_what_moved_most_is_named_in_the_direction_of_the_change(changes: dict[str, float], moved: str) -> None:
    source = inputs_of("account probability before\na 0.5 0.4")
    reasons = pd.DataFrame({"account_id": "a", "fact": list(changes), "points": 0.0, "change_points": changes.values()})
    (row,) = ranked(dataclasses.replace(source, reasons=reasons))
    assert row.moved == moved


@pytest.mark.parametrize(
    ("renewal", "notice", "change", "moved"),
    [
        (30.0, 20.0, 3.0, "renewal came into view: +3 points"),
        (30.0, 60.0, 3.0, "its contract: +3 points"),  # the deadline has passed
        (200.0, 20.0, 3.0, "its contract: +3 points"),  # too far off
        (30.0, 20.0, -3.0, "its contract: −3 points"),
    ],
)
def test_a_renewal_that_came_into_view_is_said(renewal: float, notice: float, change: float, moved: str) -> None:
    source = inputs_of("account probability before\na 0.5 0.4")
    reasons = pd.DataFrame({"account_id": ["a"], "fact": "contract", "points": 0.0, "change_points": change})
    known = pd.DataFrame({"account_id": ["a"], "next_renewal": renewal, "next_notice": notice, "next_term": 12.0})
    (row,) = ranked(dataclasses.replace(source, reasons=reasons, known=known))
    assert row.moved == moved


def test_reasons_that_raise_the_risk_heaviest_first_one_of_a_kind_and_one_against() -> None:
    given = reasons_of(("d", 3), ("a", 9), ("weak", 0.4), ("c", 5), ("b", 7), ("e", -4), ("g", -2))
    (row,) = ranked(dataclasses.replace(inputs_of("account probability\na 0.5"), **given))
    # b is of the kind of d, which is lighter and gives way.
    assert [reason.fact for reason in row.reasons] == ["a", "b", "c"]
    assert row.protects == Reason(sentence="It is about e.", fact="e", points=-4.0)
    assert row.reasons[0].effect == "+9 points"
    assert row.adds_up == (("a", 9.0), ("b", 7.0), ("c", 5.0), ("e", -4.0), ("d", 3.0), ("g", -2.0), ("weak", 0.4))


def test_weak_reasons_are_left_out() -> None:
    given = reasons_of(("a", 0.4), ("b", -0.4))
    (row,) = ranked(dataclasses.replace(inputs_of("account probability\na 0.5"), **given))
    assert (row.reasons, row.protects) == ((), None)


def test_a_fact_that_is_in_no_catalogue_any_more_only_adds_up() -> None:
    given = reasons_of(("gone_by_now", 9)) | {"facts": {}}
    (row,) = ranked(dataclasses.replace(inputs_of("account probability\na 0.5"), **given))
    assert (row.reasons, row.adds_up) == ((), (("gone by now", 9.0),))


@pytest.mark.parametrize(
    ("can_leave_on", "ladder"),
    [
        (None, ((30, 0.2), (120, 0.6))),
        ("2025-02-18", ((30, 0.2), (120, 0.6))),
        ("2025-02-19", ((30, None), (120, 0.6))),
        ("2025-12-01", ((30, None), (120, None))),
    ],
)
def test_the_ladder_shows_no_risk_before_the_account_can_leave(can_leave_on, ladder) -> None:
    source = inputs_of("account probability mrr\na 0.5 100")
    (row,) = ranked(
        dataclasses.replace(
            source,
            scores=source.scores.assign(probability_120d=0.6, probability_30d=0.2),
            contracts=source.contracts.assign(can_leave_on=pd.Timestamp(can_leave_on)),
        )
    )
    assert row.ladder == ladder


def test_renewal_ladder_and_usage() -> None:
    source = inputs_of("account probability mrr\na 0.5 100")
    (row,) = ranked(
        dataclasses.replace(
            source,
            scores=source.scores.assign(probability_120d=0.6, probability_30d=0.2, shap_x=1.0),
            contracts=source.contracts.assign(renews_on=pd.Timestamp("2025-01-20")),
            usage=pd.DataFrame({"account_id": ["a"], "first": [np.nan], "then": [3.0], "last": [0.0]}),
        )
    )
    assert (row.renews_on, row.days_to_renewal) == (dt.date(2025, 1, 20), 14)
    assert row.ladder == ((30, 0.2), (120, 0.6))
    assert row.usage == (None, 3.0, 0.0)
    assert (row.arr, row.value_at_risk) == (1200.0, 600.0)


@pytest.mark.parametrize("rows", ["a -", "a 1.2", "a 0.5\na 0.6"], ids=["missing", "out of range", "twice"])
def test_a_score_that_cannot_be_is_refused(rows: str) -> None:
    with pytest.raises(ModelError, match=r"the first of account a.*dvc repro score"):
        ranked(f"account probability\n{rows}")
