import pandas as pd
import pytest

from churnrisk.contract import TABLES
from churnrisk.intake.judge import before_sign_up, fill_known, reasons


def rows(table: str, **columns: list[object]) -> pd.DataFrame:
    """Typed rows of a table as `read_typed` gives them, empty but for the columns given."""
    length = len(next(iter(columns.values())))
    empty = TABLES[table].empty().reindex(range(length))
    for column in empty:
        default = TABLES[table].columns[column].metadata["default"]
        values = pd.Series(columns.get(str(column), [default] * length))
        empty[column] = values.astype(TABLES[table].empty()[column].dtype)
    signed_up = pd.to_datetime(pd.Series(columns.get("signed_up", ["2025-01-01"] * length)))
    return empty.assign(fault=pd.Series(columns.get("fault", [None] * length), dtype="str"), signed_up=signed_up)


TICKET = {"ticket_id": "t", "account_id": "a", "opened_at": "2025-01-05"}
ONE_ROW = [
    ("tickets", TICKET, ""),
    ("tickets", TICKET | {"account_id": None}, "account_id is missing"),
    ("tickets", TICKET | {"opened_at": None}, "opened_at is missing"),
    ("tickets", TICKET | {"severity": 9}, "severity must be 4 or less"),
    ("tickets", TICKET | {"severity": 0}, "severity must be 1 or more"),
    ("tickets", TICKET | {"closed_at": "2025-01-04"}, "closed_at is before opened_at"),
    ("tickets", TICKET | {"signed_up": None}, "account_id is not in accounts"),
    ("tickets", TICKET | {"opened_at": None, "fault": "opened_at is not a date"}, "opened_at is not a date"),
    ("tickets", TICKET | {"severity": 9, "signed_up": None}, "severity must be 4 or less"),
    ("tickets", TICKET | {"severity": 9, "closed_at": "2025-01-04"}, "severity must be 4 or less"),
    (
        "touchpoints",
        {"touchpoint_id": "t", "account_id": "a", "happened_at": "2025-01-05", "kind": "fax"},
        "kind must be one of email, call, meeting, qbr",
    ),
]


@pytest.mark.parametrize(("table", "row", "reason"), ONE_ROW)
def test_a_row_is_refused_for_the_first_reason(table: str, row: dict[str, object], reason: str) -> None:
    typed = rows(table, **{column: [value] for column, value in row.items()})
    assert reasons(typed, TABLES[table]).tolist() == [reason]


@pytest.mark.parametrize(
    ("severity", "signed_up", "expected"),
    [
        ([1, 1, 1], ["2025-01-01"] * 3, ["", "ticket_id is there already", "ticket_id is there already"]),
        ([9, 1, 1], ["2025-01-01"] * 3, ["severity must be 4 or less", "", "ticket_id is there already"]),
        ([1, 1], [None, "2025-01-01"], ["account_id is not in accounts", ""]),
    ],
)
def test_only_a_sound_row_takes_its_key(severity: list[object], signed_up: list[object], expected: list[str]) -> None:
    same = {column: [value] * len(severity) for column, value in TICKET.items()}
    typed = rows("tickets", **same, severity=severity, signed_up=signed_up)
    assert reasons(typed, TABLES["tickets"]).tolist() == expected


def test_equal_rows_of_usage_are_all_sound() -> None:
    typed = rows("usage", account_id=["a", "a"], day=["2025-01-05"] * 2, event=["login"] * 2)
    assert reasons(typed, TABLES["usage"]).tolist() == ["", ""]


KNOWN = [
    ("usage", {"day": "2025-01-05"}, {"known_at": "2025-01-05"}),
    ("usage", {"day": "2025-01-05", "known_at": "2025-01-09"}, {"known_at": "2025-01-09"}),
    ("subscriptions", {"ended_on": "2025-02-01"}, {"end_known_at": "2025-02-01"}),
    ("subscriptions", {"ended_on": "2025-02-01", "end_known_at": "2025-01-09"}, {"end_known_at": "2025-01-09"}),
    ("subscriptions", {"ended_on": None}, {"end_known_at": None}),
    ("goals", {"set_on": "2025-01-05", "reached_on": "2025-02-01"}, {"result_known_at": "2025-02-01"}),
]


@pytest.mark.parametrize(("table", "row", "expected"), KNOWN)
def test_a_fact_is_known_when_it_happened_unless_told(
    table: str, row: dict[str, object], expected: dict[str, str]
) -> None:
    filled = fill_known(rows(table, **{column: [value] for column, value in row.items()}), TABLES[table])
    assert filled[list(expected)].iloc[0].tolist() == pd.to_datetime(list(expected.values())).tolist()


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_date_of_knowing_is_filled(table: object) -> None:
    assert isinstance(table, type(TABLES["usage"]))
    happened = pd.Timestamp("2025-01-05")
    row = {c: [happened] for c in table.columns if table.kind(c) == "time" and not c.endswith("known_at")}
    filled = fill_known(rows(table.name, **row), table)
    assert filled[["known_at", *table.known_by().values()]].iloc[0].eq(happened).all()


def test_rows_before_the_day_of_sign_up_are_counted() -> None:
    opened = ["2025-01-09 23:00", "2025-01-10 01:00", "2025-01-11"]
    typed = rows("tickets", opened_at=opened, signed_up=["2025-01-10 12:00"] * 3)
    assert before_sign_up(typed, TABLES["tickets"]) == 1
