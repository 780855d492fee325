"""The view of usage against a naive twin that walks over single days, and its edges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churnrisk.history.usage import Usage, ratio

WEEKS = 9


@st.composite
def accounts(draw):
    """Quantities an account, event and day: (events, n, weeks x 7)."""
    shape = draw(st.integers(1, 3)), draw(st.integers(1, 3)), WEEKS * 7
    cells = draw(st.lists(st.tuples(*(st.integers(0, size - 1) for size in shape), st.integers(1, 5)), max_size=25))
    daily = np.zeros(shape)
    for event, account, day, quantity in cells:
        daily[event, account, day] += quantity
    return daily


def view(daily: np.ndarray, older: bool = False) -> Usage:
    events, n, days = daily.shape
    by_week = daily.reshape(events, n, days // 7, 7)
    bits = ((by_week > 0) << np.arange(7)).sum(axis=3).astype(np.uint8)
    names = tuple("abc"[:events])
    return Usage(names, by_week.sum(axis=3).astype(np.float32), bits, np.full(n, older), np.zeros(n, int))


@given(accounts(), st.integers(1, 5), st.integers(0, 4))
@settings(max_examples=60, deadline=None)
def test_windows_count_what_lies_in_them(daily, weeks, before):
    usage = view(daily)
    stop = daily.shape[2] - 7 * before
    window = daily[:, :, stop - 7 * weeks : stop]
    assert usage.total(weeks, before) == pytest.approx(window.sum(axis=(0, 2)))
    assert usage.total(weeks, before, event="a") == pytest.approx(window[0].sum(axis=1))
    assert usage.active_days(weeks, before).tolist() == window.any(axis=0).sum(axis=1).tolist()
    assert usage.events_used(weeks, before).tolist() == window.any(axis=2).sum(axis=0).tolist()
    by_week = window.any(axis=0).reshape(daily.shape[1], weeks, 7).any(axis=2)
    assert usage.active_weeks(weeks, before).tolist() == by_week.sum(axis=1).tolist()


@given(accounts())
@settings(max_examples=60, deadline=None)
def test_days_since_counts_back_to_the_last_active_day(daily):
    for account, found in enumerate(view(daily).days_since()):
        active = np.flatnonzero(daily[:, account].any(axis=0))
        expected = daily.shape[2] - active[-1] if len(active) else np.nan
        np.testing.assert_equal(found, float(expected))


@given(accounts())
@settings(max_examples=40, deadline=None)
def test_weeks_of_decline_end_with_the_last_week(daily):
    usage = view(daily)
    for account, found in enumerate(usage.falling(most=6)):
        past, expected = usage.by_week(WEEKS)[account], 0
        while expected < 6 and past[WEEKS - 1 - expected] < past[WEEKS - 2 - expected]:
            expected += 1
        assert found == expected


@pytest.mark.parametrize("weeks", [WEEKS + 1, 50])
def test_a_window_before_the_first_week_never_wraps_round(weeks):
    daily = np.zeros((1, 1, WEEKS * 7))
    daily[0, 0, -1] = 5
    assert view(daily).total(weeks=4, before=weeks).tolist() == [0]
    assert view(daily).total(weeks=weeks).tolist() == [5]
    assert np.isnan(view(daily, older=True).total(weeks=weeks)).all()


def test_a_level_halves_in_a_half_life():
    daily = np.zeros((1, 2, WEEKS * 7))
    daily[0, 0, -1], daily[0, 1, -1 - 2 * 7] = 1, 1
    levels = view(daily).level(half_life=2)
    assert levels[1] == pytest.approx(levels[0] / 2)


def test_the_level_of_a_steady_account_is_its_weekly_usage_however_young_it_is():
    steady = np.ones((1, 1, WEEKS * 7))
    young = view(steady)
    assert young.level(half_life=4) == pytest.approx([7.0])
    late = Usage(
        young.events,
        young.quantity * [0] * 5 + young.quantity * ([0] * 5 + [1] * 4),
        young.days,
        young.older,
        np.array([5]),
    )
    assert late.level(half_life=4) == pytest.approx([7.0])


def test_a_slope_is_relative_to_the_mean():
    rising = np.zeros((1, 1, WEEKS * 7))
    rising[0, 0, ::7] = np.arange(1, WEEKS + 1)
    assert view(rising).slope(weeks=3) == pytest.approx([1 / 8])


def test_the_first_weeks_are_known_once_they_are_over():
    daily = np.zeros((1, 1, WEEKS * 7))
    daily[0, 0, 6 * 7 : 7 * 7] = 1
    usage = view(daily)
    for started, days in [(5, 7.0), (4, 0.0), (7, 0.0), (8, np.nan), (-1, np.nan)]:
        young = Usage(usage.events, usage.quantity, usage.days, usage.older, np.array([started]))
        np.testing.assert_equal(young.since_start(weeks=1)[0], [days])


def test_usage_that_settles_late_is_so_much_older():
    daily = np.zeros((1, 1, WEEKS * 7))
    daily[0, 0, -1] = 1
    seen = view(daily)
    settled = Usage(seen.events, seen.quantity, seen.days, seen.older, seen.started, settle_days=3)
    assert settled.days_since().tolist() == [4.0]


def test_nothing_is_not_known_where_there_is_no_week_at_all():
    nothing = Usage(
        ("a",), np.zeros((1, 2, 0), np.float32), np.zeros((1, 2, 0), np.uint8), np.zeros(2, bool), np.zeros(2, int)
    )
    assert np.isnan(nothing.days_since()).all()
    assert nothing.total(weeks=4).tolist() == [0, 0]
    assert np.isnan(nothing.since_start(weeks=4)[1]).all()


def test_a_ratio_to_nothing_is_not_known():
    np.testing.assert_equal(ratio(np.array([1.0, 0.0, np.nan]), np.array([0.0, 2.0, 2.0])), [np.nan, 0.0, np.nan])
