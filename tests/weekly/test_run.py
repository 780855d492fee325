"""A week's list against the pipeline's own, and what a run that fails leaves behind."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import yaml

from churnrisk import simulator
from churnrisk.clock import Day, day, days
from churnrisk.errors import ModelError, ParamsError, StaleFeedError
from churnrisk.feeds.list_date import list_date
from churnrisk.model.bundle import Bundle
from churnrisk.model.risk_model import SCORERS
from churnrisk.monitoring.status import status
from churnrisk.registry.server import UnreachableError
from churnrisk.store.lock import LOCK, locked
from churnrisk.store.workspace import Workspace
from churnrisk.weekly.promote import promote
from churnrisk.weekly.view import moved_to

from .. import company
from ..model.company import bundle, examples, fitted
from ..verbs import call, call_apart
from .company import challenge, files, make_champion, run, with_champion, with_list

SCORING = ("source", "pull", "conform", "rollup", "snapshot", "gate", "featurize", "score", "list")
PUBLISHED = (
    "reports/risk_list",
    "reports/monitor",
    *(f"data/history/{kind}" for kind in ("lists", "publications", "scores", "origin")),
)
"""What a week makes. The forecasts of the archive are those of the stage `book`, which `dvc repro` alone runs."""


@pytest.fixture(autouse=True)
def own_store(monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")


@pytest.fixture
def workspace(small, tmp_path) -> Workspace:
    return with_champion(small, tmp_path / "workspace")


def test_a_weekly_list_is_byte_for_byte_that_of_the_pipeline_and_touches_nothing_of_it(small, workspace):
    before, as_of = files(workspace), list_date(small)
    assert "the list is out" in run(workspace, as_of)
    published = files(workspace, *PUBLISHED)
    assert published == files(small, *PUBLISHED)
    assert files(workspace) == before | published
    assert "was made again" in run(workspace, as_of)
    assert files(workspace) == before | published


def test_the_next_week_is_that_of_a_pipeline_on_a_company_a_week_older(small, tmp_path):
    workspace, as_of = with_list(small, tmp_path / "workspace"), list_date(small)
    older = company.make(
        tmp_path / "older", {"source": {"simulator": company.SMALL["source"]["simulator"] | {"weeks": 71}}}
    )
    shutil.copytree(small.models, older.models)
    # The list before has a part in who is on the next one, so both know it.
    shutil.copytree(workspace.history, older.history)
    run(workspace)
    company.run(older, *SCORING)
    assert list_date(older) == as_of + days(7)
    for folder in (str(as_of + days(7)), "latest"):
        assert files(workspace, f"reports/risk_list/{folder}") == files(older, f"reports/risk_list/{folder}")


def test_a_past_week_is_as_it_was_known_then_and_does_not_become_the_latest(small, workspace, tmp_path):
    as_of = list_date(small)
    younger = with_champion(small, tmp_path / "younger")
    run(younger, as_of - days(7))
    run(workspace, as_of + days(14))
    run(workspace, as_of - days(7))
    past = f"reports/risk_list/{as_of - days(7)}"
    assert files(workspace, past) == files(younger, past)
    latest = json.loads((workspace.risk_lists / "latest" / "risk_list.json").read_text())
    assert latest["as_of"] == str(as_of + days(14))


def test_missed_weeks_are_made_up_for_in_order(small, tmp_path):
    workspace, as_of = with_list(small, tmp_path / "workspace"), list_date(small)
    said = run(workspace, as_of + days(21), catch_up=True).splitlines()
    assert [line.partition(":")[0] for line in said] == [str(as_of + days(7 * weeks)) for weeks in (1, 2, 3)]
    steps = [json.loads(line) for line in (workspace.root / "data/weekly/log.jsonl").read_text().splitlines()]
    assert [step["as_of"] for step in steps if step["step"] == "list"][1:] == [line[:10] for line in said]
    assert {step["exit_code"] for step in steps} == {0}


def test_a_list_that_went_out_before_the_run_was_cut_off_is_finished_and_what_was_done_is_said(small, workspace):
    """Killed after the list of the first of two dates, before its origin; with a torn line in the log."""
    as_of = list_date(small)
    run(workspace, as_of - days(7))
    assert "cut off" not in run(workspace, as_of)
    expected = files(workspace, *PUBLISHED)
    shutil.rmtree(workspace.path(f"data/history/origin/as_of={as_of - days(7)}"))
    log = workspace.root / "data/weekly/log.jsonl"
    lines = log.read_text().splitlines(keepends=True)
    cut = [json.loads(line)["step"] for line in lines].index("monitor")
    log.write_text("".join(lines[:cut]) + '{"at": "2025')
    said = run(workspace, as_of, catch_up=True).splitlines()
    list_out = f"list of {as_of - days(7)}; it had published the list of {as_of - days(7)}"
    assert said[0].startswith("the run before was cut off. Done already: champion, pull, conform, rollup, snapshot of")
    assert list_out in said[0]
    assert [line.partition(":")[0] for line in said[1:]] == [str(as_of - days(7)), str(as_of)]
    assert files(workspace, *PUBLISHED) == expected
    assert json.loads(log.read_text().splitlines()[-1])["step"] == "weekly"


def no_champion(workspace: Workspace, tmp_path: Path) -> None:
    content = yaml.safe_load(workspace.params.read_text())
    content["tracking"] = content.get("tracking", {}) | {"registered_model": "another"}
    workspace.params.write_text(yaml.safe_dump(content))


def leads_nowhere(workspace: Workspace, tmp_path: Path) -> None:
    shutil.rmtree(workspace.root / "mlruns")


def wrong_hash(workspace: Workspace, tmp_path: Path) -> None:
    (file,) = (path for path in (workspace.root / "mlruns").rglob("scorer.txt") if "models" in path.parts)
    file.write_text(file.read_text() + " ")


def another_bundle(workspace: Workspace, tmp_path: Path) -> None:
    (file,) = (path for path in (workspace.root / "mlruns").rglob("bundle.json") if "models" in path.parts)
    shutil.rmtree(file.parent)
    bundle(fitted(SCORERS["logistic"], examples(accounts=30, weeks=10))).save(file.parent)


def other_columns(workspace: Workspace, tmp_path: Path) -> None:
    challenge(workspace, bundle(fitted(SCORERS["boosted"], examples(accounts=30, weeks=10))), tmp_path / "other")
    promote(workspace, company.load(workspace), force="a test")


OF_THE_CHAMPION = (leads_nowhere, wrong_hash, another_bundle)
BAD = {
    "no champion": (no_champion, 0, ModelError, "there is no champion. Fix: train with `dvc repro`, then run"),
    "an alias that leads nowhere": (leads_nowhere, 0, ModelError, "its files (are gone|hold no bundle)"),
    "a file of the bundle was changed": (wrong_hash, 0, ModelError, "scorer.txt is not the one that was saved"),
    "another bundle in its place": (another_bundle, 0, ModelError, "its bundle is not the one that was registered"),
    "a champion of other columns": (other_columns, 0, ModelError, "missing"),
    "a date off the grid": (None, 1, ParamsError, "is not on the grid of snapshots"),
    "a date before the grid": (None, -700, ParamsError, "is before clock.first_as_of"),
    "a date beyond the feeds": (None, 7 * 500, StaleFeedError, "the feeds do not reach"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_error_and_changes_nothing_that_counts(small, workspace, tmp_path, case):
    harm, later, kind, says = BAD[case]
    if harm in OF_THE_CHAMPION:
        workspace = make_champion(small, tmp_path / "own")
    if harm is not None:
        harm(workspace, tmp_path)
    before = files(workspace)
    with pytest.raises(kind, match=says) as error:
        run(workspace, list_date(small) + days(later))
    assert type(error.value) is kind
    assert files(workspace) == before


def with_feeds(workspace: Workspace, weeks: int, usage_weeks: int | None = None) -> None:
    """Make the company one of files as they stood after so many weeks; usage may have stopped before."""
    content = yaml.safe_load(workspace.params.read_text())
    drawn = company.SMALL["source"]["simulator"]
    made = simulator.simulate(drawn["accounts"], day(drawn["start"]), weeks, drawn["seed"])
    if usage_weeks is not None:
        usage, until = made.tables["usage"], pd.Timestamp(drawn["start"]) + pd.Timedelta(weeks=usage_weeks)
        made = replace(made, tables=made.tables | {"usage": usage[usage["day"] < until]})
    simulator.write(made, workspace.root / "source", workspace.root / "truth.parquet")
    workspace.params.write_text(yaml.safe_dump(content | {"source": {"kind": "files", "folder": "source"}}))


def test_feeds_or_a_clock_that_go_back_are_named(small, workspace):
    as_of, weeks = list_date(small), company.SMALL["source"]["simulator"]["weeks"]
    with_feeds(workspace, weeks)
    run(workspace)
    with_feeds(workspace, weeks - 2)
    before = files(workspace)
    says = f"the list of {as_of} is out already, and the feeds reach only {as_of - days(14)}: they went back"
    with pytest.raises(StaleFeedError, match=says):
        run(workspace)
    assert files(workspace) == before


def test_where_usage_stops_the_last_list_is_not_made_again_as_if_nothing_were_wrong(workspace):
    weeks = company.SMALL["source"]["simulator"]["weeks"]
    with_feeds(workspace, weeks)
    run(workspace)
    with_feeds(workspace, weeks + 1, usage_weeks=weeks)
    before = files(workspace)
    with pytest.raises(StaleFeedError, match="days are missing"):
        run(workspace)
    assert files(workspace) == before


def test_the_list_that_is_due_and_can_not_be_made_is_named_and_the_older_one_is_not_made_again(small, workspace):
    """All feeds have stopped, so that they look as they did a week ago."""
    as_of, later = list_date(small), list_date(small) + days(7)
    with_feeds(workspace, company.SMALL["source"]["simulator"]["weeks"])
    run(workspace, on=later - days(1))
    before = files(workspace)
    for catch_up in (False, True):
        with pytest.raises(StaleFeedError, match=f"the list of {later} is due, and the feeds reach only {as_of}"):
            run(workspace, on=later, catch_up=catch_up)
    assert files(workspace) == before
    assert status(workspace, company.load(workspace), later + days(3)).is_late
    assert "was made again" in run(workspace, as_of, on=later)


def test_without_a_registry_the_champion_that_was_fetched_last_makes_the_list_and_the_list_says_so(
    small, workspace, monkeypatch
):
    as_of = list_date(small)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    with pytest.raises(UnreachableError):
        run(workspace, as_of)
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    run(workspace, as_of)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    assert "could not be reached" in run(workspace, as_of + days(7))
    listed = json.loads((workspace.risk_lists / "latest" / "risk_list.json").read_text())
    lineage = Bundle.load(small.models / "bundle").model.lineage
    assert [each for each in listed["warnings"] if "fetched last" in each] == [
        "The model registry could not be reached, so this list is made by the champion that was fetched last,"
        f" {lineage}."
    ]


def test_two_runs_at_once_are_refused_and_a_dry_run_writes_nothing(workspace):
    before = files(workspace, ".")
    words = ("weekly", "--workspace", str(workspace.root))
    with locked(workspace):
        assert call_apart(*words)[0] == 7
    code, output, _ = call(*words, "--dry-run")
    assert (code, "would fetch the champion" in output) == (0, True)
    # The lock names who held it last, and stays.
    assert {**files(workspace, "."), LOCK: b""} == {**before, LOCK: b""}


def test_a_simulated_company_moves_on_and_never_back():
    settings = company.Params.model_validate(company.root_params())
    weeks = [
        moved_to(settings, as_of, newest).source.simulator.weeks
        for as_of, newest in [
            (None, None),
            (Day("2026-01-05"), None),
            (Day("2025-01-06"), None),
            (Day("2025-01-06"), Day("2026-02-02")),
            (Day("2099-01-05"), None),
        ]
    ]
    assert weeks == [104, 105, 104, 109, 208]
    assert day("2024-01-01") + days(7 * 105) == day("2026-01-05")
