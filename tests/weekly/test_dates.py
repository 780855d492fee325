import pytest

from churnrisk.clock import Day, Grid, days
from churnrisk.errors import StaleFeedError
from churnrisk.weekly.dates import due
from churnrisk.weekly.run import Asked, next_date

from .. import company

GRID = Grid(Day("2025-01-06"))


def weeks(*numbers: int) -> list[Day]:
    return [GRID.anchor + days(7 * number) for number in numbers]


@pytest.mark.parametrize(
    ("out", "latest", "as_of", "catch_up", "expected"),
    [
        ([], 5, None, False, [5]),
        ([], 5, None, True, [5]),
        ([2], 5, None, False, [5]),
        ([2], 5, None, True, [3, 4, 5]),
        ([2, 4], 5, None, True, [3, 5]),
        ([5], 5, None, False, [5]),
        ([5], 5, None, True, [5]),
        ([2], 5, 4, True, [3, 4]),
        ([5], 5, 1, False, [1]),
    ],
)
def test_the_dates_that_are_due(out, latest, as_of, catch_up, expected):
    asked = None if as_of is None else weeks(as_of)[0]
    assert due(GRID, weeks(latest)[0] + days(3), weeks(*out), as_of=asked, catch_up=catch_up) == weeks(*expected)


@pytest.mark.parametrize(("unfinished", "expected"), [([], 5), ([4], 4), ([3], 5)])
def test_a_simulated_company_finishes_its_last_list_before_it_goes_on(unfinished, expected):
    """Otherwise a run that was cut off after its list would be followed by the list of another week."""
    settings = company.Params.model_validate(company.root_params())
    assert next_date(settings, Asked(), weeks(3, 4), weeks(*unfinished)) == weeks(expected)[0]


def test_a_list_that_went_out_and_was_not_finished_is_due_again():
    out = weeks(2, 3, 4)
    for unfinished, expected in ((weeks(), weeks(5)), (weeks(2), weeks(2, 5)), (weeks(3, 4), weeks(3, 4, 5))):
        assert due(GRID, weeks(5)[0], out, catch_up=True, unfinished=unfinished) == expected
    assert due(GRID, weeks(5)[0], out, unfinished=weeks(2)) == weeks(5)


@pytest.mark.parametrize(
    ("out", "as_of", "says"), [([], 6, "the feeds do not reach 2025-02-17 yet"), ([6], None, "reach only 2025-02-10")]
)
def test_what_the_feeds_do_not_allow_is_refused(out, as_of, says):
    with pytest.raises(StaleFeedError, match=says):
        due(GRID, weeks(5)[0], weeks(*out), as_of=None if as_of is None else weeks(as_of)[0])
