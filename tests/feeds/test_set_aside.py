"""Rows of subscriptions that were set aside: whose they are decides whether the list may go out."""

import pandas as pd
import pytest

from churnrisk.clock import Day
from churnrisk.feeds.set_aside import SetAside, rows_set_aside

AS_OF = Day("2025-05-05")
WERE = "watched accounts were set aside"
SEATS, GONE = "seats is -1", "account_id is not in accounts"


def rows(reason: str, accounts: str, ended: str = "") -> pd.DataFrame:
    """A row an account, one letter each; those in `ended` have an end."""
    ends = ["2025-01-01" if each in ended else None for each in accounts]
    return pd.DataFrame({"account_id": list(accounts), "ended_on": ends, "reason": reason})


CASES = {
    # rows set aside, reasons accepted, what is found: severity and sentence
    "of a watched account": (
        rows(SEATS, "aab"),
        [],
        [("hold", f"3 rows of 2 watched accounts were set aside: {SEATS}")],
    ),
    "accepted": (rows(SEATS, "aab"), [SEATS], [("note", f"3 rows of 2 watched accounts were set aside: {SEATS}")]),
    "another reason accepted": (
        rows(SEATS, "a"),
        [GONE],
        [("hold", f"1 rows of 1 watched accounts were set aside: {SEATS}")],
    ),
    "of nobody who is watched": (rows(GONE, "xyz"), [], []),
    "leavers erased from accounts": (
        rows(GONE, "uvwxyz", ended="uvwxyz"),
        [],
        [("note", f"6 rows of 6 accounts were set aside: {GONE}; 100% of them have ended, of those kept 40%")],
    ),
    "erased, and like the others": (rows(GONE, "uvwxyz", ended="uvw"), [], []),
    "erased, and few": (rows(GONE, "uvwx", ended="uvwx"), [], []),
}


@pytest.mark.parametrize(("set_aside", "accept", "expected"), CASES.values(), ids=CASES)
def test_rows_of_watched_accounts_hold_the_list(set_aside, accept, expected):
    given = SetAside(rows=set_aside, watched={"a", "b"}, accept=accept, ended=0.4)
    assert [(each.severity, each.sentence) for each in rows_set_aside(given, AS_OF)] == expected
