"""Dates: renewals at the ends of months, and a grid that never shifts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churnrisk.clock import Grid, LabelWindow, day, next_renewal

DAYS = st.dates().map(day)


@pytest.mark.parametrize(
    ("started", "months", "as_of", "renews"),
    [
        ("2024-01-15", 12, "2024-06-01", "2025-01-15"),
        ("2024-01-15", 12, "2025-01-15", "2025-01-15"),
        ("2024-01-15", 12, "2025-01-16", "2026-01-15"),
        ("2024-01-31", 1, "2024-02-10", "2024-02-29"),
        ("2024-01-31", 1, "2024-03-01", "2024-03-31"),
        ("2024-08-31", 6, "2024-09-01", "2025-02-28"),
        ("2024-01-15", 3, "2024-01-20", "2024-04-15"),
        ("2024-01-15", 0, "2024-01-20", "NaT"),
    ],
)
def test_the_next_renewal_is_the_first_end_of_a_term_from_the_date_on(started, months, as_of, renews):
    for term, when in ((np.array([months]), day(as_of)), (months, np.array([as_of], "M8[us]"))):
        assert next_renewal(np.array([started], "M8[D]"), term, when).astype(str).tolist() == [renews]


@given(DAYS, DAYS, st.integers(1, 8))
def test_a_date_lies_less_than_a_step_after_its_place_on_the_grid(anchor, when, weeks):
    grid = Grid(anchor, weeks)
    assert grid.contains(grid.floor(when))
    assert np.timedelta64(0, "D") <= when - grid.floor(when) < np.timedelta64(7 * weeks, "D")


def test_the_windows_of_a_label_follow_one_another():
    window, as_of = LabelWindow(lead_days=14, horizon_days=90, reporting_lag_days=7), day("2025-01-06")
    assert [str(each(as_of)) for each in (window.opens, window.closes, window.matures)] == [
        "2025-01-20",
        "2025-04-20",
        "2025-04-27",
    ]
