"""Did the list that was due come? A dead man's switch: it says so although nothing ran that could have failed.

Every other fault is told by the run that meets it. A scheduler that no longer starts tells nobody, so this is asked
from outside, with the day on which it is asked.
"""

from dataclasses import dataclass

from churnrisk.clock import Day, day, days
from churnrisk.params import Params
from churnrisk.store.catalogue.gate import GATE, GateReport
from churnrisk.store.catalogue.monitor import MONITOR, Monitor, State
from churnrisk.store.published import Published
from churnrisk.store.workspace import Workspace

WEEKLY_REPORTS = "data/weekly/reports"
"""Where a scheduled run has its gate's report, which says more of this week than that of the last `dvc repro`."""

LATE_OR_HELD = 5
"""The exit code, as for a feed that is late: for whoever waits for the list it is the same."""


@dataclass(frozen=True)
class Status:
    """The newest list, the date of the list that has to be there by `on`, and what gate and monitor say.

    `newest` is the greatest date of a list and not the list that was written last: an older week that is made again
    does not make the newest one any fresher. `due` is None before the first list can be expected.
    """

    on: Day
    newest: Day | None
    due: Day | None
    gate: GateReport | None
    monitor: Monitor | None

    @property
    def is_late(self) -> bool:
        return bool(self.due is not None and (self.newest is None or self.newest < self.due))

    @property
    def is_held(self) -> bool:
        """Does the gate hold a list that is newer than the newest one?"""
        gate = self.gate
        return bool(gate is not None and gate.held and (self.newest is None or day(gate.as_of) > self.newest))

    @property
    def exit_code(self) -> int:
        return LATE_OR_HELD if self.is_late or self.is_held else 0

    @property
    def line(self) -> str:
        """All of it in one line, the verdict first."""
        verdict = "held" if self.is_held else "late" if self.is_late else "fine"
        parts = [_newest(self), *_due(self), *_held(self), _monitor(self)]
        return f"{verdict}: {'; '.join(parts)}"


def status(workspace: Workspace, params: Params, on: Day) -> Status:
    """The status of a workspace on a day; raises SourceError where a report is damaged.

    Days are UTC dates and a list is due so many whole days after its own, so that neither daylight saving nor a week 53
    moves anything.
    """
    return Status(
        on=on,
        newest=newest_list(workspace),
        due=due_by(params, on),
        gate=_newest_gate(workspace),
        monitor=MONITOR.read(workspace) if MONITOR.at(workspace).exists() else None,
    )


def _newest_gate(workspace: Workspace) -> GateReport | None:
    """The report of the latest date, of the scheduled run where both have one."""
    places = (workspace, workspace.view({"reports": WEEKLY_REPORTS}))
    reports = [GATE.read(each) for each in places if GATE.at(each).exists()]
    return max(reversed(reports), key=lambda each: each.as_of, default=None)


def due_by(params: Params, on: Day) -> Day | None:
    """The newest date whose list has to be there on a day: the last of the grid at least `monitor.grace_days` ago."""
    return newest_date(params, on - days(params.monitor.grace_days))


def newest_date(params: Params, until: Day) -> Day | None:
    """The newest date of a list up to a day; None before the first.

    Where `clock.as_of` names a date, that list is the only one.
    """
    if params.as_of is not None:
        return params.as_of if params.as_of <= until else None
    newest = params.clock.grid.floor(until)
    return newest if newest >= params.clock.grid.anchor else None


def newest_list(workspace: Workspace) -> Day | None:
    """The greatest date of a list that went out; None where there is none."""
    return max((day(each.as_of) for each in Published(workspace).all()), default=None)


def _newest(of: Status) -> str:
    if of.newest is None:
        return "no list has been published"
    age = int((of.on - of.newest) // days(1))
    return f"the newest list is of {of.newest}, {age} day{'s' * (age != 1)} old"


def _due(of: Status) -> list[str]:
    return [f"the list of {of.due} was due and did not come"] if of.is_late else []


def _held(of: Status) -> list[str]:
    if of.gate is None or not of.is_held:
        return []
    first = next((each.evidence for each in of.gate.findings if each.severity == "hold"), "see reports/feeds.json")
    return [f"the gate holds the list of {of.gate.as_of} ({first})"]


def _monitor(of: Status) -> str:
    """The worst state of the monitor, and of which date, because an old report says nothing of a newer list."""
    if of.monitor is None:
        return "the monitor has not run"
    state: State = of.monitor.state
    said = f"the monitor of {of.monitor.as_of} says {state}"
    alerts = [each.check for each in of.monitor.alerts]
    return f"{said} ({', '.join(alerts)})" if alerts else said
