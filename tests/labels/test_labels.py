"""Did they churn? Each case is a small table of subscriptions and the label that is expected on one date."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import Day, LabelWindow
from churnrisk.labels import label as labelling
from churnrisk.labels.label import NO_LABEL, counts, label
from churnrisk.labels.meanings import Logo
from churnrisk.rules import Rule, Rules

from ..tables import ledger

AS_OF = Day("2025-03-10")
WINDOW = LabelWindow(lead_days=14, horizon_days=90, reporting_lag_days=7)
MATURES = WINDOW.matures(AS_OF)

CHURNED, STAYED, UNKNOWN = 1.0, 0.0, None

CASES = {
    "stays": ("started_on\n2024-01-01", STAYED),
    "churns in the window": ("started_on ended_on\n2024-01-01 2025-05-01", CHURNED),
    "churns on its first day": ("started_on ended_on\n2024-01-01 2025-03-24", CHURNED),
    "churns the day before it": ("started_on ended_on\n2024-01-01 2025-03-23", UNKNOWN),
    "churns on its last day": ("started_on ended_on\n2024-01-01 2025-06-21", CHURNED),
    "churns the day after it": ("started_on ended_on\n2024-01-01 2025-06-22", STAYED),
    "churns, and is entered within the reporting lag": (
        "started_on ended_on end_known_at\n2024-01-01 2025-06-21 2025-06-27",
        CHURNED,
    ),
    "churns, and is entered after it": ("started_on ended_on end_known_at\n2024-01-01 2025-06-21 2025-06-29", STAYED),
    "had churned already, as was entered later": (
        "started_on ended_on end_known_at\n2024-01-01 2025-03-01 2025-03-20",
        UNKNOWN,
    ),
    "moves to another plan": ("started_on ended_on\n2024-01-01 2025-05-01\n2025-05-01 -", STAYED),
    "ends one of two": ("started_on ended_on\n2024-01-01 2025-05-01\n2024-06-01 -", STAYED),
    "churns and comes back": ("started_on ended_on\n2024-01-01 2025-05-01\n2025-06-01 -", CHURNED),
    "comes back before the date": ("started_on ended_on\n2023-01-01 2024-01-01\n2024-06-01 -", STAYED),
    "a term ends as planned inside the window": ("started_on planned_end_on\n2024-09-01 2025-05-01", UNKNOWN),
    "a term is over, and it renews by itself": (
        "started_on planned_end_on auto_renew\n2024-02-01 2025-02-01 true",
        STAYED,
    ),
    "renews by itself, and churns after all": (
        "started_on planned_end_on ended_on auto_renew\n2024-02-01 2025-02-01 2025-05-01 true",
        CHURNED,
    ),
    "a term is over, and it does not renew": (
        "started_on planned_end_on auto_renew\n2024-02-01 2025-02-01 false",
        UNKNOWN,
    ),
    "a term is cut short": ("started_on planned_end_on ended_on\n2024-09-01 2025-12-01 2025-05-01", CHURNED),
}


def labels(subscriptions: str, covered_until: Day = MATURES) -> pd.DataFrame:
    header, *lines = subscriptions.splitlines()
    text = "\n".join([f"account_id {header}", *(f"a {line}" for line in lines)])
    return label(pd.DataFrame({"account_id": ["a"]}), AS_OF, WINDOW, Logo(ledger("subscriptions", text)), covered_until)


@pytest.mark.parametrize("case", CASES)
def test_who_churned_in_the_window(case):
    subscriptions, expected = CASES[case]
    assert labels(subscriptions)["label"].replace({np.nan: None}).tolist() == [expected]


@pytest.mark.parametrize("subscriptions", ["started_on\n2024-01-01", "started_on ended_on\n2024-01-01 2025-05-01"])
def test_a_window_that_is_not_over_has_no_label(subscriptions):
    assert labels(subscriptions, MATURES - 1)["label"].isna().all()
    assert labels(subscriptions, MATURES)["label"].notna().all()


def test_a_rule_that_is_added_is_asked_and_not_dropped(monkeypatch):
    whim = Rule("on a whim", "no label this week", lambda each: np.ones(len(each.churns), bool))
    monkeypatch.setattr(labelling, "NO_LABEL", Rules([*NO_LABEL, whim]))
    rows = labels("started_on\n2024-01-01")
    assert rows["rule"].tolist() == ["on a whim"]
    assert rows["label"].isna().all()


def test_churn_that_came_too_late_to_act_on_is_counted():
    late = labels("started_on ended_on\n2024-01-01 2025-03-15")
    in_time = labels("started_on ended_on\n2024-01-01 2025-05-01")
    assert [each.model_dump(mode="json") for each in counts(pd.concat([late, in_time]))] == [
        {
            "horizon_days": 90,
            "snapshots": 2,
            "mature": 1,
            "churned": 1,
            "without_label": {"too late": 1, "ends as planned": 0, "not known": 0, "immature": 0},
            "last_mature_as_of": "2025-03-10",
        }
    ]
