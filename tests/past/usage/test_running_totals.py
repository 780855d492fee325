"""Running totals of weeks: what a date doesn't know yet is taken off, and nothing lies ahead."""

import numpy as np
import pytest

from churnrisk.errors import SourceError
from churnrisk.past.snapshots import Snapshots
from churnrisk.past.usage.running_totals import PARTS, Late, RunningTotals

ALL = range(4)


def at(*weeks: int) -> Snapshots:
    """Snapshots of the one account, each at the begin of a week."""
    none = np.zeros(len(weeks), int)
    return Snapshots(none, np.array(weeks), none > 0, none)


def track(*late: tuple[int, int, int, float]) -> RunningTotals:
    """One account with 1 on the first day of each of three weeks, and late rows: week, seen from, weekday, quantity."""
    week, seen_from, weekday, quantity = np.array(late, float).reshape(-1, 4).T
    none = np.zeros(len(late), int)
    rows = Late(none, none, week.astype(int), seen_from.astype(int), weekday.astype(int), quantity)
    return RunningTotals(np.ones((3, 1)), np.ones((3, 1), np.uint8), rows)


@pytest.mark.parametrize(
    ("late", "quantity", "days", "weeks"),
    [
        ((), [0, 1, 2, 3], [0, 1, 2, 3], [0, 1, 2, 3]),
        (((0, 2, 3, 5.0),), [0, 1, 7, 8], [0, 1, 3, 4], [0, 1, 2, 3]),
        # A day that was heard of in time doesn't count again, nor one that comes late twice.
        (((0, 2, 0, 5.0),), [0, 1, 7, 8], [0, 1, 2, 3], [0, 1, 2, 3]),
        (((0, 2, 3, 5.0), (0, 3, 3, 5.0)), [0, 1, 7, 13], [0, 1, 3, 4], [0, 1, 2, 3]),
        (((1, 3, 1, 2.0), (1, 3, 2, 3.0)), [0, 1, 2, 8], [0, 1, 2, 5], [0, 1, 2, 3]),
    ],
)
def test_a_week_grows_once_it_is_known_to(late, quantity, days, weeks):
    one = track(*late)
    for what, expected in (("quantity", quantity), ("days", days), ("weeks", weeks)):
        assert one.until(what, ALL)[:, 0].tolist() == expected
        assert one.until_each(what, at(*ALL)).tolist() == expected


def test_a_week_of_which_nothing_was_heard_in_time_counts_from_when_it_was():
    late = Late(*(np.array([each, each]) for each in (0, 0, 0)), np.array([2, 3]), np.array([5, 6]), np.ones(2))
    one = RunningTotals(np.zeros((3, 1)), np.zeros((3, 1), np.uint8), late)
    assert one.until("weeks", ALL)[:, 0].tolist() == [0, 0, 1, 1]
    assert one.last_day[:, 0].tolist() == [0, 0, 6, 7]


def test_a_sum_between_weeks_is_that_which_was_known():
    one, three = track((0, 2, 3, 5.0)), np.arange(1, 4)
    none = np.zeros(3, int)
    assert one.between("quantity", none, none + 1, none, three).tolist() == [1, 6, 6]
    assert one.between("quantity", none + 1, none + 1, none, three).tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    "asked",
    [
        lambda one: one.until("quantity", ALL, back=-1),
        lambda one: one.until_each("days", at(1), back=-1),
        lambda one: one.window("weeks", ALL, weeks=1, before=-1),
        lambda one: one.between("quantity", np.array([0]), np.array([2]), np.array([0]), np.array([1])),
    ],
)
def test_what_lies_ahead_is_refused(asked):
    with pytest.raises(ValueError, match="1 weeks ahead were asked for"):
        asked(track())


@pytest.mark.parametrize(("quantity", "exact"), [(9e11, True), (9.1e11, False)])
def test_sums_that_are_not_exact_are_refused(quantity, exact):
    late = Late(*(np.array([each]) for each in (0, 0, 0, 3, 6, PARTS * quantity)))
    one = RunningTotals(np.full((3, 1), 7.0), np.ones((3, 1), np.uint8), late)
    if exact:
        assert one.until("quantity", ALL)[:3, 0].tolist() == [0, 7, 14]
        return
    with pytest.raises(SourceError, match=r"usage, quantity: quantities add up to 9.1e\+11.* Fix: count in a larger"):
        one.until("quantity", ALL)
