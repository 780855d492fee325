"""People see no risk before an account can leave, and nobody leaves before that."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churnrisk import simulator
from churnrisk.clock import day
from churnrisk.contract import TABLES
from churnrisk.explain.ladder import shown_ladder
from churnrisk.past.tables.ledger import Ledger
from churnrisk.past.tables.standing import Standing
from churnrisk.simulator.subscriptions import ACAUSAL_REASONS


@pytest.mark.parametrize(
    ("bound", "shown"),
    [
        (0, {30: 0.1, 60: 0.2}),
        (43, {30: 0.1, 60: 0.2}),  # the last day of the shorter window
        (44, {30: np.nan, 60: 0.2}),
        (73, {30: np.nan, 60: 0.2}),
        (74, {30: np.nan, 60: np.nan}),
    ],
)
def test_a_horizon_is_shown_once_its_window_reaches_the_day(bound, shown):
    one = shown_ladder(pd.DataFrame({60: [0.2], 30: [0.1]}), np.array([bound]), lead_days=14, main=60)
    pd.testing.assert_frame_equal(one, pd.DataFrame({days: [each] for days, each in shown.items()}))


@pytest.mark.parametrize(
    ("days", "given", "bound", "shown"),
    [
        (30, [0.1, 0.1, 0.1], [60, 0, 0], [np.nan, 0.15, 0.15]),
        (30, [0.2, 0.4], [60, 0], [np.nan, 0.5]),  # would be 0.6, and within 90 days it is 0.5
        (30, [0.1, 0.1], [60, 60], [np.nan, np.nan]),
        (30, [0.1, 0.3], [0, 0], [0.1, 0.3]),
        (120, [0.6, 0.2], [150, 0], [np.nan, 0.8]),
        (120, [0.5, 0.9], [150, 0], [np.nan, 0.9]),  # there is no room for more than everybody
        (90, [0.1, 0.5], [110, 0], [np.nan, 0.5]),  # the main horizon stays
    ],
    ids=["shared", "not above a longer one", "nobody in view", "nobody bound", "longer", "too much", "main"],
)
def test_what_the_bound_were_given_is_carried_over_to_the_others(days, given, bound, shown):
    ladder = pd.DataFrame({90: [0.5] * len(given), days: given})
    seen = shown_ladder(ladder, np.array(bound, float), lead_days=14, main=90)[days]
    np.testing.assert_allclose(seen, shown, atol=1e-9)


@given(
    rows=st.lists(
        st.tuples(st.lists(st.floats(0, 1), min_size=4, max_size=4).map(sorted), st.integers(0, 200)),
        min_size=1,
        max_size=8,
    ),
    lead=st.integers(0, 60),
)
def test_it_never_decreases_and_no_more_leave_than_the_model_says(rows, lead):
    ladder = pd.DataFrame([each for each, _ in rows], columns=[30, 60, 90, 120])
    seen = shown_ladder(ladder, np.array([bound for _, bound in rows], float), lead, main=90)
    for row, (_, bound) in zip(seen.to_numpy(), rows, strict=True):
        assert [bool(each != each) for each in row] == [lead + days <= bound for days in ladder]
        known = row[row == row]
        assert (np.diff(known) >= 0).all()
        assert ((known >= 0) & (known <= 1)).all()
    pd.testing.assert_series_equal(seen[90].dropna(), ladder[90][seen[90].notna()])
    for days in (30, 60):
        assert seen[days].sum() <= ladder[days].sum() + 1e-9


def test_nobody_leaves_a_simulated_company_before_that_day():
    """But for those that go bankrupt or are bought: no contract holds them."""
    sold = simulator.simulate(400, day("2024-01-01"), 104, 7).tables["subscriptions"]
    sold["known_at"] = sold["known_at"].fillna(sold["started_on"])
    sold["end_known_at"] = sold["end_known_at"].fillna(sold["ended_on"])
    ledger = Ledger(sold, TABLES["subscriptions"])
    bound, early = 0, []
    for as_of in np.arange(day("2024-06-03"), day("2025-10-01"), 56):
        rows = Standing.of(ledger.before(as_of), as_of).contracts().dropna(subset=["can_leave_on"])
        ends = sold[sold["ended_on"] >= pd.Timestamp(as_of)].merge(rows, on="account_id", suffixes=("", "_now"))
        ends = ends[~ends["end_reason"].isin(ACAUSAL_REASONS) & ~ends["is_trial"]]
        churned = ends.groupby("account_id").filter(lambda own: not _goes_on(sold, own))
        bound += len(rows)
        early += churned.loc[churned["ended_on"] < churned["can_leave_on"], ["account_id", "ended_on"]].values.tolist()
    assert bound > 300
    assert early == []


def _goes_on(sold: pd.DataFrame, ends: pd.DataFrame) -> bool:
    """Whether another subscription of the account runs on after the last of these ends."""
    own, last = sold[sold["account_id"] == ends["account_id"].iloc[0]], ends["ended_on"].max()
    return bool(((own["started_on"] <= last) & ~(own["ended_on"] <= last)).any())
