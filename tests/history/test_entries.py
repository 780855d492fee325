"""What each of many snapshots knows of a table is what its own date would have shown it alone."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from churnrisk.clock import day
from churnrisk.contract import TABLES
from churnrisk.history.entries import Entries, OfAccounts
from churnrisk.history.ledger import Ledger

FIRST = day("2025-03-03")
ACCOUNTS = pd.Index(["a", "b", "c"])
DAYS = st.integers(-3, 20)

TICKETS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from("abx"), DAYS, DAYS, st.one_of(st.none(), DAYS), st.integers(1, 4)),
    max_size=12,
)
"""Number of the ticket, account, opened, known, closed, severity; a number that comes again is a correction."""


def tickets(rows) -> Ledger:
    number, account, opened, known, closed, severity = zip(*rows, strict=True) if rows else ((),) * 6
    when = {"opened_at": opened, "known_at": known, "closed_at": closed}
    table = TABLES["tickets"].empty().reindex(range(len(rows)))
    days = {name: pd.Series([_day(each) for each in days], dtype="datetime64[us]") for name, days in when.items()}
    words = {"ticket_id": pd.array([f"t{each}" for each in number], "str"), "account_id": pd.array(account, "str")}
    return Ledger(table.assign(**days, **words, severity=np.array(severity, float)), TABLES["tickets"])


def _day(number: int | None) -> pd.Timestamp:
    return pd.NaT if number is None else pd.Timestamp(FIRST) + pd.Timedelta(days=number)


@given(TICKETS, st.lists(st.tuples(st.integers(0, 21), st.integers(0, 2)), unique=True, max_size=8))
@settings(max_examples=150, deadline=None)
def test_each_snapshot_knows_what_its_date_knew_of_its_account(rows, asked):
    ledger, when, place = tickets(rows), *np.array(sorted(asked), int).reshape(-1, 2).T
    as_of, (dates, date) = FIRST + when, np.unique(FIRST + when, return_inverse=True)
    entries = ledger.of(ACCOUNTS)
    snapshot, known = entries.known(*entries.happened(dates, date, place), as_of)
    assert np.all(np.diff(snapshot) >= 0)
    for number, (account, today) in enumerate(zip(ACCOUNTS[place], as_of, strict=True)):
        alone = ledger.before(today).frame()
        alone = alone[(alone["account_id"] == account) & (alone["opened_at"] < today)]
        alone = alone.sort_values("opened_at", kind="stable")
        for column in ("severity", "opened_at", "closed_at"):
            np.testing.assert_array_equal(known[column][snapshot == number], alone[column])


def test_a_row_that_does_not_say_when_it_happened_is_seen_on_no_date():
    happened = np.array(["2025-03-01", "NaT"], "M8[us]")
    told = Entries({"severity": np.array([1.0, 2.0])}, happened, None, {})
    entries, dates = (
        OfAccounts(told, np.zeros(2, int), happened, accounts=1),
        np.array(["2025-03-01", "2025-03-02"], "M8[D]"),
    )
    begin, end = entries.happened(dates, np.arange(2), np.zeros(2, int))
    assert (end - begin).tolist() == [0, 1]
    assert [each.tolist() for each in entries.all(np.zeros(1, int))] == [[0], [2]]
