"""A list is not made of a broken feed: the stage stops with the evidence, and what was published stays."""

from pathlib import Path

import pandas as pd
import pytest

from churnrisk.errors import StaleFeedError
from churnrisk.intake.rollup import rollup
from churnrisk.workspace import Workspace, read_json, write_json

from .. import company

AS_OF = "2025-05-05"  # the last Monday of the small company


def struck(small: Workspace, folder: Path) -> Workspace:
    """The small company after a fault: the last three days of its usage were loaded twice."""
    workspace = company.copied(small, folder)
    file = sorted((workspace.tables / "usage").glob("*.parquet"))[-1]
    rows = pd.read_parquet(file)
    again = rows[rows["day"] >= rows["day"].max() - pd.Timedelta(days=2)]
    pd.concat([rows, again], ignore_index=True).to_parquet(file, index=False)
    rollup(workspace.tables, workspace.usage)
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
    told = company.load(workspace)
    override = {"as_of": as_of, "reason": "the load is known and harmless"}
    told = type(told).model_validate(told.model_dump() | {"gate": {"override": override}})
    if passes:
        company.run(workspace, "gate", told=told)
    else:
        with pytest.raises(StaleFeedError):
            company.run(workspace, "gate", told=told)
    about = read_json(workspace.reports / "feeds.json")
    assert (about["held"], about["override"]) == ((False, override["reason"]) if passes else (True, None))


def test_an_override_of_a_list_that_nothing_holds_says_nothing(small: Workspace) -> None:
    told = company.load(small)
    told = type(told).model_validate(told.model_dump() | {"gate": {"override": {"as_of": AS_OF, "reason": "why not"}}})
    company.run(small, "gate", told=told)
    assert read_json(small.reports / "feeds.json")["override"] is None
    company.run(small, "gate")


def test_a_list_that_is_due_and_can_not_be_made_is_held(small: Workspace, tmp_path: Path) -> None:
    workspace = company.copied(small, tmp_path / "stopped")
    stopped = pd.Timestamp(AS_OF) - pd.Timedelta(days=17)
    for file in sorted((workspace.tables / "usage").glob("*.parquet")):
        rows = pd.read_parquet(file)
        rows[rows["day"] < stopped].to_parquet(file, index=False)
    rollup(workspace.tables, workspace.usage)
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
    rollup(workspace.tables, workspace.usage)
    told = company.load(workspace)
    told = told.model_copy(update={"clock": told.clock.model_copy(update={"usage_settle_days": 3})})
    company.run(workspace, "snapshot", told=told)
    assert read_json(workspace.snapshots / "as_of.json")["as_of"] == AS_OF
    company.run(workspace, "gate", told=told)
