"""Running totals of weeks: what a date doesn't know yet is taken off, and nothing lies ahead."""

import numpy as np
import pytest

from churnrisk.errors import SourceError
from churnrisk.past.usage.running_totals import PARTS, RunningTotals

from ..views import late_rows, snapshots_at

ALL = range(4)


def totals(*late: tuple[int, int, int, float]) -> RunningTotals:
    """One account with 1 on the first day of each of three weeks, and `late_rows`."""
    return RunningTotals(np.ones((3, 1)), np.ones((3, 1), np.uint8), late_rows(*late))


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
    one = totals(*late)
    for what, expected in (("quantity", quantity), ("days", days), ("weeks", weeks)):
        assert one.until(what, ALL)[:, 0].tolist() == expected
        assert one.until_each(what, snapshots_at(0, np.array(ALL))).tolist() == expected


def test_a_week_of_which_nothing_was_heard_in_time_counts_from_when_it_was():
    late = late_rows((0, 2, 5, 1.0), (0, 3, 6, 1.0))
    one = RunningTotals(np.zeros((3, 1)), np.zeros((3, 1), np.uint8), late)
    assert one.until("weeks", ALL)[:, 0].tolist() == [0, 0, 1, 1]
    assert one.last_day[:, 0].tolist() == [0, 0, 6, 7]


def test_a_sum_between_weeks_is_that_which_was_known():
    one, three = totals((0, 2, 3, 5.0)), np.arange(1, 4)
    none = np.zeros(3, int)
    assert one.between("quantity", none, none + 1, none, three).tolist() == [1, 6, 6]
    assert one.between("quantity", none + 1, none + 1, none, three).tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    "asked",
    [
        lambda one: one.until("quantity", ALL, back=-1),
        lambda one: one.until_each("days", snapshots_at(0, 1), back=-1),
        lambda one: one.window("weeks", ALL, weeks=1, before=-1),
        lambda one: one.between("quantity", np.array([0]), np.array([2]), np.array([0]), np.array([1])),
    ],
)
def test_what_lies_ahead_is_refused(asked):
    with pytest.raises(ValueError, match="1 weeks ahead were asked for"):
        asked(totals())


@pytest.mark.parametrize(("quantity", "exact"), [(9e11, True), (9.1e11, False)])
def test_sums_that_are_not_exact_are_refused(quantity, exact):
    late = late_rows((0, 3, 6, PARTS * quantity))
    one = RunningTotals(np.full((3, 1), 7.0), np.ones((3, 1), np.uint8), late)
    if exact:
        assert one.until("quantity", ALL)[:3, 0].tolist() == [0, 7, 14]
        return
    with pytest.raises(SourceError, match=r"usage, quantity: quantities add up to 9.1e\+11.* Fix: count in a larger"):
        one.until("quantity", ALL)
