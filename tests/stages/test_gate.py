"""A list is not made of a broken feed: the stage stops with the evidence, and what was published stays."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from churnrisk.errors import StaleFeedError
from churnrisk.intake.items import NO_SUBSCRIPTION
from churnrisk.params import Params
from churnrisk.rollup.build import rollup
from churnrisk.store.blocks import read_features
from churnrisk.store.catalogue.pull import RAW
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import read_json, write_json

from .. import company
from ..feeds import thin
from ..feeds.files import write

AS_OF = "2025-05-05"  # the last Monday of the small company


def struck(small: Workspace, folder: Path) -> Workspace:
    """The small company after a fault: the last three days of its usage were loaded twice."""
    workspace = company.copied(small, folder)
    file = sorted((workspace.tables / "usage").glob("*.parquet"))[-1]
    rows = pd.read_parquet(file)
    again = rows[rows["day"] >= rows["day"].max() - pd.Timedelta(days=2)]
    pd.concat([rows, again], ignore_index=True).to_parquet(file, index=False)
    rollup(workspace)
    return workspace


def published(workspace: Workspace) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in sorted(workspace.risk_lists.rglob("*")) if file.is_file()}


def test_whole_feeds_pass(small: Workspace) -> None:
    company.run(small, "gate")
    about = read_json(small.reports / "feeds.json")
    assert about == {"as_of": AS_OF, "held": False, "override": None, "findings": []}


def test_a_broken_feed_holds_the_list_and_leaves_the_last_one(small: Workspace, tmp_path: Path) -> None:
    workspace = struck(small, tmp_path / "struck")
    before = published(workspace)
    with pytest.raises(
        StaleFeedError, match=rf"the list of {AS_OF} is held \(.*\): usage: .* rows.*gate.override"
    ) as raised:
        company.run(workspace, "gate")
    assert raised.value.exit_code == 5
    assert published(workspace) == before != {}
    about = read_json(workspace.reports / "feeds.json")
    assert about["held"]
    assert {(each["feed"], each["check"]) for each in about["findings"]} >= {("usage", "duplicated load")}


@pytest.mark.parametrize(("as_of", "passes"), [(AS_OF, True), ("2025-04-28", False)])
def test_an_override_is_for_one_list_and_is_written_down(
    small: Workspace, tmp_path: Path, as_of: str, passes: bool
) -> None:
    workspace = struck(small, tmp_path / "struck")
    settings = company.load(workspace)
    override = {"as_of": as_of, "reason": "the load is known and harmless"}
    settings = type(settings).model_validate(settings.model_dump() | {"gate": {"override": override}})
    if passes:
        company.run(workspace, "gate", settings=settings)
    else:
        with pytest.raises(StaleFeedError):
            company.run(workspace, "gate", settings=settings)
    about = read_json(workspace.reports / "feeds.json")
    assert (about["held"], about["override"]) == ((False, override["reason"]) if passes else (True, None))


def test_an_override_of_a_list_that_nothing_holds_says_nothing(small: Workspace) -> None:
    settings = company.load(small)
    settings = type(settings).model_validate(
        settings.model_dump() | {"gate": {"override": {"as_of": AS_OF, "reason": "why not"}}}
    )
    company.run(small, "gate", settings=settings)
    assert read_json(small.reports / "feeds.json")["override"] is None
    company.run(small, "gate")


@pytest.mark.parametrize("accept", [[], [NO_SUBSCRIPTION]])
def test_a_row_of_a_watched_account_that_was_set_aside_holds_the_list(small: Workspace, tmp_path: Path, accept) -> None:
    workspace = company.copied(small, tmp_path / "set_aside")
    raw = RAW.at(workspace, table="subscriptions")
    rows = pd.read_parquet(raw)
    running = rows.index[rows["ended_on"].isna()][:3]
    rows.loc[running, "mrr"] = "-5"
    rows.to_parquet(raw, index=False)
    settings = company.load(workspace)
    intake = settings.intake.model_dump() | {"accept": accept}
    settings = type(settings).model_validate(settings.model_dump() | {"intake": intake})
    company.run(workspace, "conform", "snapshot", settings=settings)
    if accept:
        company.run(workspace, "gate", settings=settings)
        return
    says = f"subscriptions: 3 rows of [123] watched accounts were set aside: {NO_SUBSCRIPTION}"
    with pytest.raises(StaleFeedError, match=says):
        company.run(workspace, "gate", settings=settings)


def with_usage(small: Workspace, folder: Path, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Workspace:
    """The small company after a change to its usage, with the rollup and the snapshots that follow."""
    workspace = company.copied(small, folder)
    for file in sorted((workspace.tables / "usage").glob("*.parquet")):
        rows = change(pd.read_parquet(file))
        rows.to_parquet(file, index=False)
    rollup(workspace)
    company.run(workspace, "snapshot")
    return workspace


def test_a_sync_that_stamps_older_usage_holds_the_list_and_leaves_it_unknown(small: Workspace, tmp_path: Path) -> None:
    sync = pd.Timestamp("2024-12-30")
    workspace = with_usage(
        small, tmp_path / "sync", lambda rows: rows.assign(known_at=rows["known_at"].clip(lower=sync))
    )
    says = r"\(known late\): usage: it is known a median of \d+ days late, .* of it on 2024-12-30: .* up to 2024-12-30"
    with pytest.raises(StaleFeedError, match=says):
        company.run(workspace, "gate")
    company.run(workspace, "featurize")
    columns = ["usage_last_month", "active_days_last_month", "usage_level", "weeks_of_decline"]
    stamped, prompt = (
        read_features(each).set_index(["account_id", "as_of"])[columns].sort_index() for each in (workspace, small)
    )
    before = stamped.index.get_level_values("as_of") <= sync
    assert stamped[before].isna().all(axis=None)
    assert prompt[before].notna().any().all()
    pd.testing.assert_frame_equal(stamped[~before], prompt[~before])


def test_usage_that_begins_later_than_is_configured_holds_the_list(small: Workspace, tmp_path: Path) -> None:
    workspace = with_usage(small, tmp_path / "cut", lambda rows: rows[rows["day"] >= "2025-04-14"])
    says = r"\(begins later\): usage: its first day is 2025-04-14, and clock\.usage_from says 2024-01-01"
    with pytest.raises(StaleFeedError, match=says):
        company.run(workspace, "gate")


def test_a_subscriptions_export_that_stops_early_holds_the_list(small: Workspace, tmp_path: Path) -> None:
    workspace = company.copied(small, tmp_path / "stops")
    file = workspace.tables / "subscriptions.parquet"
    rows = pd.read_parquet(file).sort_values("known_at")
    rows[: len(rows) * 8 // 9].to_parquet(file, index=False)
    company.run(workspace, "snapshot")
    with pytest.raises(StaleFeedError, match=r"accounts active in the last 28 days have none, such as A\d+, "):
        company.run(workspace, "gate")


def test_a_list_that_is_due_and_can_not_be_made_is_held(small: Workspace, tmp_path: Path) -> None:
    workspace = company.copied(small, tmp_path / "stopped")
    stopped = pd.Timestamp(AS_OF) - pd.Timedelta(days=17)
    for file in sorted((workspace.tables / "usage").glob("*.parquet")):
        rows = pd.read_parquet(file)
        rows[rows["day"] < stopped].to_parquet(file, index=False)
    rollup(workspace)
    company.run(workspace, "snapshot")
    assert read_json(workspace.snapshots / "as_of.json")["as_of"] < AS_OF
    with pytest.raises(StaleFeedError, match="usage: the last day with a fair part of its usual rows is 2025-04-17"):
        company.run(workspace, "gate")


@pytest.mark.parametrize("stage", ["score", "list"])
@pytest.mark.parametrize(
    ("about", "says"),
    [
        ({"as_of": AS_OF, "held": True}, "the gate holds it"),
        ({"as_of": "2025-04-28", "held": False}, "the gate was asked about 2025-04-28"),
    ],
)
def test_nothing_is_published_past_the_gate(
    small: Workspace, tmp_path: Path, stage: str, about: dict[str, object], says: str
) -> None:
    workspace = company.copied(small, tmp_path / "held")
    write_json({**about, "override": None, "findings": []}, workspace.reports / "feeds.json")
    before = published(workspace)
    with pytest.raises(StaleFeedError, match=says):
        company.run(workspace, stage)
    assert published(workspace) == before


def test_a_date_is_covered_as_far_as_usage_settles(small: Workspace, tmp_path: Path) -> None:
    workspace = company.copied(small, tmp_path / "settling")
    for file in sorted((workspace.tables / "usage").glob("*.parquet")):
        rows = pd.read_parquet(file)
        rows[rows["day"] < "2025-05-03"].to_parquet(file, index=False)
    rollup(workspace)
    settings = company.load(workspace)
    settings = settings.model_copy(update={"clock": settings.clock.model_copy(update={"usage_settle_days": 3})})
    company.run(workspace, "snapshot", settings=settings)
    assert read_json(workspace.snapshots / "as_of.json")["as_of"] == AS_OF
    company.run(workspace, "gate", settings=settings)


@pytest.mark.parametrize("settle_days", [0, 7, 14])
def test_no_list_is_dated_ahead_of_all_that_is_known(small: Workspace, tmp_path: Path, settle_days: int) -> None:
    workspace = company.copied(small, tmp_path / "settling")
    settings = company.load(workspace)
    settings = settings.model_copy(
        update={"clock": settings.clock.model_copy(update={"usage_settle_days": settle_days})}
    )
    company.run(workspace, "snapshot", settings=settings)
    assert read_json(workspace.snapshots / "as_of.json")["as_of"] == AS_OF
    company.run(workspace, "gate", settings=settings)


def test_a_silent_sunday_moves_no_list_and_makes_no_label_certain(tmp_path: Path) -> None:
    churn = {"lead_days": 7, "horizon_days": 28, "ladder_days": [28], "reporting_lag_days": 0}
    clock = {"first_as_of": "2024-01-01", "usage_settle_days": 0}
    workspace = company.make(tmp_path, {"churn": churn, "clock": clock})
    monday = thin.silent_sundays(thin.usage())[-1]
    rows = thin.usage()[lambda each: each["day"] < pd.Timestamp(monday)]
    write(workspace.root, rows, subscriptions=thin.contracts(), accounts=thin.accounts())
    company.run(workspace, "snapshot", "label", "gate")
    dates = read_json(workspace.snapshots / "as_of.json")
    assert dates == {"as_of": str(monday), "covered_until": str(monday - 1)}
    labels = pd.read_parquet(workspace.labels / "labels.parquet")
    assert labels.loc[labels["matures_on"] == pd.Timestamp(monday), "rule"].unique().tolist() == ["immature"]


LATE = "2025-05-19"  # two weeks after the feeds have ended


def asked_for(workspace: Workspace, as_of: str, reason: str | None = None) -> Params:
    """The params with a list date, and with the reason to publish it all the same."""
    settings = company.load(workspace).model_dump()
    override = None if reason is None else {"as_of": as_of, "reason": reason}
    return Params.model_validate(
        settings | {"clock": settings["clock"] | {"as_of": as_of}, "gate": {"override": override}}
    )


def test_a_list_of_a_date_that_the_feeds_do_not_reach_is_held_with_the_evidence(
    small: Workspace, tmp_path: Path
) -> None:
    workspace = company.copied(small, tmp_path / "late")
    settings = asked_for(workspace, LATE)
    company.run(workspace, "snapshot", settings=settings)
    before = published(workspace)
    with pytest.raises(StaleFeedError, match=rf"the list of {LATE} is held \(stale\): usage: .*14 days are missing"):
        company.run(workspace, "gate", settings=settings)
    assert read_json(workspace.reports / "feeds.json")["held"]
    with pytest.raises(StaleFeedError, match="the gate holds it"):
        company.run(workspace, "score", settings=settings)
    assert published(workspace) == before


def test_it_goes_out_with_the_warning_when_somebody_says_so(small: Workspace, tmp_path: Path) -> None:
    workspace = company.copied(small, tmp_path / "late")
    settings = asked_for(workspace, LATE, "the export is down until June")
    company.run(
        workspace, "snapshot", "label", "featurize", "gate", "train", "evaluate", "score", "list", settings=settings
    )
    page = read_json(workspace.risk_lists / LATE / "risk_list.json")
    assert any("the export is down until June" in each and "14 days are missing" in each for each in page["warnings"])
    assert "the export is down until June" in (workspace.risk_lists / LATE / "index.html").read_text(encoding="utf-8")

    labels, earlier = (pd.read_parquet(each.labels / "labels.parquet") for each in (workspace, small))
    late = labels["as_of"] == LATE
    assert late.any()
    assert labels.loc[late, "label"].isna().all()
    assert labels.loc[late, "rule"].eq("immature").all()
    pd.testing.assert_frame_equal(labels[~late].reset_index(drop=True), earlier)
