"""What must hold for any company."""

from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churnrisk.book.as_known import changes
from churnrisk.book.calendar import Calendar
from churnrisk.book.customers import members
from churnrisk.book.figures import PERIOD
from churnrisk.book.inputs import Inputs
from churnrisk.book.totals import Totals
from churnrisk.clock import LabelWindow, day, days
from churnrisk.cohort.cohort import cohort
from churnrisk.cohort.rules import Watch
from churnrisk.contract import TABLES
from churnrisk.past.tables.ledger import Ledger
from churnrisk.past.tables.standing import Standing
from churnrisk.past.tables.through_time import mrr_over_time, renewals_at

from .company import all_periods, made_company

FIRST = "2023-07-01"
NAMES = [each.name for each in fields(Totals) if each.name not in ("months", "knows_failed")]
companies = st.integers(0, 10_000).map(made_company)


def counts(totals: Totals) -> dict[str, np.ndarray]:
    return {name: getattr(totals, name) for name in NAMES}


def changed(company: Inputs, table: str, change) -> Inputs:
    """The same company with the rows of a table changed."""
    ledgers = dict(company.ledgers)
    ledgers[table] = Ledger(change(ledgers[table]._rows), TABLES[table])
    return replace(company, ledgers=ledgers)


@settings(max_examples=25, deadline=None)
@given(companies)
def test_segments_add_up_to_the_company(company: Inputs) -> None:
    _, by_part = all_periods(company, FIRST)
    _, alone = all_periods(changed(company, "accounts", lambda rows: rows.assign(segment=None)), FIRST)
    for name, values in counts(by_part.whole_company()).items():
        np.testing.assert_array_equal(values, counts(alone)[name], err_msg=name)


@settings(max_examples=25, deadline=None)
@given(companies)
def test_movements_lead_from_the_start_to_the_end(company: Inputs) -> None:
    _, t = all_periods(company, FIRST)
    np.testing.assert_array_equal(t.opening + t.won + t.returned - t.churned - t.completed, t.closing)
    up, down = t.won_mrr + t.returned_mrr + t.expansion, t.contraction + t.churned_mrr + t.completed_mrr
    np.testing.assert_array_equal(t.opening_mrr + up - down, t.closing_mrr)


@settings(max_examples=25, deadline=None)
@given(companies)
def test_months_add_up_to_quarters_and_years(company: Inputs) -> None:
    periods, totals = all_periods(company, FIRST)
    months = {each.start: at for at, each in enumerate(periods) if each.kind == "month"}
    for at, period in enumerate(periods):
        own = totals.rows([months[start] for start in range(period.start, period.stop)]).added_up()
        for name in ("opening", "closing", "opening_mrr", "closing_mrr"):
            np.testing.assert_array_equal(getattr(own, name)[0], getattr(totals, name)[at])
        up = own.won_mrr + own.returned_mrr + own.expansion
        down = own.contraction + own.churned_mrr + own.completed_mrr
        np.testing.assert_array_equal(own.opening_mrr + up - down, own.closing_mrr)


@settings(max_examples=25, deadline=None)
@given(companies)
def test_nrr_less_grr_is_the_expansion_share_and_retention_is_churn_turned_round(company: Inputs) -> None:
    _, totals = all_periods(company, FIRST)
    found = PERIOD.compute(totals)
    np.testing.assert_allclose(found["nrr"] - found["grr"], found["expansion_share"], atol=1e-12)
    np.testing.assert_allclose(1 - found["customer_churn_rate"], found["customer_retention_rate"], atol=1e-12)
    np.testing.assert_allclose(1 - found["gross_revenue_churn"], found["grr"], atol=1e-12)
    np.testing.assert_allclose(1 - found["net_revenue_churn"], found["nrr"], atol=1e-12)
    assert np.nanmin(np.append(found["grr"], 0)) >= 0
    assert np.nanmax(np.append(found["grr"], 0)) <= 1


