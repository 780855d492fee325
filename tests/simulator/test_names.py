import re
import unicodedata

import numpy as np
import pandas as pd

from churnrisk.simulator import SimulatedCompany
from churnrisk.simulator.names import WORLD, companies, people
from churnrisk.simulator.population import accounts_table, sign_ups
from churnrisk.simulator.seasons import REGIONS
from churnrisk.simulator.timeline import Timeline

from .conftest import START

ABROAD = [name for names in WORLD.values() for name in names]


def test_no_name_comes_twice_even_when_all_combinations_are_used_up() -> None:
    assert len(set(people(9_000, np.random.default_rng(1)))) == 9_000
    assert len(set(companies(["Europe"] * 60_000, np.random.default_rng(1)))) == 60_000


def test_names_of_many_languages_are_on_accounts_that_a_list_of_risks_begins_with(company: SimulatedCompany) -> None:
    accounts = company.tables["accounts"].set_index("name")
    newest = company.truth[company.truth["as_of"] == company.truth["as_of"].max()]
    mrr = company.tables["subscriptions"].query("ended_on.isna()").groupby("account_id")["mrr"].sum()
    at_risk = newest["churn_probability"] * newest["account_id"].map(mrr)
    rank = at_risk.rank(ascending=False).set_axis(newest["account_id"])
    abroad = rank[accounts.loc[accounts.index.intersection(ABROAD), "account_id"]]
    assert abroad.min() < 10
    assert (abroad <= 100).sum() > len(ABROAD) / 2


def test_they_are_long_and_short_in_many_alphabets_and_their_region_fits() -> None:
    assert set(WORLD) == set(REGIONS)
    assert len(set(ABROAD)) == len(ABROAD)
    assert min(map(len, ABROAD)) <= 3
    assert max(map(len, ABROAD)) >= 60
    alphabets = {unicodedata.name(letter).split()[0] for name in ABROAD for letter in name if letter.isalpha()}
    assert {"LATIN", "GREEK", "CYRILLIC", "ARABIC", "DEVANAGARI", "THAI", "HANGUL", "HIRAGANA", "CJK"} <= alphabets


def test_no_name_looks_like_code_to_somebody_who_tries_the_product(company: SimulatedCompany) -> None:
    names = company.tables["accounts"]["name"].dropna()
    assert not [name for name in names if re.search(r'^[=+\-@\s]|[<>{}|="\\;]', name)]


def test_who_has_which_name_changes_nothing_else() -> None:
    def made(prominent: np.ndarray) -> pd.DataFrame:
        time, rng = Timeline(START, 30), np.random.default_rng(1)
        return accounts_table(sign_ups(100, time, rng), prominent, time, rng)

    one, other = made(np.arange(100)), made(np.arange(100)[::-1])
    assert not one["name"].equals(other["name"])
    pd.testing.assert_frame_equal(one.drop(columns="name"), other.drop(columns="name"))


def test_our_own_accounts_keep_plain_names_however_prominent_they_are() -> None:
    time, rng = Timeline(START, 30), np.random.default_rng(1)
    accounts = accounts_table(sign_ups(100, time, rng), np.arange(100), time, rng)
    ours = accounts["is_internal"]
    assert accounts.loc[ours, "name"].tolist() == ["Internal test 1", "Internal demo 1"]
    assert accounts.loc[~ours, "name"].isin(ABROAD).sum() >= len(ABROAD) / 2


def test_owners_look_after_about_sixty_accounts_and_a_few_accounts_have_none(company: SimulatedCompany) -> None:
    owner = company.tables["accounts"]["owner"]
    assert 50 < owner.value_counts().mean() < 62
    assert 0 < owner.isna().mean() < 0.05
    assert owner.dropna().str.fullmatch(r"\w+ \w+").all()


def test_segments_industries_regions_and_own_accounts_are_there(company: SimulatedCompany) -> None:
    accounts = company.tables["accounts"]
    assert accounts["segment"].value_counts(normalize=True).index.tolist() == ["small", "mid", "enterprise"]
    assert accounts["industry"].nunique() == 9
    assert accounts["region"].nunique() == 3
    assert accounts["acquisition"].nunique() == 6
    assert 2 <= accounts["is_internal"].sum() <= 10
    assert accounts["attribute_employees"].isna().any()
    assert accounts["attribute_use_case"].nunique() == 5
