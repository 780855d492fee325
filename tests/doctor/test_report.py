"""What is printed, and what is handed on."""

import io
import re
import shutil
from dataclasses import replace

import pandas as pd
import pytest
from rich.console import Console

from churnrisk.cli import verbs
from churnrisk.clock import day
from churnrisk.doctor.cadence import Silence
from churnrisk.doctor.calendar import Dated
from churnrisk.doctor.case import ALIKE, SAME_DATE, Case, active_days
from churnrisk.doctor.checks import CHECKS, not_asked
from churnrisk.doctor.examine import Report, ask, examine, refuse, silences
from churnrisk.doctor.finding import Finding
from churnrisk.doctor.reading import read_evidence
from churnrisk.doctor.report import show
from churnrisk.doctor.univariate import Single
from churnrisk.errors import ModelError, ParamsError
from churnrisk.past.usage.activity import read_activity
from churnrisk.rules import Rule
from churnrisk.store.writes import read_json, read_table, write_json

from ..company import copied, load

LEAK = Finding(
    evidence="status alone has an AUC of 0.99 [sic]",
    where="data/features",
    fix="leave it out",
    feature="status",
    check="too_good",
)
STRONGEST = [
    Single(feature="logins", outcome="in window", value=0.74, there=0.5, rate_there=0.1, rate_missing=0.2, rate=0.1)
]
FOUND = {"findings": [LEAK], "trusted": [], "not_asked": {}}
SHOWN = {"strongest": STRONGEST, "among": SAME_DATE, "dated": [Dated("tenure", 0.9876)], "silences": []}
REPORT = Report(**FOUND, **SHOWN, own=[], verdict="It [bold] ranks.")


def printed(report: Report) -> str:
    console = Console(file=io.StringIO(), width=100)
    show(report, console)
    return console.file.getvalue()


def test_a_finding_is_one_line_with_its_check_place_and_fix():
    lines = printed(REPORT).splitlines()
    assert lines[0] == "found too_good: status alone has an AUC of 0.99 [sic] (data/features). Fix: leave it out."
    passed = [f"passed {check.name}" for check in CHECKS if check.name != "too_good"]
    assert [line.split(":")[0] for line in lines[1 : len(passed) + 1]] == passed


def test_what_the_test_of_the_model_says_stands_there_too():
    assert "It [bold] ranks." in printed(REPORT).splitlines()


def test_what_single_features_tell():
    (line,) = [line for line in printed(REPORT).splitlines() if "logins" in line]
    assert "in the label window" in line
    assert "0.740" in line


def test_what_single_features_tell_of_the_date():
    (line,) = [line for line in printed(REPORT).splitlines() if "tenure" in line]
    assert "0.988" in line


@pytest.mark.parametrize(
    ("active", "among"), [(None, SAME_DATE), (pd.Series([3, 0]), ALIKE)], ids=["churn is an end", "inactivity"]
)
def test_the_heading_says_who_is_compared(active, among):
    case = Case(evidence=None, recipe=None, params=None, active=active)
    lines = " ".join(printed(replace(REPORT, among=case.among)).split())
    assert f"What single features tell among {among} " in lines


@pytest.mark.parametrize("own", [["ours"], []], ids=["own features", "none"])
def test_the_features_of_the_workspace_itself_are_named(own):
    assert ("own features, checked like all others: ours" in printed(replace(REPORT, own=own))) == bool(own)


def test_a_trusted_finding_is_shown_and_not_counted():
    report = replace(REPORT, findings=[], trusted=[LEAK])
    assert printed(report).startswith("trusted too_good: status")
    refuse(report)


def test_a_check_that_could_not_be_asked_has_not_passed_and_is_no_finding():
    report = replace(REPORT, findings=[], not_asked={"own_date": "there are no scores"})
    assert "own_date" not in report.passed
    assert "not asked in full own_date: there are no scores" in printed(report)
    refuse(report)


