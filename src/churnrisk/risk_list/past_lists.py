"""Lists as they went out before: whom they had, from the archive."""

import json
from typing import Any

from churnrisk.clock import Day, as_date
from churnrisk.risk_list.groups import TO_CALL
from churnrisk.risk_list.outputs.files import RECORD
from churnrisk.store.catalogue.list import Publication
from churnrisk.store.published import Published
from churnrisk.store.workspace import Workspace


def list_before(workspace: Workspace, as_of: Day) -> Publication | None:
    """The list of the newest date before `as_of` as it went out last; None where there is none."""
    before = [each for date, each in Published(workspace).shown().items() if date < as_date(as_of)]
    return before[-1] if before else None


def read_list(workspace: Workspace, made: Publication) -> dict[str, Any]:
    """What `risk_list.json` of a list said as it went out; raises SourceError where it is damaged."""
    content: dict[str, Any] = json.loads(Published(workspace).files(made)[RECORD])
    return content


def called_before(workspace: Workspace, as_of: Day) -> frozenset[str]:
    """The accounts that the list before had to be called; none where no list before had groups."""
    made = list_before(workspace, as_of)
    rows = [] if made is None else read_list(workspace, made)["rows"]
    return frozenset(str(row["account_id"]) for row in rows if row.get("group") == TO_CALL)
