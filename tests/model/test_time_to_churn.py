"""The median time to churn by a ladder, for any ladder."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churnrisk.model.time_to_churn import median_days

HORIZONS = (30, 60, 90, 120)

steps = st.lists(st.floats(0, 1), min_size=len(HORIZONS), max_size=len(HORIZONS)).map(sorted)


def of(*probabilities: float) -> float:
    return float(median_days({days: np.array([each]) for days, each in zip(HORIZONS, probabilities, strict=True)})[0])


@pytest.mark.parametrize(
    ("ladder", "days"),
    [
        ((0.5, 0.6, 0.7, 0.8), 30.0),
        ((0.0, 0.5, 0.7, 0.8), 60.0),
        ((1.0, 1.0, 1.0, 1.0), 15.0),
        ((0.1, 0.2, 0.3, 0.5), 120.0),
        ((0.1, 0.2, 0.4, 0.6), 105.0),
        ((0.1, 0.2, 0.3, 0.49), None),
        ((0.0, 0.0, 0.0, 0.0), None),
        ((0.4, 0.4, 0.4, 1.0), 95.0),
    ],
)
def test_a_half_is_reached_between_two_horizons_or_not_within_the_ladder(ladder, days):
    assert of(*ladder) == pytest.approx(days) if days is not None else np.isnan(of(*ladder))


@given(steps)
def test_it_lies_between_the_horizons_on_both_sides_of_a_half(ladder):
    found = of(*ladder)
    reached = [days for days, each in zip(HORIZONS, ladder, strict=True) if each >= 0.5]
    if not reached:
        assert np.isnan(found)
        return
    before = max((days for days in HORIZONS if days < reached[0]), default=0)
    assert before <= found <= reached[0]


@given(steps, steps)
def test_who_is_never_less_likely_to_churn_never_churns_later(one, other):
    sooner, later = (of(*map(choose, one, other)) for choose in (max, min))
    assert np.isnan(later) or sooner <= later + 1e-9


@given(st.lists(steps, min_size=1, max_size=5))
def test_a_row_does_not_depend_on_the_others(rows):
    together = median_days({days: np.array([row[index] for row in rows]) for index, days in enumerate(HORIZONS)})
    np.testing.assert_array_equal(together, [of(*row) for row in rows])
