"""One company for all tests of the room, and which of its accounts churned when."""

import numpy as np
import pandas as pd
import pytest

from churnrisk import simulator
from churnrisk.clock import day
from churnrisk.simulator import SimulatedCompany
from churnrisk.simulator.lives import Lives
from churnrisk.simulator.population import account_ids
from churnrisk.simulator.spells import Exits
from churnrisk.simulator.state import engagement, live
from churnrisk.simulator.timeline import Timeline

START, WEEKS = day("2024-01-01"), 104
END = pd.Timestamp(START) + pd.Timedelta(weeks=WEEKS)


def churns_of(company: SimulatedCompany) -> pd.DataFrame:
    """Every known churn: `account_id` and the day `ended_on` on which no paid subscription of the account goes on."""
    paid = company.tables["subscriptions"].query("not is_trial")
    ends = paid[["account_id", "ended_on"]].dropna().drop_duplicates()
    pairs = ends.merge(paid, on="account_id", suffixes=("", "_other"))
    goes_on = (pairs["started_on"] <= pairs["ended_on"]) & ~(pairs["ended_on_other"] <= pairs["ended_on"])
    still_there = pairs[goes_on][["account_id", "ended_on"]].drop_duplicates().assign(still_there=True)
    return ends.merge(still_there, how="left").query("still_there.isna()")[["account_id", "ended_on"]]


def outcomes(company: SimulatedCompany) -> pd.DataFrame:
    """The truth with what came of it: `churned` within [as_of + 14, as_of + 104), for windows that have closed."""
    rows = company.truth[company.truth["as_of"] + pd.Timedelta(days=104 + 7) <= END]
    ends = rows.reset_index().merge(churns_of(company), on="account_id")
    gap = (ends["ended_on"] - ends["as_of"]).dt.days
    hit = np.zeros(len(company.truth), bool)
    hit[ends.loc[(gap >= 14) & (gap < 104), "index"]] = True
    return rows.assign(churned=hit[rows.index])


def lives_of(spells: pd.DataFrame, time: Timeline, rng: np.random.Generator) -> tuple[Lives, Exits]:
    """What becomes of some spells, of one account each."""
    exits = Exits.of(spells, time)
    fate = live(spells, exits, time, rng)
    return Lives(spells, fate, engagement(spells, fate), account_ids(len(spells)), time), exits


@pytest.fixture(scope="session")
def company() -> SimulatedCompany:
    return simulator.simulate(accounts=1500, start=START, weeks=WEEKS, seed=7)
