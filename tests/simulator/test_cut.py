"""A later week adds to the tables of an earlier one, and changes nothing that was known."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from churnrisk import simulator
from churnrisk.clock import days, to_column
from churnrisk.contract import TABLES
from churnrisk.params.source import Simulator
from churnrisk.simulator.cut import known_before
from churnrisk.simulator.timeline import LIFE_WEEKS

from .conftest import START


@settings(max_examples=12, deadline=None)
@given(accounts=st.integers(10, 60), weeks=st.integers(30, 120), more=st.integers(1, 30), seed=st.integers(0, 9))
def test_more_weeks_cut_at_what_was_known_before_are_fewer_weeks(accounts, weeks, more, seed):
    fewer, longer = (simulator.simulate(accounts, START, each, seed) for each in (weeks, weeks + more))
    end = to_column(START + days(7 * weeks))
    for name, rows in fewer.tables.items():
        assert_frame_equal(known_before(TABLES[name], longer.tables[name], end), rows)
    assert_frame_equal(longer.truth[longer.truth["as_of"] < end].reset_index(drop=True), fewer.truth)


def test_a_later_week_adds_rows_and_fills_what_was_open():
    fewer, longer = (simulator.simulate(200, START, weeks, seed=7).tables for weeks in (70, 78))
    assert all(len(longer[name]) > len(rows) for name, rows in fewer.items())
    opened = {"subscriptions": "ended_on", "invoices": "paid_on", "tickets": "closed_at"}
    for name, column in opened.items():
        (key,) = TABLES[name].key
        before, after = (tables[name].set_index(key)[column] for tables in (fewer, longer))
        assert (before.isna() & after.reindex(before.index).notna()).any(), name


def test_no_more_weeks_are_had_than_a_life_has():
    with pytest.raises(ValueError, match=f"the life of a company has {LIFE_WEEKS}"):
        simulator.simulate(10, START, LIFE_WEEKS + 1, seed=7)
    (least, most) = (
        each for each in Simulator.model_fields["weeks"].metadata if hasattr(each, "le") or hasattr(each, "ge")
    )
    assert (least.ge, most.le) == (30, LIFE_WEEKS)
