"""The example `examples/online-retail` on its real table: who is watched and who stops buying, restated in pandas."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import numpy as np
import pandas as pd
import pytest

from churnrisk.intake.conform import conform
from churnrisk.params import load
from churnrisk.rollup.build import rollup
from churnrisk.sources.files import pull
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import read_json

from .raw import read

ROOT = Path(__file__).parents[2]
RETAIL = ROOT / "examples" / "online-retail"
DAYS = pd.Timedelta(days=90)


@pytest.fixture(scope="module")
def folder(missing: Callable[[str], NoReturn]) -> Path:
    data = Path(os.environ.get("CHURNRISK_DATA", ROOT.parent / "shared" / "data")) / "online-retail"
    if not data.is_dir():
        missing(f"the Online Retail table is not at {data}: set CHURNRISK_DATA to the folder that holds online-retail/")
    return data


@pytest.fixture(scope="module")
def workspace(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("online-retail")
    pull(RETAIL / "queries", folder, Workspace(root))
    conform(Workspace(root), max_rejected_share=0.0)
    rollup(Workspace(root))
    return root


@pytest.fixture(scope="module")
def lines(folder: Path) -> pd.DataFrame:
    """Every invoice line of a customer, with its day."""
    rows = pd.read_parquet(folder / "online_retail.parquet")
    rows = rows[rows["CustomerID"].notna()]
    day = rows["InvoiceDate"].dt.normalize().astype("datetime64[us]")
    return rows.assign(account_id=rows["CustomerID"].astype(int).astype(str), day=day)


@pytest.fixture(scope="module")
def bought(lines: pd.DataFrame) -> pd.DataFrame:
    """The lines that are purchases."""
    return lines[(lines["Quantity"] > 0) & ~lines["InvoiceNo"].str.startswith("C")]


def daily(workspace: Path, event: str) -> pd.DataFrame:
    usage = pd.read_parquet(workspace / "data" / "usage" / "daily")
    return usage[usage["event"] == event]


def test_its_params_are_sound_and_the_dates_of_the_protocol_are_on_its_grid() -> None:
    params = load(RETAIL / "params.yaml")
    train = np.arange("2011-03-01", "2011-05-25", 14, dtype="M8[D]")
    test = [np.datetime64("2011-08-23"), np.datetime64("2011-09-06")]
    assert [np.datetime64(day) for day in params.folds.test_as_of] == test
    assert all(params.clock.grid.contains(day) for day in [*train, *test])
    assert params.churn.window().matures(train[-1]) <= test[0]


AT = {
    # as of -> customers watched, and how many of them don't buy in the 90 days from then on
    "2011-03-01": (623, 125),
    "2011-03-15": (694, 151),
    "2011-03-29": (806, 192),
    "2011-04-12": (918, 241),
    "2011-04-26": (1028, 269),
    "2011-05-10": (1148, 319),
    "2011-05-24": (1287, 385),
    "2011-08-23": (1853, 550),
    "2011-09-06": (1922, 569),
}


@pytest.mark.parametrize(("date", "watched", "leave"), [(date, *counts) for date, counts in AT.items()])
def test_who_is_watched_and_who_stops_buying(
    workspace: Path, bought: pd.DataFrame, date: str, watched: int, leave: int
) -> None:
    as_of = pd.Timestamp(date)
    found = leavers(daily(workspace, "purchase"), as_of)
    assert found == leavers(bought, as_of)
    assert (len(found), sum(found.values())) == (watched, leave)


def leavers(purchases: pd.DataFrame, as_of: pd.Timestamp) -> dict[str, bool]:
    """Does each customer with two purchase days before a date buy nothing in the 90 days from then on?"""
    days = purchases[purchases["day"] < as_of].groupby("account_id")["day"].nunique()
    later = purchases[(purchases["day"] >= as_of) & (purchases["day"] < as_of + DAYS)]
    staying = set(later["account_id"])
    return {str(account): account not in staying for account in days.index[days >= 2]}


def test_a_customer_begins_with_the_first_purchase_and_never_ends(workspace: Path, bought: pd.DataFrame) -> None:
    accounts, subscriptions = (
        read(workspace / "data" / "tables", "accounts"),
        read(workspace / "data" / "tables", "subscriptions"),
    )
    assert accounts is not None
    assert subscriptions is not None
    first = bought.groupby("account_id")["day"].min()
    assert accounts.set_index("account_id")["created_on"].to_dict() == first.to_dict()
    assert subscriptions.set_index("account_id")["started_on"].to_dict() == first.to_dict()
    assert accounts["known_at"].equals(accounts["created_on"])
    assert subscriptions["ended_on"].isna().all()


def test_a_country_is_the_one_of_the_first_purchase(workspace: Path, bought: pd.DataFrame) -> None:
    accounts = read(workspace / "data" / "tables", "accounts")
    assert accounts is not None
    first = bought.sort_values(["InvoiceDate", "InvoiceNo"], kind="stable").drop_duplicates("account_id")
    assert accounts.set_index("account_id")["region"].to_dict() == first.set_index("account_id")["Country"].to_dict()
    assert accounts["segment"].eq("home").equals(accounts["region"].eq("United Kingdom"))


def test_invoices_lines_and_returns_add_up(workspace: Path, lines: pd.DataFrame, bought: pd.DataFrame) -> None:
    returned = lines[lines["InvoiceNo"].str.startswith("C") & lines["account_id"].isin(bought["account_id"])]
    assert daily(workspace, "purchase")["quantity"].sum() == len(bought.drop_duplicates(["InvoiceNo", "day"]))
    assert daily(workspace, "line")["quantity"].sum() == len(bought)
    assert daily(workspace, "return")["quantity"].sum() == len(returned)


def test_an_invoice_is_what_its_lines_cost_and_a_credit_note_is_below_0(
    workspace: Path, lines: pd.DataFrame, bought: pd.DataFrame
) -> None:
    invoices = pd.read_parquet(workspace / "data" / "tables" / "invoices.parquet").set_index("invoice_id")
    lines = lines[lines["account_id"].isin(bought["account_id"])]
    expected = (lines["Quantity"] * lines["UnitPrice"]).groupby(lines["InvoiceNo"]).sum()
    pd.testing.assert_series_equal(invoices["amount"].sort_index(), expected, check_names=False, rtol=1e-9)
    assert (invoices["amount"][invoices.index.str.startswith("C")] <= 0).all()
    assert invoices["paid_on"].isna().all()


def test_the_intake_report_names_what_was_sent_back_before_the_table_begins(workspace: Path) -> None:
    found = read_json(workspace / "reports" / "intake.json")["contradictions"]
    names = {(each["table"], each["name"]): each["rows"] for each in found}
    assert names == {
        ("usage", "before sign-up"): 112,
        ("usage", "before the first subscription"): 112,
        ("invoices", "before sign-up"): 116,
    }
