"""Weeks laid out once: what a date sees depends neither on who else is there nor on what comes later."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churnrisk.clock import day
from churnrisk.past.usage.usage import Usage
from churnrisk.past.usage.weeks import weeks_of

from ..views import axis_of, daily, snapshots_at

WEEKS, ROWS = 12, 3
FIRST = day("2025-01-06")
QUANTITIES = (0.1, 0.2, 0.3, 0.57, 0.6, 1.13, 1234.5678)

# Row, event, day, days until it was known, quantity.
ROWS_KNOWN = st.lists(
    st.tuples(
        st.integers(0, ROWS - 1),
        st.integers(0, 1),
        st.integers(0, 7 * WEEKS - 1),
        st.sampled_from([0, 0, 3, 9, 40]),
        st.sampled_from(QUANTITIES),
    ),
    max_size=30,
)
ASKED = {
    "total": lambda usage: usage.total(weeks=9),
    "slope": lambda usage: usage.slope(weeks=8),
    "variation": lambda usage: usage.variation(weeks=10),
    "level": lambda usage: usage.level(half_life=2),
    "top_share": lambda usage: usage.top_share(weeks=9),
    "both": lambda usage: usage.total(weeks=9, event=("a", "b")),
    "since_start": lambda usage: usage.since_start(weeks=3)[1],
}


def seen(given_rows: list[tuple], accounts: list[int], weeks: int = WEEKS) -> Usage:
    """What was known of some accounts, in a layout that has no others."""
    ours = [each for each in given_rows if each[0] in accounts]
    account, event, when, late, quantity = np.array(ours, float).reshape(-1, 5).T
    on = FIRST + when.astype(int)
    index = np.searchsorted(accounts, account.astype(int))
    rows = daily(["a", "b"], index, event.astype(int), on, known_on=on + late.astype(int), quantity=quantity)
    axis, everybody = axis_of(FIRST, WEEKS), np.arange(len(accounts))
    snapshots = snapshots_at(everybody, axis.begins_at(FIRST + 7 * weeks))
    return Usage(weeks_of([rows], len(accounts), axis), snapshots)


@given(ROWS_KNOWN, st.integers(9, WEEKS))
@settings(max_examples=150, deadline=None)
def test_a_sum_is_the_same_to_the_last_bit_whoever_else_is_there(given_rows, weeks):
    together, alone = seen(given_rows, [0, 1, 2], weeks), seen(given_rows, [1], weeks)
    for name, asked in ASKED.items():
        np.testing.assert_array_equal(asked(together)[1:2], asked(alone), err_msg=name)


@pytest.mark.parametrize(("several", "one"), [((0.1, 0.2, 0.3), 0.6), ((0.07, 0.07, 0.07), 0.21)])
@pytest.mark.parametrize("late", [[], [(2, 0, 1, 60, 1.0)]])
def test_equal_sums_are_equal(several, one, late):
    given_rows = [(0, 0, when, 0, each) for when, each in zip((1, 8, 36), several, strict=True)]
    usage = seen([*given_rows, (1, 0, 40, 0, one), *late], [0, 1, 2], weeks=7)
    assert usage.total(weeks=12)[0] == usage.total(weeks=12)[1] == one


@pytest.mark.parametrize("weeks", [-1, 0])
def test_a_date_before_the_record_sees_nothing(weeks):
    usage = seen([(0, 0, 1, 0, 1.0)], [0], weeks)
    assert usage.total(weeks=4).tolist() == [0]
    assert np.isnan(usage.days_since()).all()


@pytest.mark.parametrize(("when", "late"), [(-1, 0), (-1, 20), (7 * WEEKS, 0), (7 * WEEKS, 20)])
def test_what_was_done_before_or_after_the_axis_is_on_none_of_its_weeks(when, late):
    given_rows = [(0, 0, when, late, 5.0), (0, 0, 3, 0, 1.0)]
    assert seen(given_rows, [0]).by_week(WEEKS)[0].tolist() == [1.0] + [0.0] * (WEEKS - 1)
    assert [seen(given_rows, [0], weeks).total(weeks=5).tolist() for weeks in (1, 2, 4)] == [[1.0]] * 3


def test_what_is_known_after_all_dates_is_never_seen():
    usage = seen([(0, 0, 1, 400, 1.0), (0, 1, 2, 0, 2.0)], [0])
    assert usage.total(weeks=WEEKS).tolist() == [2]
    assert np.isnan(usage.days_since("a")).all()
