"""Invoices, tickets, surveys and touchpoints: what an account that will leave shows there."""

import pandas as pd

from churnrisk.simulator import SimulatedCompany

from .conftest import churns_of


def is_leaver(company: SimulatedCompany, rows: pd.DataFrame, on: str) -> pd.Series:
    """Does the row's account churn within 90 days of it?"""
    pairs = rows.reset_index()[["index", "account_id", on]].merge(churns_of(company), on="account_id")
    gap = (pairs["ended_on"] - pairs[on]).dt.days
    return pd.Series(rows.index.isin(pairs.loc[(gap >= 0) & (gap < 90), "index"]), rows.index)


def test_invoices_cover_every_paid_month_of_a_subscription_once(company: SimulatedCompany) -> None:
    invoices = company.tables["invoices"]
    assert not invoices.duplicated(["account_id", "issued_on", "amount"]).any()
    paid = company.tables["subscriptions"].query("not is_trial")
    closed = paid[~paid["account_id"].duplicated(keep=False)].query("term_months == 1 and ended_on.notna()")
    count = invoices.groupby("account_id").size().reindex(closed["account_id"]).to_numpy()
    days = (closed["ended_on"] - closed["started_on"]).dt.days.to_numpy()
    assert (abs(count - days / 30.44) < 1.2).all()


def test_leavers_pay_later_and_some_invoices_are_never_paid(company: SimulatedCompany) -> None:
    invoices = company.tables["invoices"]
    invoices = invoices[invoices["due_on"] < "2025-08-01"]
    days_late = (invoices["paid_on"] - invoices["due_on"]).dt.days
    leaver = is_leaver(company, invoices, "issued_on")
    assert (days_late[~leaver] > 0).mean() < 0.35 < (days_late[leaver] > 0).mean()
    assert 0.002 < invoices["paid_on"].isna().mean() < 0.05
    assert invoices["paid_on"].isna()[leaver].mean() > 2 * invoices["paid_on"].isna()[~leaver].mean()


def test_tickets_have_all_severities_and_leavers_complain_more_and_rate_lower(company: SimulatedCompany) -> None:
    tickets = company.tables["tickets"]
    leaver = is_leaver(company, tickets, "opened_at")
    assert set(tickets["severity"]) == {1, 2, 3, 4}
    complaint = tickets["kind"] == "complaint"
    assert complaint[leaver].mean() > 1.5 * complaint[~leaver].mean()
    assert tickets["satisfaction"][leaver].mean() < tickets["satisfaction"][~leaver].mean() - 0.4
    assert 0.2 < tickets["satisfaction"].notna().mean() < 0.5
    assert tickets["closed_at"].isna().any()


def test_some_tickets_are_entered_late_and_closed_only_after_that(company: SimulatedCompany) -> None:
    tickets = company.tables["tickets"]
    late = tickets[tickets["known_at"].notna()]
    assert 0.01 < len(late) / len(tickets) < 0.05
    assert (late["known_at"] > late["opened_at"]).all()
    assert not (late["closed_at"] < late["known_at"]).any()


def test_many_surveys_stay_unanswered_and_leavers_answer_less_and_score_lower(company: SimulatedCompany) -> None:
    surveys = company.tables["surveys"]
    leaver = is_leaver(company, surveys, "sent_on")
    answered = surveys["answered_on"].notna()
    assert (answered == surveys["score"].notna()).all()
    assert 0.35 < answered.mean() < 0.65
    assert answered[leaver].mean() < 0.8 * answered[~leaver].mean()
    assert surveys["score"][leaver].mean() < surveys["score"][~leaver].mean() - 1
    assert surveys["score"].between(0, 10).sum() == answered.sum()


def test_leavers_take_part_less_and_large_accounts_have_reviews(company: SimulatedCompany) -> None:
    contacts = company.tables["touchpoints"]
    leaver = is_leaver(company, contacts, "happened_at")
    assert contacts["answered"][leaver].mean() < 0.7 * contacts["answered"][~leaver].mean()
    segment = contacts["account_id"].map(company.tables["accounts"].set_index("account_id")["segment"])
    reviews = contacts[contacts["kind"] == "qbr"]
    assert set(contacts["kind"]) == {"email", "call", "meeting", "qbr"}
    assert "small" not in set(segment[reviews.index])
