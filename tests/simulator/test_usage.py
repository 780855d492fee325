import numpy as np
import pandas as pd

from churnrisk.simulator import SimulatedCompany

EVENTS = {
    "login",
    "dashboard_viewed",
    "report_created",
    "export_run",
    "comment_added",
    "invite_sent",
    "integration_synced",
    "automation_run",
    "api_call",
    "help_article_viewed",
    "training_attended",
    "mobile_opened",
}
MACHINES = {"integration_synced", "automation_run", "api_call"}


def per_day(company: SimulatedCompany) -> pd.Series:
    """Rows by people on each day."""
    usage = company.tables["usage"]
    return usage[usage["user_id"].notna()].groupby("day").size()


def test_every_event_is_there_and_only_machines_have_no_user(company: SimulatedCompany) -> None:
    usage = company.tables["usage"]
    assert set(usage["event"]) == EVENTS
    assert set(usage.loc[usage["user_id"].isna(), "event"]) == MACHINES
    assert usage.loc[usage["user_id"].notna(), "event"].isin(EVENTS - MACHINES).all()
    assert (usage["quantity"] >= 1).all()


def test_there_is_a_million_rows_or_two(company: SimulatedCompany) -> None:
    assert 1_000_000 < len(company.tables["usage"]) < 2_500_000


def test_weekends_are_quiet(company: SimulatedCompany) -> None:
    days = per_day(company)
    assert days[days.index.dayofweek >= 5].mean() < 0.2 * days[days.index.dayofweek < 5].mean()


def test_summer_christmas_and_holidays_are_low_and_the_company_grows(company: SimulatedCompany) -> None:
    days = per_day(company)
    workdays = days[days.index.dayofweek < 5]
    mean = {month: workdays.loc[month].mean() for month in ["2024-06", "2024-08", "2024-10", "2025-10"]}
    assert mean["2024-08"] < 0.97 * mean["2024-06"]
    assert mean["2024-10"] > mean["2024-08"]
    assert mean["2025-10"] > 1.1 * mean["2024-10"]
    assert workdays.loc["2024-12-23":"2024-12-31"].mean() < 0.6 * workdays.loc["2024-12-02":"2024-12-13"].mean()
    assert workdays["2025-05-01"] < 0.75 * workdays["2025-05-07"]


def test_usage_lies_within_a_subscription(company: SimulatedCompany) -> None:
    # a subscription may be entered up to ten days late, so the newest are not in the tables yet
    usage = company.tables["usage"].query("day < '2025-12-18'")[["account_id", "day"]].drop_duplicates()
    rows = usage.merge(company.tables["subscriptions"], on="account_id")
    inside = rows[(rows["started_on"] <= rows["day"]) & ~(rows["ended_on"] <= rows["day"])]
    assert len(inside[["account_id", "day"]].drop_duplicates()) == len(usage)


def test_a_few_rows_come_in_up_to_three_days_late_for_a_few_accounts(company: SimulatedCompany) -> None:
    usage = company.tables["usage"]
    late = usage[usage["known_at"].notna()]
    assert 0.002 < len(late) / len(usage) < 0.012
    assert late["account_id"].nunique() < 0.05 * usage["account_id"].nunique()
    assert set((late["known_at"] - late["day"]).dt.days) == {1, 2, 3}


def test_users_come_and_go_and_some_seats_stay_empty(company: SimulatedCompany) -> None:
    usage = company.tables["usage"].query("user_id.notna()")
    span = usage.groupby("user_id")["day"].agg(["min", "max"])
    old = usage[usage["account_id"] < "A000400"]["user_id"].unique()
    assert (span.loc[old, "min"] > "2024-06-01").mean() > 0.1
    assert (span.loc[old, "max"] < "2025-06-01").mean() > 0.1
    month = usage[usage["day"].between("2025-05-01", "2025-05-28")].groupby("account_id")["user_id"].nunique()
    running = company.tables["subscriptions"].query("ended_on.isna() and not is_trial")
    share = (month / running.groupby("account_id")["seats"].first()).dropna()
    assert 0.5 < share.median() < 1


def test_most_accounts_create_a_report_in_two_weeks_and_those_with_few_churn_more_often(
    company: SimulatedCompany,
) -> None:
    subscriptions = company.tables["subscriptions"]
    opens = subscriptions.groupby("account_id")["started_on"].min()
    new = opens[(opens >= "2024-01-01") & (opens < "2025-06-01")]
    usage = company.tables["usage"].query("user_id.notna()")
    age = (usage["day"] - usage["account_id"].map(opens)).dt.days
    early = usage[age < 28]
    reported = early[early["event"] == "report_created"].query("account_id in @new.index")
    within = age.loc[reported.index].groupby(reported["account_id"]).min()
    assert 0.5 < (within <= 14).reindex(new.index, fill_value=False).mean() < 0.95
    reports = reported.groupby("account_id").size().reindex(new.index, fill_value=0)
    churned = ~new.index.isin(subscriptions.query("ended_on.isna()")["account_id"])
    lowest, highest = reports <= reports.quantile(0.3), reports >= reports.quantile(0.7)
    assert churned[lowest].mean() > 1.3 * churned[highest].mean()


def test_rows_are_sorted_by_day_and_account(company: SimulatedCompany) -> None:
    usage = company.tables["usage"]
    day, account = usage["day"].to_numpy(), usage["account_id"].str[1:].astype(int).to_numpy()
    assert (np.diff(day.astype("M8[D]").astype(int) * 10_000 + account) >= 0).all()
