"""The example `examples/ravenstack`: what its tables say against each other, counted here once more in pandas."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd
import pytest

from churnrisk.intake.conform import conform
from churnrisk.params import load
from churnrisk.sources.files import pull
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import read_json

from .raw import read

ROOT = Path(__file__).parents[2]
RAVENSTACK = ROOT / "examples" / "ravenstack"
Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def folder(missing: Callable[[str], NoReturn]) -> Path:
    data = Path(os.environ.get("CHURNRISK_DATA", ROOT.parent / "shared" / "data")) / "ravenstack"
    if not data.is_dir():
        missing(f"the RavenStack tables are not at {data}: set CHURNRISK_DATA to the folder that holds ravenstack/")
    return data


@pytest.fixture(scope="module")
def workspace(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("ravenstack")
    pull(RAVENSTACK / "queries", folder, Workspace(root))
    conform(Workspace(root), max_rejected_share=0.0)
    return root


@pytest.fixture(scope="module")
def given(folder: Path) -> Tables:
    """The five files, days as such."""
    days = {
        "accounts": ["signup_date"],
        "subscriptions": ["start_date", "end_date"],
        "feature_usage": ["usage_date"],
        "support_tickets": ["submitted_at"],
        "churn_events": ["churn_date"],
    }
    return {n: pd.read_csv(folder / f"ravenstack_{n}.csv", parse_dates=columns) for n, columns in days.items()}


@pytest.fixture(scope="module")
def terms(given: Tables) -> pd.DataFrame:
    """Subscriptions that end by themselves or by the account's first churn event after their start."""
    pairs = given["subscriptions"].merge(given["churn_events"], on="account_id")
    after = pairs[pairs["churn_date"] > pairs["start_date"]].groupby("subscription_id")["churn_date"].min()
    rows = given["subscriptions"].set_index("subscription_id")
    return rows.assign(ended_on=rows[["end_date"]].assign(churn=after).min(axis=1))


def test_its_params_are_sound() -> None:
    params = load(RAVENSTACK / "params.yaml")
    assert params.as_of is not None
    assert params.clock.grid.contains(params.as_of)


def test_a_churn_event_ends_what_runs_and_nothing_that_starts_later(workspace: Path, terms: pd.DataFrame) -> None:
    subscriptions = read(workspace / "data" / "tables", "subscriptions")
    assert subscriptions is not None
    found = subscriptions.set_index("subscription_id")["ended_on"]
    expected = terms["ended_on"].reindex(found.index)
    assert (found.eq(expected) | (found.isna() & expected.isna())).all()
    assert int(found.notna().sum()) == 2_391


def test_nothing_of_accounts_is_as_it_is_now(workspace: Path) -> None:
    accounts = read(workspace / "data" / "tables", "accounts")
    assert accounts is not None
    offered = set(accounts.columns[accounts.notna().any()])
    from_the_start = {"account_id", "created_on", "known_at", "name", "industry", "region", "acquisition"}
    held_against = {"stated_churned", "stated_churned_on"}
    assert offered == from_the_start | held_against | {"is_internal"}


def test_the_intake_report_names_and_counts_its_contradictions(
    workspace: Path, given: Tables, terms: pd.DataFrame
) -> None:
    entries = read_json(workspace / "reports" / "intake.json")["contradictions"]
    found = {(each["table"], each["name"]): each["rows"] for each in entries}
    assert found == against_usage(given, terms) | against_tickets(given) | against_accounts(given, terms)
    shares = {(each["table"], each["name"]): each["share"] for each in entries}
    assert shares["usage", "before its own subscription"] == 0.7657
    assert shares["tickets", "before sign-up"] == 0.5385


def test_its_readme_tells_the_same_numbers(workspace: Path) -> None:
    page = (RAVENSTACK / "README.md").read_text(encoding="utf-8")
    rows = [line.split(" | ")[-2:] for line in page.partition("| table | contradiction |")[2].splitlines()[2:] if line]
    numbers = {(count, share.strip("| ")) for count, share in (row for row in rows if len(row) == 2)}
    entries = read_json(workspace / "reports" / "intake.json")["contradictions"]
    assert numbers == {
        (f"{each['rows']:,}", f"{100 * each['rows'] / total(workspace, each):.1f} %") for each in entries
    }


def total(workspace: Path, entry: dict[str, Any]) -> int:
    """How many rows the table of a contradiction has."""
    return int(read_json(workspace / "reports" / "intake.json")["tables"][entry["table"]]["kept"])


def against_usage(given: Tables, terms: pd.DataFrame) -> dict[Any, int]:
    """Usage against the subscription that it names, and against its account."""
    usage = given["feature_usage"].join(terms[["account_id", "start_date", "ended_on"]], on="subscription_id")
    usage = usage.merge(given["accounts"][["account_id", "signup_date"]], on="account_id")
    day, account = usage["usage_date"], usage["account_id"]
    by = terms.groupby("account_id")
    all_ended = by["ended_on"].max()[by["ended_on"].count() == by.size()]
    return {
        ("usage", "before sign-up"): int((day < usage["signup_date"]).sum()),
        ("usage", "before the first subscription"): int((day < account.map(by["start_date"].min())).sum()),
        ("usage", "after the last subscription"): int((day >= account.map(all_ended)).sum()),
        ("usage", "before its own subscription"): int((day < usage["start_date"]).sum()),
        ("usage", "after its own subscription"): int((day >= usage["ended_on"]).sum()),
    }


def against_tickets(given: Tables) -> dict[Any, int]:
    tickets = given["support_tickets"].merge(given["accounts"], on="account_id")
    return {("tickets", "before sign-up"): int((tickets["submitted_at"] < tickets["signup_date"]).sum())}


def against_accounts(given: Tables, terms: pd.DataFrame) -> dict[Any, int]:
    """The account's flag and the day of its last churn event against its subscriptions."""
    accounts = given["accounts"].set_index("account_id")
    says, ends = accounts["churn_flag"], terms.groupby("account_id")["ended_on"]
    runs = (ends.size() > ends.count()).reindex(accounts.index, fill_value=False)
    all_ended = (ends.size() == ends.count()).reindex(accounts.index, fill_value=False)
    left_on = given["churn_events"].groupby("account_id")["churn_date"].max()
    ended = set(zip(terms["account_id"], terms["ended_on"], strict=True))
    return {
        ("accounts", "said to have left, and runs"): int((says & runs).sum()),
        ("accounts", "said to stay, and has left"): int((~says & all_ended).sum()),
        ("accounts", "said to have left, and not when"): int((says & ~accounts.index.isin(left_on.index)).sum()),
        ("accounts", "left on a day on which nothing ended"): sum(pair not in ended for pair in left_on.items()),
    }
