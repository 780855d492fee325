"""A value depends on the account and the date alone: not on the order of rows, nor on what else is worked out."""

from hypothesis import given
from hypothesis import strategies as st

from .changes import left_with, shuffled
from .company import assert_same, outcome
from .profile import few
from .strategies import OWN, STEADY, companies


@few
@given(companies(), st.integers(0, 99))
def test_the_order_of_rows(company, seed):
    assert_same(outcome(shuffled(company, seed)), outcome(company))


@few
@given(companies(), st.sampled_from([1, 2]))
def test_the_size_of_blocks(company, accounts):
    in_blocks = company.with_settings(features={"block_accounts": accounts})
    assert_same(outcome(in_blocks), outcome(company))


@few
@given(companies(), st.sets(st.integers(0, 4)))
def test_the_other_accounts(company, numbers):
    some = [f"account-{number}" for number in numbers]
    alone, whole = outcome(left_with(company, some)), outcome(company)
    assert_same(alone, whole.of([*some, STEADY, OWN]), peers=False)


@few
@given(companies(), st.sampled_from([2, 3]))
def test_a_coarser_grid(company, every_weeks):
    dates = company.dates[::every_weeks]
    coarser = company.with_settings(clock={"grid_every_weeks": every_weeks, "as_of": dates[-1].date()})
    assert_same(outcome(coarser), outcome(company).on(dates))


@few
@given(companies(), st.integers(0, 2), st.integers(0, 2))
def test_fewer_dates(company, first, last):
    dates = company.dates[first:][: last + 1] or company.dates[-1:]
    fewer = company.with_settings(clock={"first_as_of": dates[0].date(), "as_of": dates[-1].date()})
    assert_same(outcome(fewer), outcome(company).on(dates))
