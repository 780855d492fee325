"""What a table showed on a date: rows known by then, and values known by then."""

import numpy as np
import pytest

from churnrisk.clock import Day

from ..tables import ledger

TICKETS = """
account_id opened_at           closed_at  satisfaction known_at
a          2025-03-01          2025-03-20 2            -
b          2025-03-05          -          -            2025-03-15
c          2025-03-09T23:59:59 -          -            -
d          2025-03-10          -          -            -
"""


@pytest.mark.parametrize(
    ("as_of", "accounts", "closed", "rated"),
    [
        ("2025-03-01", [], 0, 0),
        ("2025-03-02", ["a"], 0, 0),
        ("2025-03-10", ["a", "c"], 0, 0),
        ("2025-03-16", ["a", "b", "c", "d"], 0, 0),
        ("2025-03-20", ["a", "b", "c", "d"], 0, 0),
        ("2025-03-21", ["a", "b", "c", "d"], 1, 1),
    ],
)
def test_a_date_sees_only_what_was_known_before_it(as_of, accounts, closed, rated):
    seen = ledger("tickets", TICKETS).before(Day(as_of))
    assert sorted(seen["account_id"]) == accounts
    assert (~np.isnat(seen["closed_at"])).sum() == closed
    assert (~np.isnan(seen["satisfaction"])).sum() == rated