@pytest.mark.parametrize(("held", "why"), [(True, "the gate holds it"), (False, "nobody is scored yet")])
def test_a_list_without_scores_leaves_all_that_was_learned_to_be_examined(small, tmp_path, held, why):
    workspace = copied(small, tmp_path / "workspace")
    shutil.rmtree(workspace.root / "data" / "scores")
    file = workspace.reports / "feeds.json"
    write_json(read_json(file) | {"held": held}, file)
    evidence = read_evidence(workspace)
    case = Case(evidence=evidence, recipe=None, params=load(workspace), active=None)
    assert not_asked(case)["own_date"].endswith(f"has no scores, because {why}")
    (own_date,) = [check for check in CHECKS if check.name == "own_date"]
    assert ask(case, [own_date]) == []
    changed = evidence.backtest.assign(probability=0.5)
    assert ask(replace(case, evidence=replace(evidence, backtest=changed)), [own_date])


def test_where_there_are_scores_every_check_is_asked(small):
    assert not not_asked(Case(evidence=read_evidence(small), recipe=None, params=load(small), active=None))


def test_a_refusal_is_one_line_with_an_exit_code():
    with pytest.raises(ModelError, match=r"^doctor: 1 finding by too_good") as refusal:
        refuse(REPORT)
    assert refusal.value.exit_code == 6
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (0.02, "where churn is inactivity, could be 60"),
        (0.4, "No silence of up to 60 days is so long that at most 10%"),
    ],
)
def test_silences_and_what_they_propose(last, words):
    text = printed(replace(REPORT, silences=[Silence(30, 1200, 0.61), Silence(60, 400, last)]))
    assert "1,200" in text
    assert "61.0%" in text
    assert words in text


def test_a_finding_bears_the_name_of_the_check_that_made_it():
    """Whatever a check calls its findings, they are reported under its own name."""
    misnamed = Rule("cut_off", "features are the same", lambda case: [replace(LEAK, check="too_god")])
    assert [each.check for each in ask(None, [misnamed])] == ["cut_off"]


@pytest.mark.parametrize("kind", ["inactivity", "logo"])
def test_the_cadence_is_proposed_whatever_churn_is(small, kind):
    settings = load(small)
    churn = settings.churn.model_copy(update={"kind": kind})
    found = silences(small, settings.model_copy(update={"churn": churn}), day("2025-04-28"))
    assert [each.days for each in found] == [7, 14, 30, 60, 90, 120, 180]
    assert all(0 <= each.returned <= 1 for each in found if each.silences)


@pytest.mark.parametrize(
    ("inactive_days", "window"), [(None, None), (14, 28), (60, 60)], ids=["churn is an end", "28 at least", "longer"]
)
def test_where_churn_is_inactivity_accounts_as_active_are_compared(small, inactive_days, window):
    churn = load(small).churn.model_copy(update={"inactive_days": inactive_days})
    rows = read_table(small.snapshots / "snapshots.parquet").sample(frac=1, random_state=1)
    found = active_days(rows, small, churn)
    if window is None:
        assert found is None
        return
    row = rows.iloc[0]
    days = read_activity(small.usage, ()).before(day("2030-01-01"))
    ago = (row["as_of"] - days.loc[days["account_id"] == row["account_id"], "day"]).dt.days
    assert found.iloc[0] == ago.between(1, window).sum() > 0
    assert list(found.index) == list(rows.index)


def test_the_help_lists_the_checks_that_there_are_in_their_order():
    assert re.findall(r"^- (\w+): ", verbs()["doctor"].help, re.MULTILINE) == [check.name for check in CHECKS]


def test_to_trust_a_feature_that_there_is_not(small):
    with pytest.raises(ParamsError, match=r"--trust: no feature is named 'tenur'\. Fix: did you mean 'tenure'\?"):
        examine(small, load(small), ["tenur"])
