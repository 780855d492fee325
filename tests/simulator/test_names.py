import numpy as np

from churnrisk.simulator import Company
from churnrisk.simulator.names import NASTY, companies, people
from churnrisk.simulator.population import accounts_table, sign_ups
from churnrisk.simulator.timeline import Timeline

from .conftest import START


def test_no_name_comes_twice_even_when_all_combinations_are_used_up() -> None:
    assert len(set(people(9_000, np.random.default_rng(1)))) == 9_000
    assert len(set(companies(["Europe"] * 60_000, np.random.default_rng(1)))) == 60_000


def test_nasty_names_are_on_accounts_that_a_list_of_risks_begins_with(company: Company) -> None:
    accounts = company.tables["accounts"].set_index("name")
    assert {"=cmd|' /C calc'!A0", "<script>alert(1)</script> GmbH", "O'Brien & Sons"} <= set(NASTY)
    newest = company.truth[company.truth["as_of"] == company.truth["as_of"].max()]
    mrr = company.tables["subscriptions"].query("ended_on.isna()").groupby("account_id")["mrr"].sum()
    at_risk = newest["churn_probability"] * newest["account_id"].map(mrr)
    rank = at_risk.rank(ascending=False).set_axis(newest["account_id"])
    assert (rank[accounts.loc[list(NASTY), "account_id"]] < 50).all()


def test_our_own_accounts_keep_plain_names_however_prominent_they_are() -> None:
    time, rng = Timeline(START, 30), np.random.default_rng(1)
    accounts = accounts_table(sign_ups(12, time, rng), np.arange(12), time, rng)
    ours = accounts["is_internal"]
    assert accounts.loc[ours, "name"].tolist() == ["Internal test 1", "Internal demo 1"]
    assert accounts.loc[~ours, "name"].tolist()[: len(NASTY)] == list(NASTY)


def test_owners_look_after_about_sixty_accounts_and_a_few_accounts_have_none(company: Company) -> None:
    owner = company.tables["accounts"]["owner"]
    assert 50 < owner.value_counts().mean() < 62
    assert 0 < owner.isna().mean() < 0.05
    assert owner.dropna().str.fullmatch(r"\w+ \w+").all()


def test_segments_industries_regions_and_own_accounts_are_there(company: Company) -> None:
    accounts = company.tables["accounts"]
    assert accounts["segment"].value_counts(normalize=True).index.tolist() == ["small", "mid", "enterprise"]
    assert accounts["industry"].nunique() == 9
    assert accounts["region"].nunique() == 3
    assert accounts["acquisition"].nunique() == 6
    assert 2 <= accounts["is_internal"].sum() <= 10
    assert accounts["attribute_employees"].isna().any()
    assert accounts["attribute_use_case"].nunique() == 5
