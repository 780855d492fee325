import numpy as np
import pytest

from churnrisk.clock import day, next_renewal
from churnrisk.simulator.seasons import workday_factor
from churnrisk.simulator.timeline import NEVER, Timeline

TIME = Timeline(day("2024-01-01"), weeks=104)


@pytest.mark.parametrize("term", [1, 3, 12, 24])
def test_renewals_are_those_of_the_clock(term: int) -> None:
    rng = np.random.default_rng(term)
    begins = rng.integers(-900, 100, 300)
    begins = begins[TIME.month_days(begins) < 28]
    for today in range(100, 700, 37):
        found = TIME.next_renewal(begins, np.full(len(begins), term), np.array(today))
        # ours is the first after the day, the clock's the first on or after it
        expected = next_renewal(TIME.start + begins, np.full(len(begins), term), TIME.start + today + 1)
        assert (TIME.start + found == expected).all()


def test_days_become_dates_and_parts_of_days_times() -> None:
    dates = TIME.dates([-31, 0.5, NEVER, np.inf]).astype(str).tolist()
    assert dates == ["2023-12-01T00:00:00.000000", "2024-01-01T12:00:00.000000", "NaT", "NaT"]


def test_weeks_have_columns() -> None:
    assert TIME.all_weeks[TIME.column(0)] == 0
    assert TIME.all_days[7 * TIME.column(3)] == 21
    assert TIME.column(-10_000) == 0


def test_regions_have_their_own_holidays() -> None:
    europe, america, asia = workday_factor(TIME)
    fourth_of_july = (day("2024-07-04") - TIME.start).astype(int)
    assert america[fourth_of_july] < 0.3 < 0.7 < min(europe[fourth_of_july], asia[fourth_of_july])
