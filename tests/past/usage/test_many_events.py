"""Usage of too many events to lay each one out: the same values, and memory that does not grow with the events."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churnrisk.clock import day
from churnrisk.past.usage.many_events import MOST_LAID_OUT, ManyEvents, usage_by_week
from churnrisk.past.usage.usage import Usage
from churnrisk.past.usage.weeks import Weeks, weeks_of

from ..views import axis_of, daily, snapshots_at
from .test_usage import ASKED, FIRST, LATE, WEEKS, known

ASKED_OF_ALL = {
    **ASKED,
    "events before": lambda usage: usage.events_used(2, before=2),
    "named events": lambda usage: usage.events_used(4, event=("a", "b", "never happened")),
    "top share": lambda usage: usage.top_share(4),
    "two events": lambda usage: usage.total(5, event=("a", "b")),
}


@given(LATE, st.integers(0, WEEKS), st.integers(0, WEEKS), st.integers(0, 3))
@settings(max_examples=150, deadline=None)
def test_values_are_the_same_as_where_every_event_is_laid_out(rows, first, last, settle_days):
    given_rows, axis = [known(rows, day("2030-01-01"))] * 2, axis_of(FIRST, WEEKS, settle_days)
    week = np.repeat(np.arange(min(first, last), max(first, last) + 1), 2)
    index = np.arange(len(week)) % 2
    snapshots = replace(snapshots_at(index, week, start_week=index), predates_usage=index > 0)
    laid_out, kept = (
        Usage(usage, snapshots) for usage in (weeks_of(given_rows, 2, axis), ManyEvents(given_rows, 2, axis))
    )
    for name, asked in ASKED_OF_ALL.items():
        np.testing.assert_array_equal(asked(kept), asked(laid_out), err_msg=name)


def test_rows_of_before_and_after_the_weeks_count_on_none_of_their_dates():
    days = [FIRST - 1, FIRST + 7 * WEEKS, FIRST + 3]
    usage = Usage(ManyEvents([daily("abc", 0, [0, 1, 2], days)], 1, axis_of(FIRST, WEEKS)), snapshots_at(0, WEEKS))
    assert usage.events_used(WEEKS).tolist() == [1]
    assert usage.top_share(WEEKS).tolist() == [1]


@pytest.mark.parametrize(("events", "kind"), [(MOST_LAID_OUT, Weeks), (MOST_LAID_OUT + 1, ManyEvents)])
def test_few_events_are_laid_out(events, kind):
    rows = daily([f"e{each:03}" for each in range(events)], 0, 0, FIRST)
    assert isinstance(usage_by_week([rows], 1, axis_of(FIRST, WEEKS)), kind)


def test_looking_ahead_is_refused():
    usage = Usage(ManyEvents([daily("a", 0, 0, FIRST)], 1, axis_of(FIRST, WEEKS)), snapshots_at(0, 3))
    with pytest.raises(ValueError, match="1 weeks ahead were asked for"):
        usage.events_used(2, before=-1)


def test_memory_does_not_grow_with_the_events():
    """Twenty thousand events of 300 accounts over two years would take 11 GB, laid out by week."""
    events, n, rows = 20_000, 300, 100_000
    random = np.random.default_rng(0)
    on = FIRST + random.integers(0, 7 * 104, rows)
    used = daily(
        [f"/page/{each:05}" for each in range(events)],
        random.integers(0, n, rows),
        random.integers(0, events, rows),
        on,
    )
    tracemalloc.start()
    usage = Usage(usage_by_week([used], n, axis_of(FIRST, 104)), snapshots_at(np.arange(n), 104))
    for asked in (usage.total(4), usage.total(4, event="/page/00007"), usage.top_share(4), usage.events_used(4)):
        assert len(asked) == n
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 100e6
