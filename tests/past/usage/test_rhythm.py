"""Active days and the gaps between them, against a naive twin that walks over the days that each date knows."""

from dataclasses import replace
from itertools import pairwise
from statistics import mean, median, pstdev

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churnrisk.clock import day
from churnrisk.past.snapshots import SnapshotKeys, Snapshots
from churnrisk.past.usage.rhythm import Rhythm, SpellRhythm
from churnrisk.past.usage.weeks import weeks_of

from ..views import axis_of, daily

WEEKS = 9
FIRST = day("2025-01-06")
NEVER = day("2030-01-01")
ASKED = (
    "active_days", "active_days_ever", "silent_days", "gap_mean", "gap_spread", "longest_gap", "median_gap", "last_gap",
    "longer_share",
)  # fmt: skip

ROWS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.integers(0, 1),
        st.integers(0, WEEKS * 7 - 1),
        # Many days are heard of at once, weeks later, in another order than they happened.
        st.one_of(st.just(0), st.integers(0, 40)),
    ),
    max_size=40,
)
"""Account, event, day, and days until it was known."""
STARTS = st.lists(st.integers(-5, WEEKS * 7), min_size=1, max_size=2, unique=True).map(sorted)
"""Days on which the spells of an account begin."""


def rhythm(rows, keys, until=NEVER, events=None, settle_days=0) -> Rhythm:
    """The view of all snapshots, from the rows that were known before a day."""
    account, event, when, late = np.array(rows, int).reshape(-1, 4).T
    known_on = FIRST + when + np.maximum(late, settle_days)
    whole = daily(["a", "b"], account, event, FIRST + when, known_on=known_on)
    axis = axis_of(FIRST, WEEKS, settle_days)
    spells = SpellRhythm(weeks_of([whole.take(np.flatnonzero(known_on < until))], 2, axis), events, keys)
    snapshots = Snapshots(
        account_index=keys.account_index,
        week=axis.begins_at(keys.as_of),
        predates_usage=keys.started_on < FIRST,
        start_week=axis.week_of(keys.started_on),
        recorded_week=np.zeros(len(keys.as_of), np.int64),
    )
    return Rhythm(spells, snapshots, spells.spell)


def every_week(starts, settle_days=0) -> SnapshotKeys:
    """A snapshot a week of each account in each of its spells; `starts` has the starts of each account's."""
    of = [
        (week, account, start)
        for week in range(WEEKS + 1)
        for account, each in enumerate(starts)
        for start in each
        if start <= 7 * week
    ]
    week, account, start = np.array(of, int).reshape(-1, 3).T
    return SnapshotKeys(
        accounts=np.array(["a", "b"], object),
        account_index=account,
        as_of=FIRST + settle_days + 7 * week,
        started_on=FIRST + start,
    )


def twin(rows, as_of, account, started_on, settle_days=0) -> dict[str, float]:
    """The same of one snapshot, by plain lists."""
    seen = {
        FIRST + when
        for whose, _, when, late in rows
        if whose == account
        and started_on <= FIRST + when < as_of - settle_days
        and FIRST + when + max(late, settle_days) < as_of
    }
    days = sorted(int((each - FIRST).astype(int)) for each in seen)
    gaps = [later - earlier for earlier, later in pairwise(days)]
    silent = int((as_of - settle_days - FIRST).astype(int)) - days[-1] if days else np.nan
    return {
        "active_days": len(days),
        "active_days_ever": len(days) if started_on >= FIRST else np.nan,
        "silent_days": silent,
        "gap_mean": mean(gaps) if gaps else np.nan,
        "gap_spread": pstdev(gaps) if len(gaps) > 1 else np.nan,
        "longest_gap": max(gaps, default=np.nan),
        "median_gap": median(gaps) if gaps else np.nan,
        "last_gap": gaps[-1] if gaps else np.nan,
        "longer_share": mean(gap > silent for gap in gaps) if gaps else np.nan,
    }


@given(ROWS, STARTS, STARTS, st.integers(0, 3))
@settings(max_examples=150, deadline=None)
def test_every_date_sees_what_its_own_list_of_days_says(rows, first, second, settle_days):
    keys = every_week([first, second], settle_days)
    view = rhythm(rows, keys, settle_days=settle_days)
    found = {name: getattr(view, name)() for name in ASKED}
    for row, (as_of, account, started_on) in enumerate(
        zip(keys.as_of, keys.account_index, keys.started_on, strict=True)
    ):
        expected = twin(rows, as_of, account, started_on, settle_days)
        assert {name: found[name][row] for name in ASKED} == pytest.approx(expected, nan_ok=True), (as_of, account)


@given(ROWS, st.integers(1, WEEKS))
@settings(max_examples=60, deadline=None)
def test_a_date_sees_what_was_known_then_as_if_there_was_nothing_else(rows, week):
    keys = every_week([[-5], [3]])
    here = np.flatnonzero(keys.as_of == FIRST + 7 * week)
    now = replace(keys, **{name: getattr(keys, name)[here] for name in ("account_index", "as_of", "started_on")})
    whole, cut = rhythm(rows, now), rhythm(rows, now, until=FIRST + 7 * week)
    for name in ASKED:
        np.testing.assert_array_equal(getattr(whole, name)(), getattr(cut, name)(), err_msg=name)


@given(ROWS)
@settings(max_examples=40, deadline=None)
def test_only_the_named_events_are_activity(rows):
    keys = every_week([[0], [0]])
    of_a = [row for row in rows if row[1] == 0]
    for name in ASKED:
        found, expected = (
            getattr(rhythm(*each, events=events), name)()
            for *each, events in [(rows, keys, ("a",)), (of_a, keys, None)]
        )
        np.testing.assert_array_equal(found, expected, err_msg=name)


@pytest.mark.parametrize(
    ("rows", "by_week"),
    [
        # The day in the middle is heard of in the third week: one gap of ten days becomes two of five.
        ([(0, 0, 0, 0), (0, 0, 10, 0), (0, 0, 5, 12)], {2: [10], 3: [5, 5]}),
        # Three days of one history, the last heard of first.
        ([(0, 0, 0, 30), (0, 0, 3, 20), (0, 0, 7, 0)], {2: [], 4: [4], 5: [3, 4]}),
        # A day that is heard of twice splits nothing the second time.
        ([(0, 0, 0, 0), (0, 0, 3, 0), (0, 1, 3, 20)], {1: [3], 4: [3]}),
    ],
)
def test_a_day_that_is_heard_of_late_splits_the_gap_it_lies_in(rows, by_week):
    keys = every_week([[0], [0]])
    view = rhythm(rows, keys)
    for week, gaps in by_week.items():
        (row,) = np.flatnonzero((keys.as_of == FIRST + 7 * week) & (keys.account_index == 0))
        expected = [sum(gaps) / len(gaps), max(gaps), gaps[-1]] if gaps else [np.nan] * 3
        found = [getattr(view, name)()[row] for name in ("gap_mean", "longest_gap", "last_gap")]
        np.testing.assert_array_equal(found, expected)


def test_equal_gaps_have_no_spread_at_all():
    view = rhythm([(0, 0, when, 0) for when in range(0, 63, 7)], every_week([[0], [0]]))
    assert set(view.gap_spread()[~np.isnan(view.gap_spread())]) == {0.0}
