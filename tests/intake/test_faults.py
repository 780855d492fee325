import pandas as pd
import pytest

from churnrisk.contract import TABLES
from churnrisk.intake.faults import faults, fill_known


def rows(table: str, **columns: list[object]) -> pd.DataFrame:
    """Typed rows of a table as `read_typed` gives them, empty but for the columns given."""
    length = len(next(iter(columns.values())))
    empty = TABLES[table].empty().reindex(range(length))
    for column in empty:
        default = TABLES[table].columns[column].metadata["default"]
        values = pd.Series(columns.get(str(column), [default] * length))
        empty[column] = values.astype(TABLES[table].empty()[column].dtype)
    has_account = pd.Series(columns.get("has_account", [True] * length), dtype="bool")
    return empty.assign(fault=pd.Series(columns.get("fault", [None] * length), dtype="str"), has_account=has_account)


TICKET = {"ticket_id": "t", "account_id": "a", "opened_at": "2025-01-05"}
ONE_ROW = [
    ("tickets", TICKET, ""),
    ("tickets", TICKET | {"account_id": None}, "account_id is missing"),
    ("tickets", TICKET | {"opened_at": None}, "opened_at is missing"),
    ("tickets", TICKET | {"severity": 9}, "severity must be 4 or less"),
    ("tickets", TICKET | {"severity": 0}, "severity must be 1 or more"),
    ("tickets", TICKET | {"closed_at": "2025-01-04"}, "closed_at is before opened_at"),
    ("tickets", TICKET | {"has_account": False}, "account_id is not in accounts"),
    ("tickets", TICKET | {"opened_at": None, "fault": "opened_at is not a date"}, "opened_at is not a date"),
    ("tickets", TICKET | {"severity": 9, "has_account": False}, "severity must be 4 or less"),
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
    assert faults(typed, TABLES[table]).tolist() == [reason]


TAKEN = "ticket_id is there already"
ONE_KEY = {
    # severity, opened_at, known_at, has_account of rows with one key -> the reasons
    "twice": ([1, 1, 1], None, None, None, ["", TAKEN, TAKEN]),
    "an unsound row takes no key": ([9, 1, 1], None, None, None, ["severity must be 4 or less", "", TAKEN]),
    "nor one without an account": ([1, 1], None, None, [False, True], ["account_id is not in accounts", ""]),
    "a correction": ([1, 1], None, [None, "2025-01-09"], None, ["", ""]),
    "two corrections": ([1, 2, 3], None, [None, "2025-01-09", "2025-01-12"], None, ["", "", ""]),
    "a correction twice": ([1, 2, 2], None, [None, "2025-01-09", "2025-01-09"], None, ["", "", TAKEN]),
    "known when it happened": ([1, 2], None, [None, "2025-01-05"], None, ["", TAKEN]),
    "not known when": ([1, 2], ["2025-01-05", "2025-01-06"], None, None, ["", TAKEN]),
}


@pytest.mark.parametrize(("severity", "opened", "known", "account", "expected"), ONE_KEY.values(), ids=ONE_KEY)
def test_only_a_sound_row_takes_its_key_and_only_for_its_date_of_knowing(
    severity: list[object],
    opened: list[object] | None,
    known: list[object] | None,
    account: list[object] | None,
    expected: list[str],
) -> None:
    same = {column: [value] * len(severity) for column, value in TICKET.items()}
    given = {"severity": severity, "opened_at": opened, "known_at": known, "has_account": account}
    typed = rows("tickets", **same | {column: values for column, values in given.items() if values is not None})
    assert faults(typed, TABLES["tickets"]).tolist() == expected


def test_equal_rows_of_usage_are_all_sound() -> None:
    typed = rows("usage", account_id=["a", "a"], day=["2025-01-05"] * 2, event=["login"] * 2)
    assert faults(typed, TABLES["usage"]).tolist() == ["", ""]


KNOWN = [
    ("usage", {"day": "2025-01-05"}, {"known_at": "2025-01-05"}),
    ("usage", {"day": "2025-01-05", "known_at": "2025-01-09"}, {"known_at": "2025-01-09"}),
    ("subscriptions", {"ended_on": "2025-02-01"}, {"end_known_at": "2025-02-01"}),
    ("subscriptions", {"ended_on": "2025-02-01", "end_known_at": "2025-01-09"}, {"end_known_at": "2025-01-09"}),
    ("subscriptions", {"ended_on": None}, {"end_known_at": None}),
    ("goals", {"set_on": "2025-01-05", "reached_on": "2025-02-01"}, {"result_known_at": "2025-02-01"}),
]


@pytest.mark.parametrize(("table", "row", "expected"), KNOWN)
def test_a_fact_is_known_when_it_happened_unless_stated_otherwise(
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
