"""Records of accounts against a naive twin that loops over rows."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churnrisk.clock import Day
from churnrisk.past.tables.records import Records, once

AS_OF = Day("2025-06-01")
N = 3
DATES = AS_OF + 30 * np.arange(N)
"""Each snapshot has a date of its own."""

ROWS = st.lists(
    st.tuples(st.integers(0, N - 1), st.integers(1, 400), st.one_of(st.none(), st.integers(0, 9)), st.booleans()),
    max_size=20,
    unique_by=lambda row: row[:2],
)


def facts_of(columns, snapshot, dates) -> Records:
    """Rows that happened on their `day`, of snapshots with these dates."""
    return Records(columns, snapshot=np.array(snapshot, int), dates=np.array(dates, "M8[D]"), occurs="day")


def records(rows) -> Records:
    rows = sorted(rows, key=lambda row: (row[0], -row[1]))
    columns = {
        "day": np.array([DATES[snapshot] - np.timedelta64(age, "D") for snapshot, age, _, _ in rows], "M8[us]"),
        "score": np.array([np.nan if score is None else score for _, _, score, _ in rows], float),
        "word": pd.Categorical([f"w{age}" for _, age, _, _ in rows]),
        "missed": np.array([missed for *_, missed in rows], bool),
    }
    return facts_of(columns, [snapshot for snapshot, *_ in rows], DATES)


@given(ROWS, st.integers(1, 300))
@settings(max_examples=80, deadline=None)
def test_summaries_are_those_of_a_loop_over_the_rows(rows, days):
    view = records(rows)
    for account in range(N):
        own = sorted((row for row in rows if row[0] == account), key=lambda row: -row[1])
        scores = [score for _, _, score, _ in own if score is not None]
        newest = own[-1] if own else None
        expected = {
            "count": len(own),
            "within": sum(age <= days for _, age, _, _ in own),
            "sum": sum(scores),
            "mean": np.mean(scores) if scores else np.nan,
            "most": max(scores) if scores else np.nan,
            "least": min(scores) if scores else np.nan,
            "days_since": newest[1] if newest else np.nan,
            "last": np.nan if newest is None or newest[2] is None else newest[2],
            "in_a_row": next((n for n, row in enumerate(reversed(own)) if not row[3]), len(own)),
        }
        found = {
            "count": view.count()[account],
            "within": view.within(days).count()[account],
            "sum": view.sum(view["score"])[account],
            "mean": view.mean(view["score"])[account],
            "most": view.most(view["score"])[account],
            "least": view.least(view["score"])[account],
            "days_since": view.days_since()[account],
            "last": view.last("score")[account],
            "in_a_row": view.in_a_row(view["missed"])[account],
        }
        np.testing.assert_equal({k: float(v) for k, v in found.items()}, {k: float(v) for k, v in expected.items()})
        np.testing.assert_equal(view.last("word")[account], f"w{newest[1]}" if newest else np.nan)


def test_no_rows_are_no_error():
    nothing = records([])
    assert nothing.count().tolist() == [0, 0, 0]
    assert np.isnan(nothing.days_since()).all()
    assert nothing.in_a_row(nothing["missed"]).tolist() == [0, 0, 0]


def test_another_date_decides_what_was_last():
    columns = {
        "day": np.array(["2025-01-01", "2025-02-01"], "M8[us]"),
        "due": np.array(["2025-05-01", "2025-04-01"], "M8[us]"),
        "score": np.array([1.0, 2.0]),
    }
    view = facts_of(columns, [0, 0], [AS_OF])
    assert (view.last("score")[0], view.by("due").last("score")[0]) == (2.0, 1.0)


def test_a_date_that_was_last_is_a_date():
    closed = np.array(["2025-05-01", "NaT"], "M8[us]")
    columns = {"day": np.array(["2025-01-01", "2025-02-01"], "M8[us]"), "closed": closed}
    assert facts_of(columns, [0, 1], [AS_OF] * 3).last("closed").astype(str).tolist() == [
        "2025-05-01T00:00:00.000000",
        "NaT",
        "NaT",
    ]


def test_rows_in_order_of_a_number_happened_when_they_did():
    columns = {"day": np.array(["2025-05-30", "2025-05-20"], "M8[us]"), "paid": np.array([1.0, 2.0])}
    by_pay = facts_of(columns, [0, 0], [AS_OF]).by("paid")
    assert (by_pay.days_since().tolist(), by_pay.within(days=5).count().tolist()) == ([12.0], [1.0])


def test_what_makes_no_sense_is_refused():
    view = records([(0, 5, 3, True)])
    with pytest.raises(TypeError, match="score has no dates"):
        view.age("score")
    with pytest.raises(TypeError, match="picked by yes or no, not by float64"):
        view.where(view["score"])


def test_words_have_a_rank_in_an_order():
    columns = {"day": np.array([AS_OF] * 4, "M8[us]"), "plan": pd.Categorical(["pro", "basic", None, "old"])}
    view = facts_of(columns, range(4), [AS_OF] * 4)
    np.testing.assert_equal(view.rank_in("plan", ["basic", "team", "pro"]), [3, 1, np.nan, np.nan])


def test_what_many_features_pick_is_picked_once():
    picked = []

    @once
    def missed(view):
        picked.append(view)
        return view.where(view["missed"])

    view, other = records([(0, 1, None, True), (1, 2, None, False)]), records([(2, 3, None, True)])
    assert [missed(each).count().tolist() for each in (view, view, other)] == [[1, 0, 0], [1, 0, 0], [0, 0, 1]]
    assert picked == [view, other]
