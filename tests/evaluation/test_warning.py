"""How early lists would have warned, as small tables: accounts by date, and when they churned."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.evaluation.warning import early_warning

DATES = ["2025-01-06", "2025-02-03", "2025-03-03"]
"""Four accounts on three dates; a list of a quarter holds one of them."""


def backtest(first: dict[str, str], churned: dict[str, str]) -> pd.DataFrame:
    """`first` says who is at the top of which date; `churned` who churned when."""
    rows = [
        {"account_id": account, "as_of": pd.Timestamp(date), "probability": 0.9 if first.get(date) == account else 0.1}
        for date in DATES
        for account in "abcd"
    ]
    frame = pd.DataFrame(rows)
    return frame.assign(churned_on=pd.to_datetime(frame["account_id"].map(churned)))


@pytest.mark.parametrize(
    ("first", "churned", "days", "expected"),
    [
        # On the list 54 days before, and not 82 days before.
        (dict(zip(DATES, "bab", strict=True)), {"a": "2025-03-29"}, 30, (1, 1)),
        (dict(zip(DATES, "bab", strict=True)), {"a": "2025-03-29"}, 60, (1, 0)),
        # On the list of the first date alone, which counts for every later number of days.
        (dict(zip(DATES, "abb", strict=True)), {"a": "2025-03-29"}, 30, (1, 1)),
        # 82 days before is the earliest that it was watched.
        (dict(zip(DATES, "aaa", strict=True)), {"a": "2025-03-29"}, 90, (0, 0)),
        # Exactly so many days before is early enough.
        (dict(zip(DATES, "bba", strict=True)), {"a": "2025-04-02"}, 30, (1, 1)),
        (dict(zip(DATES, "bba", strict=True)), {"a": "2025-04-01"}, 30, (1, 0)),
        # Two churn; one is warned of.
        (dict(zip(DATES, "aaa", strict=True)), {"a": "2025-04-02", "b": "2025-04-02"}, 30, (2, 1)),
        ({}, {}, 30, (0, 0)),
    ],
)
def test_who_was_warned_of_in_time(first, churned, days, expected):
    (row,) = early_warning(backtest(first, churned), shares=[0.25], days_before=[days]).to_dict("records")
    assert (row["churned"], row["warned"]) == expected
    assert np.isnan(row["warned_share"]) == (expected[0] == 0)


def test_a_longer_list_and_a_later_day_warn_of_no_fewer():
    rng = np.random.default_rng(0)
    rows = pd.concat([backtest({}, {"a": "2025-05-01", "b": "2025-04-10"})] * 1, ignore_index=True)
    rows["probability"] = rng.random(len(rows))
    table = early_warning(rows).pivot(index="share", columns="days_before", values="warned")
    assert (table.diff().dropna() >= 0).all().all()
    assert (table.diff(axis=1).dropna(axis=1) <= 0).all().all()
