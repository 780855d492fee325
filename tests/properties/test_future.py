"""What becomes known on a day or later changes nothing before: neither cohort nor features, nor a label that is mature
by then.
"""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from .changes import NEW, corrected_from, cut_off, happening_from, known_from, learning_from, more_rows
from .company import ORIGIN, TO_LABELS, Company, assert_same, outcome
from .profile import few, some
from .strategies import DAYS, KINDS, companies

weeks = st.sampled_from([1, 0, 2, 8, 5, 1])
waits = st.sampled_from([0, 1, 10, 40]).map(lambda days: pd.Timedelta(days=days))


def day_of(company: Company, weeks: int) -> pd.Timestamp:
    """A day on which something becomes known: one of the dates, or weeks after them."""
    return company.dates[0] + pd.Timedelta(weeks=weeks)


def assert_nothing_changed_before(day: pd.Timestamp, company: Company, other: Company) -> None:
    was, now = outcome(company), outcome(other)
    assert_same(now.known_by(day), was.known_by(day))
    assert NEW not in set(now.known_by(day).left_out["account_id"])


@few
@given(companies(), weeks, more_rows())
def test_rows_that_happen_later(company, weeks, more):
    day = day_of(company, weeks)
    assert_nothing_changed_before(day, company, company.plus(happening_from(day, more)))


@few
@given(companies(), weeks, more_rows())
def test_rows_that_happened_before_and_become_known_later(company, weeks, more):
    day = day_of(company, weeks)
    assert_nothing_changed_before(day, company, company.plus(known_from(day, more)))


@few
@given(companies(), weeks, waits)
def test_values_that_become_known_later(company, weeks, wait):
    day = day_of(company, weeks)
    assert_nothing_changed_before(day, company, learning_from(day, company, wait))


@few
@given(companies(), weeks, waits)
def test_rows_that_are_corrected_later(company, weeks, wait):
    day = day_of(company, weeks)
    assert_nothing_changed_before(day, company, company.plus(corrected_from(day, company, wait)))


@few
@given(companies(), st.integers(0, 80))
def test_data_that_go_on_for_longer(company, days):
    day = min(company.dates[-1] + pd.Timedelta(days=days), ORIGIN + pd.Timedelta(days=DAYS))
    was, now = outcome(cut_off(company, day)), outcome(company)
    assert_same(now.known_by(day), was.known_by(day))
    assert was.labels.loc[was.labels["matures_on"] > day, "label"].isna().all()


@pytest.mark.parametrize("kind", KINDS)
@some
@given(st.data(), st.integers(3, 10), more_rows(), waits)
def test_labels_that_are_certain(kind, data, weeks, more, wait):
    company = data.draw(companies(kind))
    day = day_of(company, weeks)
    other = learning_from(day, company, wait)
    other = other.plus(corrected_from(day, other, wait)).plus(known_from(day, more))
    was, now = outcome(company, TO_LABELS), outcome(other, TO_LABELS)
    assert_same(now.known_by(day), was.known_by(day))
