"""What each of many snapshots knows of a table, beside a loop over its rows."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from churnrisk.clock import Day, day
from churnrisk.contract import TABLES
from churnrisk.past.tables.entries import AccountRows, Entries
from churnrisk.past.tables.ledger import Ledger

FIRST = day("2025-03-03")
ACCOUNTS = pd.Index(["a", "b", "c"])
TIMES = st.integers(-6, 40)
"""In half days."""

TICKETS = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.sampled_from("abx"),
        st.one_of(st.none(), TIMES),
        TIMES,
        st.one_of(st.none(), TIMES),
        st.integers(1, 4),
    ),
    max_size=12,
)
"""Number of the ticket, account, opened, known, closed, severity; a number that comes again is a correction."""


def time(number: int | None) -> pd.Timestamp:
    return pd.NaT if number is None else pd.Timestamp(FIRST) + pd.Timedelta(hours=12 * number)


def tickets(given_rows) -> Ledger:
    number, account, opened, known, closed, severity = zip(*given_rows, strict=True) if given_rows else ((),) * 6
    when = {"opened_at": opened, "known_at": known, "closed_at": closed}
    table = TABLES["tickets"].empty().reindex(range(len(given_rows)))
    times = {name: pd.Series([time(each) for each in column], dtype="datetime64[us]") for name, column in when.items()}
    words = {"ticket_id": pd.array([f"t{each}" for each in number], "str"), "account_id": pd.array(account, "str")}
    return Ledger(table.assign(**times, **words, severity=np.array(severity, float)), TABLES["tickets"])


def known_then(given_rows, asked: str, as_of: Day) -> list[tuple[int, pd.Timestamp, bool]]:
    """Severity, opened, and whether it is closed, of what a date knew of an account: the newest of each number."""
    before = [row for row in sorted(given_rows, key=lambda row: row[3]) if time(row[3]) < as_of]
    newest = {row[0]: (position, row) for position, row in enumerate(before)}
    rows = [row for _, row in sorted(newest.values()) if row[1] == asked and row[2] is not None]
    rows = [row for row in sorted(rows, key=lambda row: row[2]) if time(row[2]) < as_of]
    return [(row[5], time(row[2]), row[4] is not None and time(row[4]) < as_of) for row in rows]


@given(TICKETS, st.lists(st.tuples(st.integers(0, 21), st.integers(0, 2)), unique=True, max_size=8))
@settings(max_examples=150, deadline=None)
def test_each_snapshot_knows_what_its_date_knew_of_its_account(given_rows, asked):
    when, index = np.array(sorted(asked), int).reshape(-1, 2).T
    as_of, entries = FIRST + when, tickets(given_rows).of(ACCOUNTS)
    dates, date = np.unique(as_of, return_inverse=True)
    snapshot, known = entries.known(*entries.before(dates, date, index), as_of)
    columns = snapshot, known["severity"], pd.to_datetime(known["opened_at"]), ~np.isnat(known["closed_at"])
    found = list(zip(*columns, strict=True))
    expected = [
        (number, *row)
        for number, (account, today) in enumerate(zip(ACCOUNTS[index], as_of, strict=True))
        for row in known_then(given_rows, account, today)
    ]
    assert found == expected


def test_a_row_that_does_not_say_when_it_happened_is_there_and_seen_on_no_date():
    occurred_at = np.array(["2025-03-01", "NaT", "2025-03-01"], "M8[us]")
    known_at = np.repeat(occurred_at[:1], 3)
    table = Entries(columns={"severity": np.arange(3.0)}, known_at=known_at, corrected_at=None, known_by={})
    entries = AccountRows(table, account_index=np.array([0, 0, 1]), occurred_at=occurred_at, accounts=2)
    both = np.array([0, 1])
    dates = np.array(["2025-03-01", "2025-03-02"], "M8[D]")
    for date, seen in ((0, [0, 0]), (1, [1, 1])):
        first, stop = entries.before(dates, np.repeat(date, 2), both)
        assert (stop - first).tolist() == seen
    snapshot, known = entries.known(*entries.all(both), dates[[1, 1]])
    assert (snapshot.tolist(), known["severity"].tolist()) == ([0, 0, 1], [0, 1, 2])
