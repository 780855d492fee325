"""An account as sentences: a few rows of history, a date, and every feature of it on that date."""

import pytest

from churnrisk.clock import Day, Grid
from churnrisk.contract import TABLES
from churnrisk.features.catalogue import catalogue
from churnrisk.features.compute import compute_all
from churnrisk.params.sections import Milestone
from churnrisk.past.company import Company
from churnrisk.past.past import Block
from churnrisk.rollup.build import rollup
from churnrisk.store.workspace import Workspace

from ..tables import rows

AS_OF = Day("2025-03-10")
START = {"accounts": "account_id created_on\na 2024-12-02", "subscriptions": "account_id started_on\na 2024-12-02"}
MILESTONES = {
    "first_report": Milestone(event="report", times=1, target_days=14),
    "three_reports": Milestone(event="report", times=3, target_days=60),
}
SETTINGS = {
    "milestone": tuple(MILESTONES),
    "key_event": ("report",),
    "key_events": ("report", "login"),
    "advanced_events": ("api", "macro"),
    "education_events": ("webinar",),
    "help_events": ("help",),
    "integration_events": ("crm", "api"),
    "platform_events": ("login", "mobile"),
    "invite_events": ("invite",),
    "community_events": ("post",),
    "new_events": ("macro",),
    "plan_order": ("basic", "team"),
    "cadence_days": 7,
    "onboarding_days": 90,
    "renewal_window_days": 60,
    "horizon_days": 60,
}
RELEASED = {"macro": Day("2025-01-01"), "crm": Day("2024-01-01"), "fax": Day("2024-01-01"), "voice": Day("2025-03-10")}
COLUMNS = {f"{table}.{column}" for table in TABLES for column in TABLES[table].columns}
UNKNOWN = None


def values(
    tmp_path,
    tables: dict[str, str],
    usage_from: str = "2024-11-04",
    settle_days: int = 0,
    activity_events: tuple[str, ...] = (),
) -> dict[str, object]:
    """Every feature of account `a` on the date."""
    given = {name: rows(name, text) for name, text in (START | tables).items()}
    usage = given.pop("usage", rows("usage", "account_id day event\na 2024-12-03 login"))
    (tmp_path / "data" / "tables" / "usage").mkdir(parents=True)
    for month, part in usage.groupby(usage["day"].dt.strftime("%Y-%m")):
        part.to_parquet(tmp_path / "data" / "tables" / "usage" / f"{month}.parquet", index=False)
    rollup(Workspace(tmp_path))
    company = Company(
        usage=tmp_path / "data" / "usage",
        tables=given,
        grid=Grid(AS_OF),
        usage_from=Day(usage_from),
        settle_days=settle_days,
        milestones=MILESTONES,
        has_users=bool(usage["user_id"].notna().any()),
        released=RELEASED,
        activity_events=activity_events,
    )
    start = given["subscriptions"]["started_on"].max()
    snapshots = given["accounts"][["account_id"]].assign(as_of=AS_OF.astype("M8[us]"), spell_started_on=start)
    block = Block.read(company, snapshots)
    (past,) = block.spans()
    on, _ = catalogue({*past.views, *COLUMNS}, {}, SETTINGS)
    return compute_all([each for each in on if not each.base], block, SETTINGS).iloc[0].to_dict()


def assert_values(found: dict[str, object], expected: dict[str, object]) -> None:
    """Each of the values that are expected."""
    for name, value in expected.items():
        if value is UNKNOWN:
            assert found[name] != found[name], name
        elif isinstance(value, str):
            assert found[name] == value, name
        else:
            assert found[name] == pytest.approx(value, rel=1e-6), name
