import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from churnrisk import simulator
from churnrisk.contract import TABLES
from churnrisk.simulator import Company

from .conftest import END, START, WEEKS

NAMES = ["accounts", "subscriptions", "usage", "invoices", "tickets", "surveys", "touchpoints"]


@pytest.mark.parametrize("name", NAMES)
def test_every_table_holds_to_the_contract(company: Company, name: str) -> None:
    table, rows = TABLES[name], company.tables[name]
    table.schema.validate(rows)
    assert len(rows) > 0
    assert not table.key or not rows.duplicated(list(table.key)).any()
    assert set(rows["account_id"]) <= set(company.tables["accounts"]["account_id"])


def test_the_tables_are_these(company: Company) -> None:
    assert list(company.tables) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_known_that_comes_after_the_end(company: Company, name: str) -> None:
    table, rows = TABLES[name], company.tables[name]
    assert (rows["known_at"].fillna(rows[table.occurs]) < END).all()
    for column, by in table.known_by().items():
        told = rows[column].notna()
        said = rows[by].fillna(rows["ended_on"]) if by == "end_known_at" else rows[by]
        assert (said[told] < END).all()


@pytest.mark.parametrize(("accounts", "weeks"), [(100, 104), (10, 30), (300, 60)])
def test_any_size_will_do_and_the_same_seed_gives_the_same_company(accounts: int, weeks: int) -> None:
    first, second = (simulator.simulate(accounts, START, weeks, seed=3) for _ in range(2))
    assert len(first.tables["accounts"]) == accounts
    for name in NAMES:
        TABLES[name].schema.validate(first.tables[name])
        assert_frame_equal(first.tables[name], second.tables[name])
    assert_frame_equal(first.truth, second.truth)


def test_another_seed_gives_another_company(company: Company) -> None:
    other = simulator.simulate(1500, START, WEEKS, seed=8)
    assert not company.tables["accounts"]["name"].equals(other.tables["accounts"]["name"])


def test_usage_falls_before_an_account_leaves_and_not_before_it_stays(company: Company) -> None:
    quarter = pd.Timestamp("2025-05-05")
    usage = company.tables["usage"].query("user_id.notna()")
    weeks_before = (quarter - usage["day"]).dt.days // 7
    recent = usage[weeks_before.between(0, 3)].groupby("account_id").size()
    earlier = usage[weeks_before.between(12, 15)].groupby("account_id").size()
    change = (recent.reindex(earlier.index, fill_value=0) / earlier)[earlier >= 20]
    ended = company.tables["subscriptions"].query("not is_trial").groupby("account_id")["ended_on"].max()
    open_end = company.tables["subscriptions"].query("not is_trial and ended_on.isna()")["account_id"]
    causal = company.tables["subscriptions"].query("end_reason not in ['bankrupt', 'acquired', 'business closed']")
    leavers = ended[(ended > quarter) & (ended < quarter + pd.Timedelta(days=60))].index.difference(open_end)
    leavers = leavers.intersection(causal.query("ended_on > @quarter")["account_id"])
    assert change.reindex(leavers).median() < 0.6
    assert 0.8 < change.reindex(open_end).median() < 1.2
