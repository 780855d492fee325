"""The view of usage against a naive twin that walks over single days, and its edges."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churnrisk.clock import Grid, day
from churnrisk.past.arrays import ratio
from churnrisk.past.usage.usage import Usage
from churnrisk.past.usage.weeks import Axis, weeks_of
from churnrisk.rollup.read import Daily

from ..views import axis_of, daily, snapshots_at

WEEKS = 9
FIRST = day("2025-01-06")


@st.composite
def accounts(draw):
    """Quantities by event, account and day: (events, n, weeks x 7)."""
    shape = draw(st.integers(1, 3)), draw(st.integers(1, 3)), WEEKS * 7
    cells = draw(st.lists(st.tuples(*(st.integers(0, size - 1) for size in shape), st.integers(1, 5)), max_size=25))
    quantities = np.zeros(shape)
    for event, account, when, quantity in cells:
        quantities[event, account, when] += quantity
    return quantities


def view(quantities: np.ndarray, predates_usage: bool = False, start_week: int = 0, settle_days: int = 0) -> Usage:
    """Usage at the end of the days, each of which became known at once."""
    rows = rows_of(quantities, settle_days)
    n, weeks = quantities.shape[1], quantities.shape[2] // 7
    snapshots = snapshots_at(np.arange(n), weeks, predates_usage=predates_usage, start_week=start_week)
    return Usage(weeks_of([rows], n, axis_of(FIRST, weeks, settle_days)), snapshots)


def rows_of(quantities: np.ndarray, settle_days: int = 0) -> Daily:
    event, account, when = np.nonzero(quantities)
    on = FIRST + when
    names = "abc"[: len(quantities)]
    return daily(names, account, event, on, known_on=on + settle_days, quantity=quantities[event, account, when])


@given(accounts(), st.integers(1, 5), st.integers(0, 4))
@settings(max_examples=60, deadline=None)
def test_windows_count_what_lies_in_them(quantities, weeks, before):
    usage = view(quantities)
    stop = quantities.shape[2] - 7 * before
    window = quantities[:, :, stop - 7 * weeks : stop]
    assert usage.total(weeks, before) == pytest.approx(window.sum(axis=(0, 2)))
    assert usage.total(weeks, before, event="a") == pytest.approx(window[0].sum(axis=1))
    assert usage.active_days(weeks, before).tolist() == window.any(axis=0).sum(axis=1).tolist()
    assert usage.events_used(weeks, before).tolist() == window.any(axis=2).sum(axis=0).tolist()
    by_week = window.any(axis=0).reshape(quantities.shape[1], weeks, 7).any(axis=2)
    assert usage.active_weeks(weeks, before).tolist() == by_week.sum(axis=1).tolist()


LATE = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.integers(0, 1),
        st.integers(0, WEEKS * 7 - 1),
        st.one_of(st.just(0), st.integers(0, 40)),
        st.integers(1, 9),
    ),
    max_size=25,
)


def known(rows, until: np.datetime64) -> Daily:
    """Rows of event, account, day, days until it was known, quantity; those that were known before a date."""
    event, account, when, late, quantity = np.array(rows, int).reshape(-1, 5).T
    given_rows = daily(["a", "b"], account, event, FIRST + when, known_on=FIRST + when + late, quantity=quantity / 10)
    return given_rows.take(np.flatnonzero(given_rows.known_on < until))


ASKED = {
    "by_week": lambda usage: usage.by_week(5),
    "total": lambda usage: usage.total(3, before=1, event="b"),
    "both": lambda usage: usage.active_days(4, event=("a", "b")),
    "days": lambda usage: usage.active_days(4, before=2, event="b"),
    "weeks": lambda usage: usage.active_weeks(6),
    "events": lambda usage: usage.events_used(3),
    "days_since": lambda usage: usage.days_since("a"),
    "silent": lambda usage: usage.days_since(),
    "level": lambda usage: usage.level(2),
    "start": lambda usage: np.array(usage.since_start(2)).T,
}


@given(LATE, st.integers(0, WEEKS))
@settings(max_examples=100, deadline=None)
def test_a_date_sees_what_was_known_then_as_if_there_was_nothing_else(rows, weeks):
    axis, as_of = axis_of(FIRST, WEEKS), FIRST + 7 * weeks
    snapshots = snapshots_at(np.arange(2), weeks, start_week=np.arange(2))
    whole, cut = (Usage(weeks_of([known(rows, until)], 2, axis), snapshots) for until in (day("2030-01-01"), as_of))
    for name, asked in ASKED.items():
        np.testing.assert_array_equal(asked(whole), asked(cut), err_msg=name)


@given(LATE, st.integers(0, WEEKS), st.integers(0, WEEKS))
@settings(max_examples=100, deadline=None)
def test_many_dates_at_once_see_what_each_of_them_sees(rows, first, last):
    weeks = weeks_of([known(rows, day("2030-01-01"))], 2, axis_of(FIRST, WEEKS))
    week = np.repeat(np.arange(min(first, last), max(first, last) + 1), 2)
    index = np.arange(len(week)) % 2
    snapshots = replace(snapshots_at(index, week, start_week=index), predates_usage=index > 0)
    together = Usage(weeks, snapshots)
    for row in range(len(week)):
        one = slice(row, row + 1)
        alone = Usage(weeks, snapshots.some(one))
        for name, asked in ASKED.items():
            np.testing.assert_array_equal(asked(together)[one], asked(alone), err_msg=name)


@given(accounts())
@settings(max_examples=60, deadline=None)
def test_days_since_counts_back_to_the_last_active_day(quantities):
    for account, found in enumerate(view(quantities).days_since()):
        active = np.flatnonzero(quantities[:, account].any(axis=0))
        expected = quantities.shape[2] - active[-1] if len(active) else np.nan
        np.testing.assert_equal(found, float(expected))


@given(accounts())
@settings(max_examples=40, deadline=None)
def test_weeks_of_decline_end_with_the_last_week(quantities):
    usage = view(quantities)
    for account, found in enumerate(usage.falling(most=6)):
        past, expected = usage.by_week(WEEKS)[account], 0
        while expected < 6 and past[WEEKS - 1 - expected] < past[WEEKS - 2 - expected]:
            expected += 1
        assert found == expected


@pytest.mark.parametrize("weeks", [WEEKS + 1, 50])
def test_a_window_before_the_first_week_never_wraps_round(weeks):
    quantities = np.zeros((1, 1, WEEKS * 7))
    quantities[0, 0, -1] = 5
    assert view(quantities).total(weeks=4, before=weeks).tolist() == [0]
    assert view(quantities).total(weeks=weeks).tolist() == [5]
    assert np.isnan(view(quantities, predates_usage=True).total(weeks=weeks)).all()


def test_what_lies_before_the_record_is_not_known():
    usage = view(np.ones((2, 1, WEEKS * 7)), predates_usage=True)
    for asked in (usage.total, usage.active_days, usage.active_weeks, usage.events_used, usage.top_share):
        assert not np.isnan(asked(weeks=WEEKS)).any()
        assert np.isnan(asked(weeks=WEEKS + 1)).all()


def test_a_view_ends_at_its_date_and_cannot_be_changed():
    usage = view(np.ones((1, 1, WEEKS * 7)))
    for asked in (usage.total, usage.active_days, usage.active_weeks, usage.events_used):
        with pytest.raises(ValueError, match="1 weeks ahead were asked for"):
            asked(weeks=1, before=-1)


def test_decline_is_counted_up_to_a_limit():
    falling = np.zeros((1, 1, WEEKS * 7))
    falling[0, 0, ::7] = np.arange(WEEKS, 0, -1)
    assert [view(falling).falling(most=most).tolist() for most in (3, 8)] == [[3], [8]]


def test_a_level_halves_in_a_half_life():
    quantities = np.zeros((1, 2, WEEKS * 7))
    quantities[0, 0, -1], quantities[0, 1, -1 - 2 * 7] = 1, 1
    levels = view(quantities).level(half_life=2)
    assert levels[1] == pytest.approx(levels[0] / 2)


def test_the_level_of_a_steady_account_is_its_weekly_usage_however_young_it_is():
    steady = np.ones((1, 1, WEEKS * 7))
    assert view(steady).level(half_life=4) == pytest.approx([7.0])
    steady[:, :, : 5 * 7] = 0
    assert view(steady, start_week=5).level(half_life=4) == pytest.approx([7.0])


def test_the_level_of_an_account_from_before_the_record_is_that_of_the_record():
    usage = view(np.ones((1, 1, WEEKS * 7)), predates_usage=True, start_week=-30)
    assert usage.level(half_life=4) == pytest.approx([7.0])


def test_a_slope_is_relative_to_the_mean():
    rising = np.zeros((1, 1, WEEKS * 7))
    rising[0, 0, ::7] = np.arange(1, WEEKS + 1)
    assert view(rising).slope(weeks=3) == pytest.approx([1 / 8])


def test_the_first_weeks_are_known_once_they_are_over():
    quantities = np.zeros((1, 1, WEEKS * 7))
    quantities[0, 0, 6 * 7 : 7 * 7] = 1
    for start_week, days in [(5, 7.0), (4, 0.0), (7, 0.0), (8, np.nan), (-1, np.nan)]:
        np.testing.assert_equal(view(quantities, start_week=start_week).since_start(weeks=1)[0], [days])


def test_usage_that_settles_late_is_so_much_older():
    quantities = np.zeros((1, 1, WEEKS * 7))
    quantities[0, 0, -1] = 1
    assert view(quantities, settle_days=3).days_since().tolist() == [4.0]


def test_days_that_may_still_settle_are_not_silent():
    active = np.zeros((1, 2, WEEKS * 7))
    active[0, 0, -1] = 1
    np.testing.assert_equal(view(active, settle_days=3).silent_days(), [1.0, np.nan])
    np.testing.assert_equal(view(active, settle_days=0).silent_days("b"), [np.nan, np.nan])


@given(accounts(), st.integers(1, WEEKS), st.sampled_from([0, 3]))
@settings(max_examples=60, deadline=None)
def test_usage_at_one_date_is_that_of_all_weeks_up_to_it(quantities, weeks, settle_days):
    """It does not matter that no more weeks are laid out than are asked for."""
    whole, n = view(quantities, settle_days=settle_days), quantities.shape[1]
    as_of = FIRST + 7 * WEEKS + settle_days
    axis = Axis.before(as_of, weeks, grid=Grid(as_of), settle_days=settle_days)
    found = Usage.at_end_of(axis, [rows_of(quantities, settle_days)], accounts=n)
    np.testing.assert_array_equal(found.by_week(weeks), whole.by_week(weeks))
    np.testing.assert_array_equal(found.total(weeks, event="a"), whole.total(weeks, event="a"))


def test_usage_at_one_date_does_not_see_what_became_known_later():
    rows = [daily(["a"], 0, 0, FIRST, known_on=FIRST + late, quantity=5) for late in (6, 7, 14)]
    axis = Axis.before(FIRST + 7, 2, grid=Grid(FIRST), settle_days=0)
    found = Usage.at_end_of(axis, rows, accounts=1)
    assert found.by_week(2).tolist() == [[0.0, 5.0]]


def test_nothing_is_not_known_where_there_is_no_week_at_all():
    nothing = view(np.zeros((1, 2, 0)))
    assert np.isnan(nothing.days_since()).all()
    assert nothing.total(weeks=4).tolist() == [0, 0]
    assert np.isnan(nothing.since_start(weeks=4)[1]).all()


def test_a_ratio_to_nothing_is_not_known():
    np.testing.assert_equal(ratio(np.array([1.0, 0.0, np.nan]), np.array([0.0, 2.0, 2.0])), [np.nan, 0.0, np.nan])


def test_usage_is_not_known_before_the_record_that_a_date_knew_begins():
    week = slice(WEEKS * 7 - 7, WEEKS * 7)
    quantities = np.zeros((1, 1, WEEKS * 7))
    quantities[:, :, week] = 1
    rows = rows_of(quantities)

    def looked_at(recorded_week: int, *, predates_usage: bool = True) -> Usage:
        snapshots = snapshots_at([0], WEEKS, predates_usage=predates_usage, start_week=-20, recorded_week=recorded_week)
        return Usage(weeks_of([rows], 1, axis_of(FIRST, WEEKS)), snapshots)

    late, whole = looked_at(WEEKS - 2), looked_at(0)
    assert [each.total(2).tolist() for each in (late, whole)] == [[7], [7]]
    assert np.isnan(late.total(3)).all()
    assert whole.total(3).tolist() == [7]
    assert [each.lived(WEEKS).tolist() for each in (late, whole)] == [[2], [WEEKS]]

    nothing = looked_at(WEEKS)
    found = [nothing.total(1), nothing.per_week(4), nothing.level(4), nothing.falling(), nothing.slope(4)]
    assert np.isnan(found).all()
    assert whole.falling().tolist() == [0]
