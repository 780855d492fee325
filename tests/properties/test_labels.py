"""What must hold of cohort and labels in any company, for every meaning of leaving."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churnrisk.clock import LabelWindow
from churnrisk.cohort.rules import RULES
from churnrisk.labels.label import NO_LABEL

from .changes import cut_off, known_at_once
from .company import ORIGIN, TO_LABELS, Company, outcome
from .profile import some
from .strategies import DAYS, KINDS, companies, company_of

by_kind = pytest.mark.parametrize("kind", KINDS)


def gone_on(kind: str) -> Company:
    """An account that seems to leave on day 60, until it is heard that it went on."""
    goes_on = {"account_id": "account-0", "mrr": 100}
    subscriptions = [
        goes_on | {"subscription_id": "1", "started_on": -250, "ended_on": 60 if kind != "inactivity" else None},
        goes_on | {"subscription_id": "2", "started_on": 60, "known_at": 80},
    ]
    used = [{"account_id": "account-0", "event": "login", "day": day} for day in range(48, 105, 7)]
    usage = [row | {"known_at": max(row["day"], 90 if row["day"] > 48 else 0)} for row in used]
    accounts = [{"account_id": "account-0", "created_on": -300}]
    return company_of(kind, {"accounts": accounts, "subscriptions": subscriptions, "usage": usage})


def known_at_dates(company: Company) -> pd.DataFrame:
    """Every account known before a date, once a date."""
    accounts = company.tables["accounts"]
    known = [accounts.loc[accounts["known_at"] < day, ["account_id"]].assign(as_of=day) for day in company.dates]
    return pd.concat(known).drop_duplicates().sort_values(["as_of", "account_id"], ignore_index=True)


@some
@given(companies())
def test_everybody_known_is_watched_or_left_out_by_one_rule(company):
    found = outcome(company, TO_LABELS)
    both = pd.concat([found.watched, found.left_out])[["account_id", "as_of"]]
    both = both.sort_values(["as_of", "account_id"], ignore_index=True)
    pd.testing.assert_frame_equal(both, known_at_dates(company), check_dtype=False)
    assert set(found.left_out["rule"]) <= set(RULES.words)


@by_kind
@some
@given(st.data())
def test_every_snapshot_has_a_label_or_one_rule_why_not(kind, data):
    company, day = data.draw(companies(kind)), ORIGIN + pd.Timedelta(days=data.draw(st.integers(DAYS - 40, DAYS)))
    found = outcome(cut_off(company, day), TO_LABELS)
    labels = found.labels
    horizons = len(company.params.churn.horizons)
    assert labels["account_id"].tolist() == [each for each in found.watched["account_id"] for _ in range(horizons)]
    assert labels["label"].dropna().isin([0, 1]).all()
    assert (labels["label"].isna() == labels["rule"].isin(NO_LABEL.words)).all()
    assert (labels["label"].notna() == (labels["rule"] == "")).all()
    assert labels.loc[labels["matures_on"] > day, "label"].isna().all()


def by_horizon(company: Company) -> "pd.Series":
    """What a longer horizon's label has more than the next shorter one's, where both are mature."""
    labels = outcome(company, TO_LABELS).labels
    mature = labels.dropna(subset=["label"]).sort_values(["account_id", "as_of", "horizon_days"])
    return mature.groupby(["account_id", "as_of"])["label"].diff().dropna()


@by_kind
@some
@given(st.data())
def test_labels_never_decrease_with_the_horizon_where_news_is_prompt(kind, data):
    assert (by_horizon(known_at_once(data.draw(companies(kind)))) >= 0).all()


@by_kind
def test_each_horizon_is_judged_by_what_was_known_when_it_was_certain(kind):
    """By then it was known, or not yet, that the account continued."""
    assert (by_horizon(gone_on(kind)) < 0).any()
    assert (by_horizon(known_at_once(gone_on(kind))) >= 0).all()


@some
@given(companies("logo"))
def test_who_left_is_what_walking_over_single_days_says(company):
    found = outcome(company, TO_LABELS).labels
    found = found[found["rule"] != "immature"]
    subscriptions, churn = company.tables["subscriptions"], company.params.churn
    expected = [walked(subscriptions, churn.window(row.horizon_days), row) for row in found.itertuples()]
    assert expected == [row.rule or row.label for row in found.itertuples()]


def walked(subscriptions: pd.DataFrame, window: LabelWindow, row: Any) -> str | float:
    """The label of one snapshot, or the rule why there is none, by a plain walk from `as_of` on."""
    known = subscriptions[(subscriptions["account_id"] == row.account_id)]
    known = known[known["known_at"] < row.matures_on].sort_values("known_at")
    known = known.drop_duplicates("subscription_id", keep="last")
    if not (known["started_on"] < row.as_of).any():
        return "not known"
    cut = known["ended_on"].where(known["end_known_at"] < row.matures_on)
    planned = known["planned_end_on"]
    ends = cut.fillna(planned).fillna(pd.Timestamp.max)
    day = row.as_of
    while ((known["started_on"] <= day) & (ends > day)).any() and day < window.closes(row.as_of):
        day += pd.Timedelta(days=1)
    if day >= window.closes(row.as_of):
        return 0.0
    last = ends[ends <= day].max()
    at_last = ends == last
    cut_short = cut.notna() & (cut != planned)
    if not (at_last & cut_short).any() and (at_last & ~known["is_trial"].astype(bool)).any():
        return "ends as planned"
    return "too late" if day < window.opens(row.as_of) else 1.0
