"""All dates moved by some days, weeks or months: the same values, and dates moved exactly so."""

from hypothesis import given
from hypothesis import strategies as st

from .changes import without_terms
from .company import assert_same, moved, outcome
from .profile import some
from .strategies import companies


@some
@given(companies().map(without_terms), st.sampled_from([-3, 1, 365, 70, -400, 7]))
def test_another_calendar(company, days):
    assert_same(outcome(moved(company, days)).sooner(days), outcome(company))
