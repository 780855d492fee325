"""Who is still there: by hand, against a naive twin, and by the rules of who counts from when."""

import numpy as np
import pandas as pd
import pytest

from churnrisk.behaviours.cohorts import cohorts, still_there
from churnrisk.clock import day

from ..company import load
from ..tables import rows
from .company import write, write_tables

UNTIL = day("2025-06-02")


def naive(days: np.ndarray, left: np.ndarray, age: int) -> float:
    """Kaplan and Meier day by day."""
    share = 1.0
    for now in range(age):
        here = (days >= now).sum()
        share *= 1 - ((days == now) & left).sum() / here if here else 1
    return share


@pytest.mark.parametrize("seed", range(5))
def test_the_estimate_is_that_of_a_naive_twin(seed):
    random = np.random.default_rng(seed)
    days, left = random.integers(1, 400, 200).astype(float), random.random(200) < 0.6
    for age in (30, 91, 182, 273):
        result = still_there(days, left, age)
        assert result.share == pytest.approx(naive(days, left, age))
        assert result.low <= result.share <= result.high


def test_a_share_that_too_few_were_watched_for_is_not_given():
    days = np.append(np.full(9, 100.0), np.full(20, 10.0))
    assert still_there(days, np.zeros(29, bool), 91) is None
    assert still_there(np.append(days, 100.0), np.zeros(30, bool), 91).share == 1
    assert still_there(days, np.append(np.zeros(9, bool), np.ones(20, bool)), 91).share == pytest.approx(9 / 29)
    assert still_there(np.zeros(0), np.zeros(0, bool), 91) is None


def shares(workspace, **changes) -> dict[str, tuple[int, list[float | None]]]:
    params = load(workspace)
    params = params.model_copy(
        update={name: getattr(params, name).model_copy(update=given) for name, given in changes.items()}
    )
    made = cohorts(workspace, params, UNTIL)
    return {
        each.name: (each.began, [None if share is None else round(share.share, 3) for share in each.shares])
        for each in (*made.by_start, *made.by_source)
    }


STORIES = {
    "one left in the second quarter": (
        "a 2024-01-01 -          false\nb 2024-01-01 2024-05-01 false",
        {"Q1 2024": (2, [1.0, 0.5, 0.5, 0.5, 0.5])},
    ),
    "a planned end is not leaving": (
        "a 2024-01-01 -          false\nb 2024-01-01 2024-05-01 planned",
        {"Q1 2024": (2, [1.0, None, None, None, None])},
    ),
    "a trial that was not converted never began": (
        "a 2024-01-01 -          false\nb 2024-01-01 2024-05-01 trial",
        {"Q1 2024": (1, [1.0, 1.0, 1.0, 1.0, 1.0])},
    ),
    "who returns begins again": (
        "a 2024-01-01 2024-03-01 false\na 2024-09-01 -          false",
        {"Q1 2024": (1, [0.0, 0.0, 0.0, 0.0, 0.0]), "Q3 2024": (1, [1.0, 1.0, None, None, None])},
    ),
    "internal accounts are left out": (
        "a 2024-01-01 -          false\ninternal 2024-01-01 2024-02-01 false",
        {"Q1 2024": (1, [1.0, 1.0, 1.0, 1.0, 1.0])},
    ),
    "what begins later is not known yet": ("a 2025-06-01 - false", {}),
}


@pytest.mark.parametrize("story", STORIES)
def test_by_start(tmp_path, story):
    text, expected = STORIES[story]
    bought = pd.DataFrame([line.split() for line in text.splitlines()], columns=["who", "start", "end", "kind"])
    planned = bought["end"].where(bought["kind"].isin(["planned", "trial"]), "-")
    ended = bought["end"].where(bought["kind"] != "planned", "-")
    lines = [
        f"{who} {start} {end} {plan} {kind == 'trial'}"
        for who, start, end, plan, kind in zip(
            bought["who"], bought["start"], ended, planned, bought["kind"], strict=True
        )
    ]
    sold = rows("subscriptions", "\n".join(["account_id started_on ended_on planned_end_on is_trial", *lines]))
    people = [f"{who} 2023-12-01 {who == 'internal'} ads" for who in sorted(set(bought["who"]))]
    accounts = rows("accounts", "\n".join(["account_id created_on is_internal acquisition", *people]))
    workspace = write(tmp_path)
    write_tables(workspace, accounts, sold)
    result = shares(workspace)
    assert {name: value for name, value in result.items() if name.startswith("Q")} == expected


def test_by_source_the_largest_first_and_who_is_not_given_left_out(tmp_path):
    result = shares(write(tmp_path))
    assert list(result) == ["Q1 2023", "partner"]
    assert result["partner"][0] == 20
    assert result["Q1 2023"] == (30, [1.0] * 4 + [0.5] * 5)


def test_what_is_not_certain_yet_is_not_counted(tmp_path):
    """They began 882 days, nine quarters and some, before what is covered ends; 70 days of lag take a quarter away."""
    workspace = write(tmp_path)
    usual, late = (len(shares(workspace, churn={"reporting_lag_days": lag})["partner"][1]) for lag in (0, 70))
    assert (usual, late) == (9, 9 - 1)


def test_where_people_come_and_go_there_is_who_was_active_lately(tmp_path):
    workspace = write(tmp_path)
    write_tables(
        workspace,
        rows("accounts", "account_id created_on\na 2024-01-01\nb 2024-01-01"),
        rows("subscriptions", "account_id started_on\na 2024-01-01\nb 2024-01-01"),
    )
    # 30 days before an age of 91 days are 2 to 31 March 2024 or so; b comes back half a year later.
    days = [("a", "2024-03-20"), ("b", "2024-02-01"), ("a", "2024-06-20"), ("b", "2024-06-20"), ("b", "2024-12-20")]
    usage = pd.DataFrame(days, columns=["account_id", "day"]).assign(event="visit", quantity=1.0)
    usage["day"] = usage["day"].astype("M8[us]")
    (workspace.usage / "daily").mkdir(parents=True)
    usage.assign(known_on=usage["day"]).to_parquet(workspace.usage / "daily" / "day.parquet", index=False)
    inactive = {"kind": "inactivity", "inactive_days": 30}
    assert shares(workspace, churn=inactive)["Q1 2024"] == (2, [0.5, 1.0, 0.0, 0.5, 0.0])
