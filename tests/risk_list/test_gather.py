"""The one door: what stages wrote becomes inputs, for one date, with scores and a model from anywhere."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from churnrisk.clock import Day, as_date, day
from churnrisk.errors import SourceError
from churnrisk.model.bundle import Bundle
from churnrisk.params import Params
from churnrisk.risk_list import Model, ModelFacts, Scored, compose, gather, model_facts, read_scored, with_past_lists
from churnrisk.risk_list.gather import _feeds, weekly_usage
from churnrisk.risk_list.outputs.record import record
from churnrisk.store.catalogue.conform import TABLE
from churnrisk.store.catalogue.featurize import FEATURES, FeaturesReport
from churnrisk.store.catalogue.gate import GATE, GateReport, ReportedFinding
from churnrisk.store.kept_scores import keep
from churnrisk.store.published import Published
from churnrisk.store.workspace import Workspace
from churnrisk.store.writes import read_json, read_table

from ..company import copied, load


@pytest.fixture(scope="module")
def params(small: Workspace) -> Params:
    return load(small)


@pytest.fixture(scope="module")
def as_of(small: Workspace) -> Day:
    return day(read_json(small.snapshots / "as_of.json")["as_of"])


@pytest.fixture(scope="module")
def scored(small: Workspace, as_of: Day) -> Scored:
    return read_scored(small, as_of)


@pytest.fixture(scope="module")
def facts(small: Workspace) -> ModelFacts:
    return model_facts(Bundle.load(small.models / "bundle"))


def test_what_is_gathered_and_composed_is_what_the_stage_publishes(small, params, as_of, scored, facts):
    inputs = gather(small, params, as_of, scored=scored, model=facts)
    assert record(compose(inputs)) == read_json(small.risk_lists / "latest" / "risk_list.json")


def test_scores_and_model_may_come_from_anywhere(small, params, as_of, scored):
    few = replace(scored, scores=scored.scores.head(3).assign(probability=[0.1, 0.2, 0.3]))
    facts = ModelFacts(shows=Model(lineage="other", trained_through=as_of.item()), usable=True, verdict="fine")
    inputs = gather(small, params, as_of, scored=few, model=facts)
    made = compose(replace(inputs, limits=replace(inputs.limits, call_from=0.1)))
    assert {row.account_id for row in made.rows} == set(few.scores["account_id"])
    assert made.model.lineage == "other"


def test_usage_by_week_is_that_of_the_whole_rollup(small, params, as_of):
    accounts, clock = TABLE["accounts"].read(small), params.clock
    found = weekly_usage(small, clock, as_of, accounts).set_index("account_id")
    rows = read_table(small.usage / "daily")
    settled = rows["day"] + pd.Timedelta(days=clock.usage_settle_days)
    rows = rows.assign(week=clock.grid.week_of(settled))[(settled < pd.Timestamp(as_of)) & (rows["known_on"] < as_of)]
    plain = rows.pivot_table("quantity", "account_id", "week", "sum").add_prefix("week_")
    plain = plain.reindex(index=found.index, columns=found.columns).fillna(0.0)
    assert (plain.iloc[:, 0] > 0).any()
    pd.testing.assert_frame_equal(found, plain.where(found.notna()), check_names=False)


def test_a_date_of_the_past_is_gathered_as_it_was_known_then(small, params, as_of, scored, facts):
    earlier = as_of - np.timedelta64(70, "D")
    inputs = gather(small, params, earlier, scored=scored, model=facts)
    assert inputs.accounts["created_on"].max() < pd.Timestamp(earlier)
    left_out = read_table(small.snapshots / "left_out.parquet").query("rule == 'in notice'")
    assert set(inputs.in_notice["account_id"]) == set(
        left_out.loc[left_out["as_of"] == pd.Timestamp(earlier), "account_id"]
    )


def finding(severity: str, evidence: str) -> ReportedFinding:
    return ReportedFinding(
        feed="usage",
        check="stale",
        severity=severity,
        first_day="2025-05-01",
        last_day="2025-05-04",
        found=0.0,
        usual=1.0,
        evidence=evidence,
    )


GATES = {
    "all is well": ([], ()),
    "a mere note": ([finding("note", "a few rows late")], ()),
    "two that hold": (
        [finding("hold", "usage is old"), finding("hold", "tickets are few")],
        ("This list goes out although a feed is broken (the fair): usage is old; tickets are few.",),
    ),
}


@pytest.mark.parametrize(("findings", "expected"), GATES.values(), ids=GATES)
def test_a_list_that_goes_out_despite_the_gate_says_so(
    small, params, as_of, scored, facts, tmp_path, findings, expected
):
    workspace = copied(small, tmp_path / "workspace")
    GATE.write(GateReport(as_of=as_of.item(), held=False, override="the fair", findings=findings), workspace)
    inputs = gather(workspace, params, as_of, scored=scored, model=facts)
    assert inputs.warnings == expected


def test_notes_tell_of_unusual_values_unknown_events_and_features_that_are_off(
    small, params, as_of, scored, facts, tmp_path
):
    workspace = copied(small, tmp_path / "workspace")
    off = {"a": "no table `goals`", "b": "no table `tickets`", "c": "no table `goals`"}
    report = FeaturesReport(
        features=[],
        off=off,
        unknown_events=["Nobody does 'x'."],
        unknown_plans=["Nobody has the plan 'y'."],
        account_words=[],
    )
    FEATURES.write(report, workspace)
    surprised = replace(scored, warnings=("A new plan.",))
    inputs = gather(workspace, params, as_of, scored=surprised, model=facts)
    assert inputs.notes == (
        "A new plan.",
        "Nobody does 'x'.",
        "Nobody has the plan 'y'.",
        "2 features are switched off (no table `goals`): a, c",
        "1 features are switched off (no table `tickets`): b",
    )


def test_a_date_without_scores_names_what_is_missing(small, as_of):
    with pytest.raises(SourceError, match=r"about.json is not there.*dvc repro"):
        read_scored(small, as_of + np.timedelta64(7, "D"))


@pytest.mark.parametrize("by", ["another model", "the same model"])
def test_a_change_of_model_is_a_part_of_its_own(small, tmp_path, params, as_of, scored, facts, by):
    workspace = copied(small, tmp_path / "workspace")
    lineage = "other" if by == "another model" else scored.lineage
    before = day(scored.previous_as_of)
    told = scored.scores.assign(as_of=pd.Timestamp(before), probability=0.4, segment="", level=0.0)
    kept = keep(workspace, told, before, lineage)
    keep(workspace, told.assign(probability=0.9), before, lineage)  # of a run on wrong data, which no list shows
    lists, parts = Published(workspace), {"lineage": lineage, "scores": kept.scores}
    lists.add({"risk_list.json": b'{"rows": []}'}, as_of=before.item(), **parts, latest=False)
    made = compose(with_past_lists(workspace, params, gather(workspace, params, as_of, scored=scored, model=facts)))
    known = [row for row in made.rows if row.probability_before is not None]
    assert known
    for row in known:
        parts = dict(row.moved_by)
        if by == "the same model":
            assert not {"a new model", "new levels of segments"} & set(parts)
        else:
            assert parts["a new model"] == pytest.approx(100 * (row.probability_before - 0.4), abs=0.06)
            assert sum(parts.values()) == pytest.approx(100 * (row.probability - 0.4), abs=0.05 * len(parts))


def test_the_dates_of_the_feeds_are_as_they_were_known_then(small, params, as_of):
    """Also where the tables have gone on since, as for a list that is made up for later."""
    for date in (as_of, as_of - 35):
        found = dict(_feeds(small, params.clock, date).dates)
        assert found["usage"] == as_date(date - 1)
        for name in found.keys() - {"usage"}:
            known_at = TABLE[name].read(small)["known_at"]
            assert found[name] == known_at[known_at < pd.Timestamp(date)].max().date(), name
