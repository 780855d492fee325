"""The date of the list, and whether the gate lets it out: what every stage after the gate asks first."""

from churnrisk.clock import Day, day
from churnrisk.errors import StaleFeedError
from churnrisk.store.workspace import Workspace, read_json


def list_date(workspace: Workspace) -> Day:
    """The date of the list."""
    return day(read_json(workspace.snapshots / "as_of.json")["as_of"])


def require_open_gate(workspace: Workspace, as_of: Day) -> None:
    """Raise StaleFeedError where the gate holds the list of that date, or was not asked about it."""
    gate = read_json(workspace.reports / "feeds.json")
    if gate["held"] or gate["as_of"] != str(as_of):
        raise StaleFeedError(
            "the gate holds it" if gate["held"] else f"the gate was asked about {gate['as_of']}",
            where=f"the list of {as_of}",
            fix="run `churnrisk gate`, which says what is broken and what to do",
        )
