"""The dates of snapshots and of the list, and dates outside the data."""

from dataclasses import replace

import pytest

from churnrisk.clock import Day, Grid
from churnrisk.cohort.dates import snapshot_dates
from churnrisk.errors import ParamsError, StaleFeedError
from churnrisk.feeds.reach import Reach

GRID = Grid(Day("2025-01-06"))
REACH = Reach(
    first_day=Day("2024-10-01"),
    covered_until=Day("2025-03-13"),
    settled={"usage": Day("2025-03-13"), "subscriptions": Day("2025-03-20")},
    latest=Day("2025-03-13"),
)


@pytest.mark.parametrize(
    ("as_of", "test", "error", "says"),
    [
        ("2025-03-03", ["2025-04-07"], StaleFeedError, "usage ends on 2025-03-12, which does not cover 2025-04-07"),
        ("2025-04-07", ["2025-04-07"], StaleFeedError, "usage ends on 2025-03-12, which does not cover 2025-04-07"),
        ("2024-12-30", [], ParamsError, "2024-12-30 is before clock.first_as_of"),
        ("2025-03-04", [], ParamsError, "2025-03-04 is not on the grid.*such as 2025-03-03"),
    ],
)
def test_a_date_outside_the_data_is_refused(as_of, test, error, says):
    with pytest.raises(error, match=says):
        snapshot_dates(GRID, REACH, as_of=Day(as_of), test=[Day(each) for each in test])


def test_the_feed_that_ends_first_refuses_a_test_date():
    reach = replace(REACH, settled=REACH.settled | {"subscriptions": Day("2025-02-05")}, latest=Day("2025-02-05"))
    with pytest.raises(StaleFeedError, match="subscriptions ends on 2025-02-04, which does not cover 2025-02-10"):
        snapshot_dates(GRID, reach, test=[Day("2025-02-10")])


@pytest.mark.parametrize(
    ("as_of", "test", "latest", "list_date", "last"),
    [
        (None, [], "2025-03-13", "2025-03-10", ["2025-03-03", "2025-03-10"]),
        (None, [], "2025-03-17", "2025-03-17", ["2025-03-10", "2025-03-17"]),
        ("2025-02-03", [], "2025-03-13", "2025-02-03", ["2025-01-27", "2025-02-03"]),
        ("2025-02-03", ["2025-03-03"], "2025-03-13", "2025-02-03", ["2025-02-24", "2025-03-03"]),
        ("2025-03-17", [], "2025-03-13", "2025-03-17", ["2025-03-10", "2025-03-17"]),  # the gate has to hold it
        ("2025-04-07", [], "2025-03-13", "2025-04-07", ["2025-03-10", "2025-04-07"]),
    ],
)
def test_snapshots_end_with_the_list_or_the_last_test_date(as_of, test, latest, list_date, last):
    reach = replace(REACH, latest=Day(latest))
    asked = None if as_of is None else Day(as_of)
    dates, found = snapshot_dates(GRID, reach, as_of=asked, test=[Day(each) for each in test])
    assert (str(found), [str(each) for each in dates[-2:]]) == (list_date, last)
    assert str(dates[0]) == "2025-01-06"
