"""A suite of leaks: each is caught by the check that is named beside it, and a clean company by none."""

from dataclasses import replace

import numpy as np
import pytest

from churnrisk.doctor.case import read_case, recipe_of
from churnrisk.doctor.checks import CHECKS
from churnrisk.doctor.cut import cut_off
from churnrisk.doctor.examine import Report, ask, examine, refuse
from churnrisk.doctor.finding import Finding
from churnrisk.doctor.reading import read_evidence, to_cut
from churnrisk.errors import ModelError
from churnrisk.model.bundle import Bundle
from churnrisk.model.split import Split
from churnrisk.past.tables import entries
from churnrisk.past.usage.gaps import GapTotals
from churnrisk.past.usage.running_totals import RunningTotals
from churnrisk.past.usage.weeks import Axis
from churnrisk.store.catalogue.evaluate import Verdict
from churnrisk.store.workspace import Workspace

from ..company import copied, load, run
from . import plants

FEATURES = {
    "usage_around_the_date": "cut_off",
    "usage_before_last_event": "cut_off",
    "old_score": "too_good",
    "attribute_status": "too_good",
    "survey_score": "too_good",
    "attribute_exit_reason": "availability",
    "attribute_industry_rate": "target_encoding",
    "weekly_export": "calendar",
}
"""Each leaking feature, and the check that must name it."""

FILES = {
    "shuffled_test": {"order_in_time", "whole_test"},
    "trained_on_it_all": {"order_in_time", "own_date"},
    "joined_by_nearest_date": {"own_date", "whole_test"},
    "cut_after_the_test_begins": {"order_in_time"},
    "a_date_of_the_test_left_out": {"whole_test"},
    "unfinished_windows_are_0": {"finished_windows", "whole_test"},
    "joined_on_account_alone": {"whole_test"},
}
"""Each leak between files, and the checks that must catch it."""

OF_FILES = [check for check in CHECKS if check.name in ("order_in_time", "finished_windows", "whole_test", "own_date")]
"""Checks of what files say of each other, which take a second."""


def doctor(workspace: Workspace, *trusted: str) -> Report:
    return examine(workspace, load(workspace), trusted)


def of_files(workspace: Workspace) -> list[Finding]:
    return ask(read_case(workspace, load(workspace)), OF_FILES)


@pytest.fixture(scope="module")
def careless(small, tmp_path_factory) -> Report:
    """What is found where a colleague has added every leaking column and feature."""
    workspace = copied(small, tmp_path_factory.mktemp("careless") / "workspace")
    with pytest.MonkeyPatch.context() as monkeypatch:
        plants.fewer_dates(workspace)
        plants.columns_without_a_past(workspace)
        plants.features_of_a_colleague(workspace, monkeypatch)
        run(workspace, "featurize")
        return doctor(workspace, "attribute_health")


def test_a_clean_company_gives_no_finding(small):
    report = doctor(small)
    assert report.findings == []
    assert report.passed == [check.name for check in CHECKS]
    refuse(report)


@pytest.mark.parametrize(("feature", "check"), FEATURES.items())
def test_a_leaking_feature_is_named_by_its_check(careless, feature, check):
    assert check in {each.check for each in careless.findings if each.feature == feature}


def test_leaks_are_refused_in_one_line(careless):
    with pytest.raises(ModelError, match=r"^doctor: \d+ findings by cut_off, too_good, availability, .* Fix: .*$"):
        refuse(careless)


def test_a_trusted_feature_is_not_reported(careless):
    assert {(each.feature, each.check) for each in careless.trusted} == {("attribute_health", "too_good")}
    assert "attribute_health" not in {each.feature for each in careless.findings}


def test_the_honest_features_beside_them_are_not_named(careless):
    planted = {*FEATURES, "survey_score_change"}
    assert {each.feature for each in careless.findings} - planted <= {""}


@pytest.mark.parametrize(("plant", "checks"), FILES.items())
def test_a_leak_between_files_is_named_by_its_check(small, tmp_path, plant, checks):
    workspace = copied(small, tmp_path / "workspace")
    getattr(plants, plant)(workspace)
    assert {each.check for each in of_files(workspace)} == checks


def test_the_backtest_and_the_scores_are_both_looked_at(small, tmp_path):
    workspace = copied(small, tmp_path / "workspace")
    plants.joined_by_nearest_date(workspace)
    found = [each for each in of_files(workspace) if each.check == "own_date"]
    assert [each.where for each in found] == ["reports/backtest.parquet", "data/scores"]


@pytest.mark.parametrize(("behind", "checks"), [(True, ["not_behind"]), (False, [])])
def test_a_model_behind_a_simple_system_is_named(small, tmp_path, behind, checks):
    workspace = copied(small, tmp_path / "workspace")
    bundle = Bundle.load(workspace.models / "bundle")
    said = Verdict(usable=True, ahead=False, behind=behind, words="It is behind the rule.")
    replace(bundle, verdict=said).save(workspace.models / "bundle")
    found = ask(read_case(workspace, load(workspace)), [check for check in CHECKS if check.name == "not_behind"])
    assert [each.check for each in found] == checks
    assert all(each.evidence == "It is behind the rule" for each in found)


def test_folds_that_are_shuffled_are_found(small, monkeypatch):
    monkeypatch.setattr(Split, "folds", plants.shuffled_folds)
    assert {each.check for each in of_files(small)} == {"order_in_time"}


def one_week_too_many(self, as_of):
    return np.minimum(HONEST["begins_at"](self, as_of) + 1, self.stop - self.first)


def ends_at_the_last_event(self, what, snapshots, back=0):
    """Every account's weeks end with its own last event, whenever that was."""
    ever = self._days > 0
    last = np.where(ever.any(axis=0), len(ever) - np.argmax(ever[::-1], axis=0), 0)
    return HONEST["until_each"](self, what, replace(snapshots, week=last[snapshots.account_index]), back)


def all_that_is_known_now(entries, rows, as_of, name):
    return entries.columns[name].take(rows)


def gaps_as_they_turned_out(self, index, week):
    return HONEST["known"](self, index, np.full_like(week, self.first + self._rows - 1))


HONEST = {"begins_at": Axis.begins_at, "until_each": RunningTotals.until_each, "known": GapTotals.known}
OPERATORS = {
    one_week_too_many: (Axis, "begins_at", {"usage_last_week", "days_since_active"}),
    ends_at_the_last_event: (RunningTotals, "until_each", {"usage_last_week", "usage_last_month"}),
    gaps_as_they_turned_out: (GapTotals, "known", {"own_gap_mean", "longer_gaps_share"}),
    all_that_is_known_now: (entries, "_known_column", {"open_tickets", "overdue_invoices"}),
}
"""Leaks in the operators under all features, which operator, and features that must be named for each."""


@pytest.mark.parametrize(("leak", "where", "name", "features"), [(leak, *rest) for leak, rest in OPERATORS.items()])
def test_an_operator_that_looks_ahead_is_found(small, monkeypatch, leak, where, name, features):
    monkeypatch.setattr(where, name, leak)
    recipe = recipe_of(small, load(small))
    snapshots, _ = to_cut(read_evidence(small))
    snapshots = snapshots[snapshots["as_of"].isin(np.unique(snapshots["as_of"])[[2, -1]])]
    found = cut_off(recipe, snapshots, recipe.compute(recipe.company, snapshots))
    assert features <= {each.feature for each in found}
