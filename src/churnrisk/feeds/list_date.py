"""The date of the list, and whether the gate lets it out: what every stage after the gate asks first."""

from churnrisk.clock import Day, day
from churnrisk.errors import StaleFeedError
from churnrisk.store.catalogue.gate import GATE
from churnrisk.store.catalogue.snapshot import LIST_DATE
from churnrisk.store.workspace import Workspace


def list_date(workspace: Workspace) -> Day:
    """The date of the list."""
    return day(LIST_DATE.read(workspace).as_of)


def covered_until(workspace: Workspace) -> Day:
    """The first day that the required feeds do not cover."""
    return day(LIST_DATE.read(workspace).covered_until)


def require_open_gate(workspace: Workspace, as_of: Day) -> None:
    """Raise StaleFeedError where the gate holds the list of that date, or was not asked about it."""
    gate = GATE.read(workspace)
    if gate.held or day(gate.as_of) != as_of:
        raise StaleFeedError(
            "the gate holds it" if gate.held else f"the gate was asked about {gate.as_of}",
            where=f"the list of {as_of}",
            fix="run `churnrisk gate`, which says what is broken and what to do",
        )
