"""The monitor in a scheduled run, which works on a view of the workspace."""

import datetime as dt
import shutil

import pytest

from churnrisk import params
from churnrisk.clock import day
from churnrisk.monitoring import monitor
from churnrisk.monitoring.status import WEEKLY_REPORTS, status
from churnrisk.store.catalogue.gate import GATE
from churnrisk.store.catalogue.monitor import DRIFT, MONITOR, MONITOR_PAGE
from churnrisk.store.workspace import Workspace
from churnrisk.weekly.view import view

from ..company import copied, load, make
from .subjects import gate


@pytest.fixture
def company(small, tmp_path) -> Workspace:
    """The small company with a scheduled run of the same date beside the pipeline's, and no report of the monitor."""
    workspace = copied(small, tmp_path / "company")
    for folder in ("data", "models", "reports"):
        to = workspace.root / "data/weekly" / ("" if folder == "data" else folder)
        shutil.copytree(small.root / folder, to, dirs_exist_ok=True)
    shutil.rmtree(workspace.path("reports/monitor"))
    MONITOR.at(workspace).unlink()
    return workspace


def test_a_scheduled_run_reports_where_the_pipeline_does_and_the_same(company, small):
    monitor(view(company), load(company), backfill=True)
    for file in (MONITOR, MONITOR_PAGE):
        assert file.at(company).read_bytes() == file.at(small).read_bytes()


def test_it_writes_into_no_out_of_dvc(company):
    DRIFT.at(company).unlink()
    monitor(view(company), load(company), backfill=True)
    assert not DRIFT.at(company).exists()
    assert DRIFT.at(view(company)).exists()


def test_a_week_that_is_made_up_for_leaves_the_report_of_a_newer_one(company, small):
    newer = MONITOR.read(small).model_copy(update={"as_of": dt.date(2025, 5, 12)})
    MONITOR.write(newer, company)
    monitor(view(company), load(company), backfill=True)
    assert MONITOR.read(company) == newer
    monitor(view(company), load(company))
    assert MONITOR.read(company).as_of == dt.date(2025, 5, 5)


def test_status_hears_of_the_gate_of_a_scheduled_run(tmp_path):
    workspace = make(tmp_path)
    assert view(workspace).reports == workspace.root / WEEKLY_REPORTS
    GATE.write(gate(), workspace)
    held = gate("hold").model_copy(update={"held": True, "as_of": dt.date(2025, 6, 9)})
    GATE.write(held, view(workspace))
    line = status(workspace, params.load(workspace.params), day("2025-06-09")).line
    assert line.startswith("held: ")
    assert "2025-06-09" in line
