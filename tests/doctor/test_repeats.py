"""What is proposed to a shop: repeated purchases as steps, what is activity, and a test for which there is room."""

import pandas as pd
import pytest

from churnrisk.clock import Day, days
from churnrisk.doctor import proposal
from churnrisk.doctor.history import room
from churnrisk.doctor.proposal import as_yaml, propose
from churnrisk.doctor.repeats import Together, activity
from churnrisk.params import Params
from churnrisk.rollup.build import rollup
from churnrisk.store.catalogue.conform import TABLE
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import write_table

from .. import company
from ..feeds.files import full

START = pd.Timestamp("2025-01-06")
CUSTOMERS = 40


def settings(churn: dict | None = None, first_as_of: str = "2025-03-03", **folds) -> Params:
    content = company.root_params()
    content["clock"] |= {"first_as_of": first_as_of}
    content["churn"] |= {"lead_days": 0, "horizon_days": 60, "ladder_days": [60]} | (churn or {})
    content["folds"] |= folds
    return Params.model_validate(content)


INACTIVITY = {"kind": "inactivity", "inactive_days": 60}


@pytest.fixture
def shop(tmp_path, monkeypatch) -> Workspace:
    """Forty customers who come one a day: a quarter buys a second time after 20 days, nobody a third time.

    Each order has three lines; some days bring returns. Usage ends after 300 days.
    """
    monkeypatch.setattr(proposal, "_FEWEST", 5)
    rows = []
    for number in range(CUSTOMERS):
        came = 1 + number
        bought = [came, came + 20] if number % 4 == 0 else [came]
        rows += [(number, day, "order", 1.0) for day in bought] + [(number, day, "line", 3.0) for day in bought]
        rows += [(number, came + 5, "return", 1.0)] if number % 2 else []
    rows.append((0, 299, "order", 1.0))
    usage = pd.DataFrame(rows, columns=["account_id", "day", "event", "quantity"])
    usage["account_id"] = "c" + usage["account_id"].astype(str)
    usage["day"] = START + pd.to_timedelta(usage["day"], unit="D")
    usage = usage.assign(user_id=None, known_at=usage["day"]).astype({"user_id": "str"})
    workspace = Workspace(tmp_path)
    write_table(usage, workspace.tables / "usage" / "2025-01.parquet")
    rollup(workspace)
    firsts = usage.groupby("account_id", as_index=False)["day"].min()
    sold = pd.DataFrame(
        {"subscription_id": firsts["account_id"], "account_id": firsts["account_id"], "started_on": firsts["day"]}
    )
    TABLE["subscriptions"].write(full("subscriptions", sold.assign(known_at=sold["started_on"])), workspace)
    return workspace


def test_the_second_purchase_is_a_step_where_the_first_is_how_customers_come(shop):
    steps = propose(shop, settings(INACTIVITY)).features["milestones"]
    assert steps == {"second_order": {"event": "order", "times": 2, "target_days": 20}}


def test_what_is_done_on_the_way_out_or_on_the_same_days_is_no_activity(shop):
    found = propose(shop, settings(INACTIVITY))
    assert found.churn == {"activity_events": ["order"]}
    assert "kind" not in found.why


def test_what_the_params_say_already_is_not_proposed(shop):
    assert propose(shop, settings(INACTIVITY | {"activity_events": ["order"]})).churn == {}


def test_churn_is_inactivity_where_no_subscription_ever_ended(shop):
    found = propose(shop, settings({"horizon_days": 90}))
    assert found.churn["kind"] == "inactivity"
    assert found.churn["inactive_days"] in (30, 60)
    printed = as_yaml(found)
    assert "churn:\n  kind: inactivity  # no subscription has ended" in printed
    # The printed values are ones that the params take.
    settings(found.churn)


def test_churn_stays_what_it_is_where_subscriptions_end(shop):
    sold = TABLE["subscriptions"].read(shop)
    sold.loc[0, "ended_on"] = pd.Timestamp("2025-06-01")
    TABLE["subscriptions"].write(sold, shop)
    assert propose(shop, settings()).churn == {}


ALIVE = {  # event: days and quantity; pairs: days together
    "lines go with their order": ({"order": (9, 9), "line": (9, 30)}, {("line", "order"): 9}, ["order"]),
    "visits are more than orders": ({"visit": (30, 90), "order": (9, 9)}, {("order", "visit"): 9}, ["visit"]),
    "orders without a visit count too": ({"visit": (30, 90), "order": (9, 9)}, {("order", "visit"): 8}, []),
    "a refund is on the way out": ({"visit": (9, 9), "refund": (9, 9)}, {}, ["visit"]),
    "a returning visitor is not": ({"visit": (9, 9), "comes back": (5, 9)}, {}, []),
}


@pytest.mark.parametrize(("events", "both", "expected"), ALIVE.values(), ids=ALIVE)
def test_activity(events, both, expected):
    pairs = {(each, each): count for each, (count, _) in events.items()} | both
    seen = Together(pairs, {each: float(quantity) for each, (_, quantity) in events.items()})
    assert activity(list(events), seen) == expected


ROOM = [  # days of dates and usage, horizon and test asked for, silence that is churn; horizon and test weeks that fit
    (400, 60, None, (60, 13)),
    (204, 60, None, (60, 4)),
    (141, 60, None, (60, 1)),
    (140, 60, None, (45, 2)),
    (140, 60, 60, (60, 0)),
    (60, 60, None, (14, 1)),
    (40, 60, None, (60, 0)),
]


@pytest.mark.parametrize(("span", "horizon", "inactive", "expected"), ROOM)
def test_the_room_for_a_horizon_and_a_test(span, horizon, inactive, expected):
    params = settings({"horizon_days": horizon, "ladder_days": [horizon], "reporting_lag_days": 0})
    fits = room(params, Day("2025-03-03") + days(span - 1), inactive)
    assert (fits.horizon_days, fits.test_weeks) == expected


@pytest.mark.parametrize(
    ("first_as_of", "weeks", "churn", "folds"),
    [
        ("2025-03-03", 13, {}, {"test_weeks": 5}),
        ("2025-03-03", 4, {}, {}),
        ("2025-07-28", 4, {"horizon_days": 30}, {"test_weeks": 1}),
        ("2025-10-20", 4, {}, {"test_weeks": None}),
    ],
)
def test_a_short_history_gets_a_shorter_test_and_horizon(shop, first_as_of, weeks, churn, folds):
    sold = TABLE["subscriptions"].read(shop)
    sold.loc[0, "ended_on"] = pd.Timestamp("2025-06-01")
    TABLE["subscriptions"].write(sold, shop)
    found = propose(shop, settings({"reporting_lag_days": 0}, first_as_of, test_weeks=weeks))
    assert (found.churn, found.folds) == (churn, folds)
    assert ("# no test fits" in as_yaml(found)) == (folds == {"test_weeks": None})


def test_without_labels_it_says_how_to_have_the_proposal_measured(shop):
    assert as_yaml(propose(shop, settings())).endswith("# not measured yet: run `dvc repro label` and propose again")
