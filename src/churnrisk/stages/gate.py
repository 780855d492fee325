"""Are the feeds fresh and whole? No list is made from a broken feed; the last good one stays as it is."""

from churnrisk.clock import Day, day
from churnrisk.errors import StaleFeedError
from churnrisk.feeds.check import Inspected, check
from churnrisk.feeds.coverage import coverage
from churnrisk.feeds.finding import FeedFinding
from churnrisk.feeds.flow import Feeds
from churnrisk.feeds.reading import read_feeds, read_seen
from churnrisk.params import Params
from churnrisk.store.workspace import Workspace, read_json, write_json


def run(workspace: Workspace, params: Params) -> None:
    as_of = day(read_json(workspace.snapshots / "as_of.json")["as_of"])
    findings = check(_read_inspected(workspace, params, as_of))
    held = [each for each in findings if each.severity == "hold"]
    override = params.gate.override
    allowed = override is not None and day(override.as_of) == as_of
    about = {
        "as_of": str(as_of),
        "held": bool(held) and not allowed,
        "override": override.reason if override is not None and allowed and held else None,
        "findings": [each.as_json() for each in findings],
    }
    write_json(about, workspace.reports / "feeds.json")
    if about["held"]:
        raise _hold(as_of, held)


def _read_inspected(workspace: Workspace, params: Params, as_of: Day) -> Inspected:
    feeds, settle_days = read_feeds(workspace.tables, workspace.usage), params.clock.usage_settle_days
    return Inspected(
        feeds=feeds,
        seen=read_seen(workspace.tables, workspace.usage, as_of, settle_days),
        as_of=as_of,
        due=_due(feeds, params, as_of),
        every_days=7 * params.clock.grid_every_weeks,
        settle_days=settle_days,
    )


def _due(feeds: Feeds, params: Params, as_of: Day) -> Day:
    """The date on which a list is expected: with `auto`, the latest that any feed has got to."""
    if params.as_of is not None:
        return as_of
    return max(as_of, params.clock.grid.floor(max(each.dated_until for each in coverage(feeds).values())))


def _hold(as_of: Day, held: list[FeedFinding]) -> StaleFeedError:
    first, more = held[0], len(held) - 1
    rest = f", and {more} more in reports/feeds.json" if more else ""
    return StaleFeedError(
        f"the list of {as_of} is held ({first.check}): {first.words}{rest}",
        where="gate",
        fix=f'fix the feed and run again, or set gate.override to {{as_of: "{as_of}", reason: ...}} in params.yaml',
    )