@settings(max_examples=20, deadline=None)
@given(companies, st.integers(0, 10_000))
def test_names_of_accounts_and_the_order_of_rows_change_nothing(company: Inputs, seed: int) -> None:
    rng = np.random.default_rng(seed)
    ids = company.ledgers["accounts"]._rows["account_id"].unique()
    renamed = dict(zip(ids, rng.permutation([f"x{number}" for number in range(len(ids))]), strict=True))

    def other(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(account_id=rows["account_id"].map(renamed)).sample(frac=1, random_state=seed)

    unique = changed(company, "subscriptions", lambda rows: rows.drop_duplicates(["subscription_id", "known_at"]))
    _, before = all_periods(unique, FIRST)
    _, after = all_periods(changed(changed(unique, "accounts", other), "subscriptions", other), FIRST)
    for name, values in counts(before).items():
        np.testing.assert_array_equal(values, counts(after)[name], err_msg=name)


@settings(max_examples=20, deadline=None)
@given(companies, st.integers(0, 600))
def test_past_gives_one_answer_to_list_cohort_and_book(company: Inputs, after: int) -> None:
    date = day("2023-07-01") + after
    who = members(company.require("accounts", company.as_of))
    sold = company.sold(company.as_of)
    index = pd.Index(who["account_id"].to_numpy(object))
    standing = Standing.of(sold, date)
    contracts = standing.contracts().set_index("account_id").reindex(index)
    np.testing.assert_array_equal(
        np.rint(contracts["mrr"].fillna(0).to_numpy() * 10_000), mrr_over_time(sold, index, np.array([date]))[0]
    )
    np.testing.assert_array_equal(renewals_at(sold, index, date), contracts["renews_on"].to_numpy("M8[D]"))


@settings(max_examples=20, deadline=None)
@given(companies)
def test_who_is_a_customer_is_what_the_cohort_says(company: Inputs) -> None:
    as_of, window = company.as_of, LabelWindow(0, 30)
    ledgers = (company.ledgers[name] for name in ("accounts", "subscriptions"))
    rows = cohort(*ledgers, as_of, window, Watch(min_age_days=0, trials=False)).set_index("account_id")["rule"]
    who = members(company.require("accounts", as_of))
    customers = company.customers(who, np.array([as_of]), as_of)
    gone = {"not started", "in trial", "completed", "churned"}
    wanted = ~rows.reindex(who["account_id"]).isin(gone).to_numpy()
    np.testing.assert_array_equal(customers.there[0], wanted)


@settings(max_examples=20, deadline=None)
@given(companies, st.integers(1, 300))
def test_what_becomes_known_later_changes_nothing(company: Inputs, earlier: int) -> None:
    then = replace(company, as_of=company.as_of - days(earlier))
    _, whole = all_periods(then, FIRST)

    def forget(rows: pd.DataFrame) -> pd.DataFrame:
        rows = rows[rows["known_at"] < pd.Timestamp(then.as_of)].copy()
        late = rows["end_known_at"] >= pd.Timestamp(then.as_of)
        rows.loc[late, ["ended_on", "end_known_at"]] = pd.NaT
        return rows

    _, cut = all_periods(changed(then, "subscriptions", forget), FIRST)
    for name, values in counts(whole).items():
        np.testing.assert_array_equal(values, counts(cut)[name], err_msg=name)


@settings(max_examples=20, deadline=None)
@given(companies)
def test_a_month_as_it_was_known_is_the_month_computed_then(company: Inputs) -> None:
    calendar = Calendar.of(day(FIRST), company.as_of)
    periods, totals = all_periods(company, FIRST)
    months = [at for at, each in enumerate(periods) if each.kind == "month"]
    found = changes(company, calendar, totals.rows(months))
    assert len(found) == 6
    for change in found:
        then = replace(company, as_of=change.known_first)
        _, computed = all_periods(then, FIRST)
        last = [at for at, each in enumerate(all_periods(then, FIRST)[0]) if each.kind == "month"][-1]
        for name, values in counts(change.then).items():
            np.testing.assert_array_equal(values, counts(computed.whole_company())[name][[last]], err_msg=name)
        for name in ("opening_mrr", "closing_mrr"):
            gained = getattr(change.now, name) - getattr(change.then, name)
            assert int(gained.sum()) == sum(getattr(cause, name) for cause in change.causes)


@pytest.mark.parametrize("column", ["ended_on", "mrr"])
def test_the_random_companies_hold_what_they_should(column: str) -> None:
    rows = pd.concat([made_company(seed).ledgers["subscriptions"]._rows for seed in range(5)])
    assert rows[column].isna().any()
    assert rows["is_trial"].any()
    assert rows["is_paused"].any()
    assert rows.duplicated("subscription_id").any()
    assert (rows["end_known_at"] > rows["ended_on"]).any()
