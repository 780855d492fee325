"""Who is called, whose renewal is prepared, and why others are not on the list."""

import dataclasses
from io import StringIO

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churnrisk.risk_list.groups import NOT_LISTED, TO_CALL, Limits, grouped

LIMITS = Limits(
    rank_by="value_at_risk", length=9, call_from=2.0, keep_from_share=0.75, prepare_days=60, prepare_share=0
)

EVERYBODY = """
    account owner probability arr  days known
    high    Ana   0.40        100  -    yes
    richer  Ben   0.30        900  5    yes
    kept    Ana   0.16        100  -    yes
    near    Ana   0.02        100  20   yes
    nearer  Ben   0.01        10   5    yes
    far     Ben   0.03        100  61   yes
    unknown Ana   0.01        100  -    no
"""  # the average is 0.133, so the floor is 0.266, and three quarters of it are 0.2


def everybody(text: str = EVERYBODY) -> pd.DataFrame:
    rows = pd.read_csv(StringIO(text), sep=r"\s+", na_values=["-"])
    rows = rows.rename(columns={"account": "account_id", "days": "decides_in"})
    rows["is_known"] = rows.pop("known") == "yes"
    return rows.assign(value_at_risk=rows["probability"] * rows["arr"])


def said(rows: pd.DataFrame) -> str:
    groups = rows[rows["group"] != NOT_LISTED].groupby("group")["account_id"].agg(" ".join)
    return " | ".join(groups.get(name, "") for name in ("to_call", "to_prepare"))


CASES = {
    "twice the average": ({}, (), "richer high | nearer near"),
    "a probability": ({"call_from": 0.35}, (), "high | richer nearer near"),
    "most likely first": ({"rank_by": "probability"}, (), "high richer | nearer near"),
    "was called, and is between the thresholds": ({"call_from": 0.2}, ["kept"], "richer high kept | nearer near"),
    "was called, and is below both": ({}, ["kept"], "richer high | nearer near"),
    "decides on the last of the days": ({"prepare_days": 61}, (), "richer high | nearer near far"),
    "nothing to prepare": ({"prepare_days": 0}, (), "richer high | "),
    "full with those to call": ({"length": 1}, (), "richer | "),
    "full with the renewal of most to lose": ({"length": 3}, (), "richer high | near"),
    "a share is kept for those to prepare": ({"length": 3, "prepare_share": 0.4}, (), "richer high | near"),
    "kept even from those to call": ({"length": 2, "prepare_share": 0.5}, (), "richer | near"),
    "a share that nobody needs": ({"length": 2, "prepare_share": 0.5, "prepare_days": 0}, (), "richer high | "),
    "more than the share where nobody is called": (
        {"call_from": 0.9, "prepare_share": 0.1},
        (),
        " | richer nearer near",
    ),
    "one an owner": ({"per_owner": 1}, (), "richer high | "),
    "half of an owner's accounts": ({"per_owner": 0.5}, (), "richer high | nearer near"),
    "no room": ({"length": 0}, (), " | "),
}


PLACES = {  # who was on the list before, and who is on it now that has two places; a newcomer counts three quarters
    "nobody was": ((), "richer high | "),
    "worth a little less than a newcomer": (["poorer"], "richer poorer | "),
    "worth far less than a newcomer": (["poor"], "richer high | "),
}


@pytest.mark.parametrize(("were_listed", "expected"), PLACES.values(), ids=PLACES)
def test_a_place_is_kept_from_who_is_worth_little_more(were_listed, expected):
    more = "poorer Ana 0.4 80 - yes\n poor Ana 0.4 70 - yes"
    rows = everybody(f"{EVERYBODY}{more}")
    limits = dataclasses.replace(LIMITS, length=2, call_from=0.25, prepare_days=0)
    assert said(grouped(rows, limits, were_listed=were_listed)) == expected


@pytest.mark.parametrize(("limits", "were_called", "expected"), CASES.values(), ids=CASES)
def test_groups(limits, were_called, expected):
    assert said(grouped(everybody(), dataclasses.replace(LIMITS, **limits), were_called)) == expected


def test_who_is_not_listed_is_told_why():
    why = grouped(everybody(), dataclasses.replace(LIMITS, length=1)).set_index("account_id")["why_not"]
    assert why.to_dict() == {
        "richer": "",
        "high": "risk of 40%, but the list is full",
        "nearer": "it decides soon, but the list is full",
        "near": "it decides soon, but the list is full",
        "kept": "low risk, 16%",
        "far": "low risk, 3%",
        "unknown": "too little is known of it to say",
    }


RISKS = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 300), st.sampled_from("AB")), min_size=1, max_size=30)


@given(RISKS, st.integers(0, 10), st.sampled_from([None, 0.4, 2.0]), st.randoms())
@settings(deadline=None)
def test_any_order_of_accounts_gives_the_same_list_within_its_limits(risks, length, per_owner, random):
    limits = dataclasses.replace(LIMITS, length=length, per_owner=per_owner)
    rows = pd.DataFrame(risks, columns=["probability", "decides_in", "owner"])
    rows = rows.assign(account_id=[f"a{n:02}" for n in range(len(rows))], arr=100.0, is_known=True)
    rows["value_at_risk"] = 100 * rows["probability"]
    made = grouped(rows, limits)
    shuffled = list(range(len(rows)))
    random.shuffle(shuffled)
    pd.testing.assert_frame_equal(grouped(rows.iloc[shuffled], limits), made)
    assert sorted(made["account_id"]) == sorted(rows["account_id"])
    on_it = made[made["group"] != NOT_LISTED]
    assert len(on_it) <= length
    assert (on_it.loc[on_it["group"] == TO_CALL, "probability"] >= limits.floor(rows)).all()
    if per_owner is not None:
        of_owner = rows["owner"].value_counts()
        for owner, own in on_it["owner"].value_counts().items():
            assert own <= (np.ceil(per_owner * of_owner[owner]) if per_owner < 1 else per_owner)
