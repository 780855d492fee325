from pathlib import Path

import pandas as pd
import pytest

from churnrisk import simulator
from churnrisk.contract import TABLES
from churnrisk.errors import ParamsError
from churnrisk.simulator import SimulatedCompany
from churnrisk.simulator.write import MARK
from churnrisk.sources.files import pull
from churnrisk.store.workspace import Workspace

from .conftest import START

QUERIES = Path(__file__).parents[2] / "queries"

NOT_SIMULATED = {"crm_id", "known_at", "owner_email", "subscription_id", "stated_churned", "stated_churned_on"}
"""Columns that the simulated company doesn't have, or not in every table."""


@pytest.fixture(scope="module")
def tiny() -> SimulatedCompany:
    return simulator.simulate(accounts=100, start=START, weeks=40, seed=1)


def test_each_table_is_a_file_and_the_truth_lies_elsewhere(tiny: SimulatedCompany, tmp_path: Path) -> None:
    simulator.write(tiny, tmp_path / "company", tmp_path / "truth" / "hazard.parquet")
    assert sorted(path.name for path in (tmp_path / "company").iterdir()) == [
        "SIMULATED.txt",
        "accounts.parquet",
        "invoices.parquet",
        "subscriptions.csv",
        "surveys.parquet",
        "tickets.parquet",
        "touchpoints.parquet",
        "usage.parquet",
    ]
    assert pd.read_parquet(tmp_path / "truth" / "hazard.parquet").columns.tolist() == [
        "account_id",
        "as_of",
        "hazard",
        "churn_probability",
    ]


def test_the_same_company_gives_the_same_bytes_and_takes_the_place_of_an_earlier_one(
    tiny: SimulatedCompany, tmp_path: Path
) -> None:
    again = simulator.simulate(accounts=100, start=START, weeks=40, seed=1)
    other = simulator.simulate(accounts=50, start=START, weeks=30, seed=2)
    (tmp_path / "b").mkdir()
    for folder, company in [("a", other), ("a", tiny), ("b", again)]:
        simulator.write(company, tmp_path / folder, tmp_path / f"{folder}.parquet")
    contents = [
        {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()}
        | {"truth": (tmp_path / f"{folder}.parquet").read_bytes()}
        for folder in "ab"
    ]
    assert contents[0] == contents[1]


@pytest.mark.parametrize(("name", "marked"), [("accounts.parquet", False), ("notes.txt", False), ("notes.txt", True)])
def test_files_of_a_real_company_are_never_replaced(
    tiny: SimulatedCompany, tmp_path: Path, name: str, marked: bool
) -> None:
    (tmp_path / name).write_text("the only copy")
    if marked:
        (tmp_path / MARK).touch()
    with pytest.raises(ParamsError, match=rf"the folder holds {name}.*Allowed: a new or empty folder"):
        simulator.write(tiny, tmp_path, tmp_path / "truth" / "hazard.parquet")
    assert (tmp_path / name).read_text() == "the only copy"
    assert not (tmp_path / "truth").exists()


def test_the_queries_of_the_repository_read_every_table(tiny: SimulatedCompany, tmp_path: Path) -> None:
    simulator.write(tiny, tmp_path / "company", tmp_path / "hazard.parquet")
    pull(QUERIES, tmp_path / "company", Workspace(tmp_path))
    for name, rows in tiny.tables.items():
        pulled = pd.read_parquet(tmp_path / "data" / "raw" / ("usage" if name == "usage" else f"{name}.parquet"))
        left_out = {"known_at"} if rows["known_at"].isna().all() else set()
        assert set(rows.columns) - set(pulled.columns) <= left_out
        assert set(TABLES[name].columns) - set(pulled.columns) <= NOT_SIMULATED
        assert len(pulled) == len(rows)


def test_text_survives_the_way_through_a_file(tiny: SimulatedCompany, tmp_path: Path) -> None:
    simulator.write(tiny, tmp_path / "company", tmp_path / "hazard.parquet")
    written = pd.read_parquet(tmp_path / "company" / "accounts.parquet")
    assert written["name"].tolist() == tiny.tables["accounts"]["name"].tolist()
