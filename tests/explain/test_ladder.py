"""People see no risk before an account can leave, and nobody leaves before that."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churnrisk import simulator
from churnrisk.clock import day
from churnrisk.contract import TABLES
from churnrisk.explain.ladder import respecting_contracts
from churnrisk.past.tables.ledger import Ledger
from churnrisk.past.tables.standing import Standing
from churnrisk.simulator.subscriptions import ACAUSAL_REASONS

LADDERS = st.dictionaries(st.integers(1, 400), st.floats(0, 1), min_size=1).map(
    lambda steps: dict(zip(sorted(steps), sorted(steps.values()), strict=True))
)


@pytest.mark.parametrize(
    ("bound", "shown"),
    [
        (0, {30: 0.1, 60: 0.2}),
        (43, {30: 0.1, 60: 0.2}),  # the last day of the shorter window
        (44, {30: None, 60: 0.2}),
        (73, {30: None, 60: 0.2}),
        (74, {30: None, 60: None}),
    ],
)
def test_a_horizon_is_shown_once_its_window_reaches_the_day(bound, shown):
    assert dict(respecting_contracts({60: 0.2, 30: 0.1}, lead_days=14, days_bound=bound)) == shown


@given(ladder=LADDERS, lead=st.integers(0, 60), bound=st.integers(0, 500))
def test_it_never_decreases_and_what_is_shown_is_the_models(ladder, lead, bound):
    steps = respecting_contracts(ladder, lead, bound)
    assert [each for each, _ in steps] == sorted(ladder)
    seen = [probability for _, probability in steps if probability is not None]
    assert seen == sorted(seen)
    assert seen == [ladder[each] for each, probability in steps if probability is not None]
    # Once one is shown, so are all longer ones.
    assert [probability is None for _, probability in steps] == sorted((p is None for _, p in steps), reverse=True)


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
