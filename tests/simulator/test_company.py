import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from churnrisk import simulator
from churnrisk.contract import TABLES
from churnrisk.simulator import SimulatedCompany
from churnrisk.simulator.subscriptions import ACAUSAL_REASONS

from .conftest import END, START, WEEKS, churns_of

NAMES = ["accounts", "subscriptions", "usage", "invoices", "tickets", "surveys", "touchpoints"]


@pytest.mark.parametrize("name", NAMES)
def test_every_table_holds_to_the_contract(company: SimulatedCompany, name: str) -> None:
    table, rows = TABLES[name], company.tables[name]
    table.schema.validate(rows)
    assert len(rows) > 0
    assert not table.key or not rows.duplicated(list(table.key)).any()
    assert set(rows["account_id"]) <= set(company.tables["accounts"]["account_id"])


def test_the_tables_are_these(company: SimulatedCompany) -> None:
    assert list(company.tables) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_known_that_comes_after_the_end(company: SimulatedCompany, name: str) -> None:
    table, rows = TABLES[name], company.tables[name]
    assert (rows["known_at"].fillna(rows[table.occurs]) < END).all()
    for column, by in table.known_by().items():
        known = rows[column].notna()
        known_at = rows[by].fillna(rows["ended_on"]) if by == "end_known_at" else rows[by]
        assert (known_at[known] < END).all()


@pytest.mark.parametrize(
    ("accounts", "weeks", "so_far"), [(100, 104, 100), (10, 30, 7), (300, 60, 226), (300, 130, 346)]
)
def test_any_size_will_do_and_the_same_seed_gives_the_same_company(accounts: int, weeks: int, so_far: int) -> None:
    first, second = (simulator.simulate(accounts, START, weeks, seed=3) for _ in range(2))
    assert len(first.tables["accounts"]) == so_far
    for name in NAMES:
        TABLES[name].schema.validate(first.tables[name])
        assert_frame_equal(first.tables[name], second.tables[name])
    assert_frame_equal(first.truth, second.truth)


def test_another_seed_gives_another_company(company: SimulatedCompany) -> None:
    other = simulator.simulate(1500, START, WEEKS, seed=8)
    assert not company.tables["accounts"]["name"].equals(other.tables["accounts"]["name"])


def test_usage_falls_before_an_account_leaves_and_not_before_it_stays(company: SimulatedCompany) -> None:
    open_end = company.tables["subscriptions"].query("not is_trial and ended_on.isna() and started_on < '2024-07-01'")
    ends = company.tables["subscriptions"]
    caused = ends.loc[~ends["end_reason"].isin(ACAUSAL_REASONS), ["account_id", "ended_on"]]
    churned = churns_of(company).query("'2024-07-01' < ended_on < '2025-12-01'").merge(caused)
    churned = churned.set_index("account_id")["ended_on"]
    stayed = pd.Series(pd.Timestamp("2025-06-16"), open_end["account_id"].unique())
    assert change_before(company, churned) < 0.5
    assert 0.8 < change_before(company, stayed) < 1.25


def change_before(company: SimulatedCompany, dates: pd.Series) -> float:
    """Usage by people in the last four weeks before each account's date, against the same time four months before."""
    usage = company.tables["usage"].query("user_id.notna()")
    weeks = (usage["account_id"].map(dates[~dates.index.duplicated()]) - usage["day"]).dt.days // 7
    return float((weeks.between(0, 3)).sum() / (weeks.between(16, 19)).sum())
