"""A dead man's switch: did the list that was due come?"""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churnrisk import params
from churnrisk.clock import day
from churnrisk.monitoring.report import report
from churnrisk.monitoring.status import due_by, status
from churnrisk.store.catalogue.gate import GATE
from churnrisk.store.catalogue.monitor import MONITOR
from churnrisk.store.published import Published
from churnrisk.store.workspace import Workspace

from ..company import ROOT, make
from .subjects import finding, gate, subject

SETTINGS = params.load(ROOT / "params.yaml")


@pytest.fixture
def company(tmp_path) -> Workspace:
    """A workspace with settings alone; lists are due weekly from Monday, 1 April 2024, with three days' grace."""
    return make(tmp_path)


def publish(workspace: Workspace, *dates: str) -> None:
    for date in dates:
        Published(workspace).add(
            {"list": b"Ana"}, as_of=dt.date.fromisoformat(date), lineage="m1", scores="s1", latest=True
        )


def asked(workspace: Workspace, on: str):
    return status(workspace, params.load(workspace.params), day(on))


@pytest.mark.parametrize(
    ("lists", "on", "code", "says"),
    [
        (["2025-03-24"], "2025-03-24", 0, "fine: the newest list is of 2025-03-24, 0 days old"),
        (["2025-03-24"], "2025-03-25", 0, "1 day old"),
        (["2025-03-24"], "2025-04-02", 0, "fine"),  # Wednesday: the list of Monday still has a day
        (["2025-03-24"], "2025-04-03", 5, "late: the newest list is of 2025-03-24, 10 days old; the list of 2025-03"),
        (["2025-03-31"], "2025-04-03", 0, "fine"),
        ([], "2025-04-03", 5, "late: no list has been published; the list of 2025-03-31 was due and did not come"),
        ([], "2024-04-03", 0, "fine: no list has been published"),  # the very first is not due yet
        ([], "2024-04-04", 5, "the list of 2024-04-01 was due"),
        # An older week that is made again, though it was written last, freshens nothing.
        (["2025-03-24", "2025-02-03", "2025-01-06"], "2025-04-03", 5, "the newest list is of 2025-03-24"),
        # Daylight saving begins on 30 March and ends on 26 October 2025; 2026 has a week 53.
        (["2025-03-24"], "2025-03-30", 0, "6 days old"),
        (["2025-10-20"], "2025-10-26", 0, "6 days old"),
        (["2025-10-20"], "2025-10-30", 5, "the list of 2025-10-27"),
        (["2026-12-28"], "2027-01-06", 0, "9 days old"),
        (["2026-12-28"], "2027-01-07", 5, "the list of 2027-01-04"),
    ],
)
def test_status(company, lists, on, code, says):
    publish(company, *lists)
    found = asked(company, on)
    assert found.exit_code == code
    assert says in found.line
    assert "\n" not in found.line


@given(st.dates(dt.date(2024, 4, 4), dt.date(2030, 1, 1)))
def test_the_list_that_is_due_is_a_date_of_the_grid_of_three_to_nine_days_ago(on):
    due = due_by(SETTINGS, day(on))
    assert 3 <= (on - due.item()).days <= 9
    assert due.item().weekday() == 0


def test_a_list_of_a_named_date_is_the_only_one_that_is_due(tmp_path):
    company = make(tmp_path, {"clock": {"as_of": "2025-03-03"}})
    assert asked(company, "2025-03-05").exit_code == 0
    assert "the list of 2025-03-03 was due" in asked(company, "2025-06-01").line
    publish(company, "2025-03-03")
    assert asked(company, "2025-06-01").exit_code == 0


def test_another_grid_and_grace(tmp_path):
    company = make(tmp_path, {"clock": {"grid_every_weeks": 4}, "monitor": {"grace_days": 0}})
    publish(company, "2025-03-03")
    assert asked(company, "2025-03-30").exit_code == 0
    assert "the list of 2025-03-31 was due" in asked(company, "2025-03-31").line


def test_a_list_that_is_held_is_said_before_it_is_late(company):
    publish(company, "2025-05-26")
    held = gate("hold").model_copy(update={"held": True, "findings": [finding("hold")]})
    GATE.write(held, company)
    found = asked(company, "2025-06-02")
    assert found.exit_code == 5
    assert found.line.startswith("held: ")
    assert "the gate holds the list of 2025-06-02 (usage: no rows since 28 May)" in found.line
    publish(company, "2025-06-02")  # it went out all the same
    assert asked(company, "2025-06-02").exit_code == 0


def test_the_monitor_is_told_with_its_date_and_alerts(company):
    publish(company, "2025-06-02")
    assert "the monitor has not run" in asked(company, "2025-06-02").line
    MONITOR.write(report(subject(gate=gate("note")), []), company)
    found = asked(company, "2025-06-02")
    assert found.exit_code == 0
    assert found.line.endswith("the monitor of 2025-06-02 says watch (broken feed)")
