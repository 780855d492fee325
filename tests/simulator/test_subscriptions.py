import numpy as np
import pandas as pd

from churnrisk.simulator import SimulatedCompany
from churnrisk.simulator.subscriptions import ACAUSAL_REASONS

from .conftest import START, churns_of

CHANGES = ["upgrade", "downgrade", "price change"]


def paid(company: SimulatedCompany) -> pd.DataFrame:
    """The paid subscriptions, without add-ons."""
    rows = company.tables["subscriptions"].query("not is_trial")
    return rows[~rows["plan"].str.startswith("Add-on")]


def reasons(company: SimulatedCompany) -> pd.Series:
    """The stated reasons of churns since the start; empty: none stated."""
    rows = paid(company).merge(churns_of(company), on=["account_id", "ended_on"])
    return rows.loc[rows["ended_on"] >= pd.Timestamp(START), "end_reason"]


def test_half_of_the_accounts_are_older_than_the_history_and_more_come_all_the_time(company: SimulatedCompany) -> None:
    created = company.tables["accounts"]["created_on"]
    assert (created < pd.Timestamp(START)).mean() == 0.5
    years = created.groupby(created.dt.year).size()
    assert years[2023] > years[2022]
    assert years[2025] > years[2024]


def test_some_trials_convert_and_some_do_not(company: SimulatedCompany) -> None:
    trials = company.tables["subscriptions"].query("is_trial and ended_on.notna()")
    assert (trials["ended_on"] == trials["planned_end_on"]).all()
    follows = trials.merge(paid(company), on="account_id", suffixes=("", "_paid"))
    converted = follows[follows["started_on_paid"] == follows["ended_on"]]["account_id"]
    stated = trials.set_index("account_id")["end_reason"]
    assert set(stated[stated == "converted"].index) == set(converted)
    assert 0.5 < (stated == "converted").mean() < 0.75


def test_every_term_plan_and_change_is_there(company: SimulatedCompany) -> None:
    rows = company.tables["subscriptions"]
    assert set(paid(company)["term_months"]) == {1, 3, 12, 24}
    assert {"Trial", "Starter", "Team", "Business", "Enterprise", "Add-on: Forecasting"} <= set(rows["plan"])
    assert set(CHANGES) <= set(rows["end_reason"])


def test_a_change_ends_one_subscription_and_starts_another_the_same_day_at_a_renewal(company: SimulatedCompany) -> None:
    changed = paid(company).query("end_reason in @CHANGES")
    next_one = paid(company)[["account_id", "started_on", "plan", "seats", "mrr", "term_months"]]
    same_day = {"left_on": ["account_id", "ended_on"], "right_on": ["account_id", "started_on"]}
    pairs = changed.merge(next_one, suffixes=("", "_next"), **same_day)
    assert len(pairs) == len(changed)
    assert (pairs["term_months"] == pairs["term_months_next"]).all()
    assert (pairs["started_on"].dt.day == pairs["ended_on"].dt.day).all()
    mrr = pairs["mrr_next"] / pairs["mrr"]
    assert (mrr[pairs["end_reason"] == "downgrade"] < 1).all()
    assert (mrr[pairs["end_reason"] != "downgrade"] > 1).all()


def test_contracts_end_mostly_at_the_end_of_a_term_and_months_at_any_time_of_year(company: SimulatedCompany) -> None:
    last = paid(company).merge(churns_of(company), on=["account_id", "ended_on"])
    last = last[~last["end_reason"].isin(ACAUSAL_REASONS)]
    by_term = last.groupby("term_months").apply(
        lambda rows: (rows["started_on"].dt.day == rows["ended_on"].dt.day).mean()
    )
    assert (by_term[[3, 12, 24]] == 1).all()
    assert by_term[1] > 0.7
    assert last.query("term_months == 12").eval("(ended_on.dt.month - started_on.dt.month) % 12 == 0").all()


def test_notice_comes_up_to_sixty_days_before_the_end_and_now_and_then_after_it(company: SimulatedCompany) -> None:
    rows = paid(company).merge(churns_of(company), on=["account_id", "ended_on"])
    notice = (rows["ended_on"] - rows["end_known_at"]).dt.days
    assert notice.between(-6, 60).all()
    assert 0.01 < (notice < 0).mean() < 0.10
    assert notice[rows["term_months"] >= 12].median() > 15


def test_one_churn_in_seven_has_a_reason_that_nothing_foretells(company: SimulatedCompany) -> None:
    assert 0.08 < reasons(company).isin(ACAUSAL_REASONS).mean() < 0.20
    assert reasons(company).isna().any()


def test_some_accounts_come_back_after_a_month_or_more(company: SimulatedCompany) -> None:
    later = paid(company).merge(churns_of(company), on="account_id", suffixes=("", "_churn"))
    gaps = (later["started_on"] - later["ended_on_churn"]).dt.days
    back = gaps[gaps >= 0]
    assert len(back) > 5
    assert back.min() >= 30


def test_accounts_that_went_bankrupt_stay_away(company: SimulatedCompany) -> None:
    bankrupt = paid(company).query("end_reason in @ACAUSAL_REASONS").groupby("account_id")["ended_on"].max()
    later = paid(company).merge(bankrupt.rename("bankrupt_on"), on="account_id")
    assert len(bankrupt) > 20
    assert (later["started_on"] < later["bankrupt_on"]).all()


def test_an_add_on_never_outlives_the_subscription_it_is_added_to(company: SimulatedCompany) -> None:
    rows = company.tables["subscriptions"]
    add_ons = rows[rows["plan"].str.startswith("Add-on")]
    main = paid(company).assign(until=lambda rows: rows["ended_on"].fillna(pd.Timestamp.max))
    until = main.groupby("account_id")["until"].max()[add_ons["account_id"]]
    assert (add_ons["ended_on"].fillna(pd.Timestamp.max).to_numpy() <= until.to_numpy()).all()
    assert add_ons["end_reason"].eq("add-on not needed").any()


def test_prices_follow_seats_and_plans(company: SimulatedCompany) -> None:
    rows = paid(company)
    a_seat = rows["mrr"] / rows["seats"]
    by_plan = a_seat.groupby(rows["plan"]).median()[["Starter", "Team", "Business", "Enterprise"]]
    assert by_plan.is_monotonic_increasing
    assert np.isfinite(a_seat).all()


def test_nobody_pauses(company: SimulatedCompany) -> None:
    assert not company.tables["subscriptions"]["is_paused"].any()
