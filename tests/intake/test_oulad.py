"""The example `examples/oulad` on its real tables: who is at risk and who leaves, by rules restated here in pandas."""

import os
import shutil
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

from .raw import read

ROOT = Path(__file__).parents[2]
OULAD = ROOT / "examples" / "oulad"
HORIZON = 28
KEY = ["code_module", "code_presentation", "id_student"]


@pytest.fixture(scope="module")
def folder(missing: Callable[[str], NoReturn]) -> Path:
    data = Path(os.environ.get("CHURNRISK_DATA", ROOT.parent / "shared" / "data")) / "oulad"
    if not data.is_dir():
        missing(f"the OULAD tables are not at {data}: set CHURNRISK_DATA to the folder that holds oulad/")
    return data


@pytest.fixture(scope="module")
def workspace(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every table but usage, of which the clicks of one presentation are enough."""
    root = tmp_path_factory.mktemp("oulad")
    shutil.copytree(OULAD / "queries", root / "queries")
    usage = root / "queries" / "usage.sql"
    whole = usage.read_text(encoding="utf-8")
    usage.write_text(f"FROM (\n{whole}\n) WHERE account_id LIKE 'AAA_2014J_%'", encoding="utf-8")
    pull(root / "queries", folder, Workspace(root))
    conform(Workspace(root), max_rejected_share=0.0)
    rollup(root / "data" / "tables", root / "data" / "usage")
    return root


@pytest.fixture(scope="module")
def enrolments(folder: Path) -> pd.DataFrame:
    """Every enrolment but the 93 that are withdrawn without a date."""
    rows = pd.read_parquet(folder / "studentRegistration.parquet")
    rows = rows.merge(pd.read_parquet(folder / "studentInfo.parquet"), on=KEY)
    rows = rows.merge(pd.read_parquet(folder / "courses.parquet"), on=KEY[:2])
    rows = rows[(rows["final_result"] != "Withdrawn") | rows["date_unregistration"].notna()]
    student = rows["id_student"].astype(int).astype(str)
    return rows.assign(account_id=rows["code_module"] + "_" + rows["code_presentation"] + "_" + student)


def test_its_params_are_sound_and_its_test_dates_on_the_grid() -> None:
    params = load(OULAD / "params.yaml")
    days = [np.datetime64("2014-10-01") + day + 1 for day in range(14, 225, 14)]
    assert list(params.folds.test_as_of) == [day.item() for day in days]
    assert all(params.clock.grid.contains(day) for day in days)


def test_who_is_at_risk_and_who_leaves(workspace: Path, enrolments: pd.DataFrame) -> None:
    accounts, subscriptions = (
        read(workspace / "data" / "tables", "accounts"),
        read(workspace / "data" / "tables", "subscriptions"),
    )
    assert accounts is not None
    assert subscriptions is not None
    terms = subscriptions.merge(accounts, on="account_id", validate="1:1")
    rows = leavers = 0
    for day in range(14, 225, 14):
        as_of = pd.Timestamp("2014-10-01") + pd.Timedelta(days=day + 1)
        closes = as_of + pd.Timedelta(days=HORIZON)
        at_risk = (terms["created_on"] < as_of) & (terms["ended_on"] >= as_of) & (terms["planned_end_on"] >= closes)
        leaves = (terms["ended_on"] < closes) & (terms["ended_on"] < terms["planned_end_on"])
        expected = expected_at(enrolments[enrolments["code_presentation"] == "2014J"], day)
        assert dict(zip(terms.loc[at_risk, "account_id"], leaves[at_risk], strict=True)) == expected
        rows, leavers = rows + at_risk.sum(), leavers + (at_risk & leaves).sum()
    assert (rows, leavers) == (131_777, 3_522)


def expected_at(enrolments: pd.DataFrame, day: int) -> dict[str, bool]:
    """Does each enrolment that is at risk after a day unregister within the horizon?"""
    registered, left = enrolments["date_registration"].fillna(-np.inf), enrolments["date_unregistration"].fillna(np.inf)
    at_risk = (registered <= day) & (left > day) & (enrolments["module_presentation_length"] >= day + HORIZON)
    return dict(zip(enrolments.loc[at_risk, "account_id"], left[at_risk] <= day + HORIZON, strict=True))


def test_goals_are_the_assessments_that_fall_due(workspace: Path, folder: Path, enrolments: pd.DataFrame) -> None:
    goals = read(workspace / "data" / "tables", "goals")
    assert goals is not None
    due = enrolments.merge(pd.read_parquet(folder / "assessments.parquet").dropna(subset="date"), on=KEY[:2])
    given = pd.read_parquet(folder / "studentAssessment.parquet")
    due = due.merge(given, on=["id_assessment", "id_student"], how="left")
    due = due[due["is_banked"] != 1]
    assert set(goals["goal_id"]) == set(due["account_id"] + "_" + due["id_assessment"].astype(int).astype(str))
    assert goals["reached_on"].notna().sum() == due["date_submitted"].notna().sum()
    assert goals["result"].sum() == pytest.approx(due["score"].sum() / 100)
    reached = goals.dropna(subset="result")
    assert (reached["result_known_at"] - reached["reached_on"]).eq(pd.Timedelta(days=14)).all()


def test_clicks_and_submissions_add_up(workspace: Path, folder: Path, enrolments: pd.DataFrame) -> None:
    vle = pd.read_parquet(folder / "vle.parquet").query("code_module == 'AAA' and code_presentation == '2014J'")
    sites = [("id_site", "in", vle["id_site"].astype(int).tolist())]
    clicks = pd.read_parquet(folder / "studentVle.parquet", columns=["id_student", "date", "sum_click"], filters=sites)
    students = enrolments.query("code_module == 'AAA' and code_presentation == '2014J'")["id_student"]
    clicks = clicks[clicks["id_student"].isin(students)]
    daily = pd.read_parquet(workspace / "data" / "usage" / "daily")
    of_clicks = daily[daily["event"] != "assessment_submitted"]
    assert of_clicks["quantity"].sum() == clicks["sum_click"].sum()
    by_day = clicks.groupby(pd.Timestamp("2014-10-01") + pd.to_timedelta(clicks["date"], unit="D"))["sum_click"].sum()
    assert of_clicks.groupby("day")["quantity"].sum().tolist() == by_day.tolist()
    goals = read(workspace / "data" / "tables", "goals")
    assert goals is not None
    handed_in = goals[goals["account_id"].str.startswith("AAA_2014J_") & goals["reached_on"].notna()]
    assert daily.loc[daily["event"] == "assessment_submitted", "quantity"].sum() == len(handed_in)
