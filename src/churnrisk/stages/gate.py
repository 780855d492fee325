"""Are the feeds fresh and whole? A list is not made of a broken feed; the last good one stays as it is."""

from churnrisk.clock import Day, day
from churnrisk.errors import StaleFeedError
from churnrisk.feeds.check import check
from churnrisk.feeds.coverage import coverage_of
from churnrisk.feeds.finding import FeedFinding
from churnrisk.feeds.flow import Feeds, read_feeds
from churnrisk.params import Params
from churnrisk.store.workspace import Workspace, read_json, write_json


def run(workspace: Workspace, params: Params) -> None:
    as_of, clock = day(read_json(workspace.snapshots / "as_of.json")["as_of"]), params.clock
    feeds = read_feeds(workspace.tables, workspace.usage)
    found = check(
        feeds,
        as_of,
        settle_days=clock.usage_settle_days,
        every_days=7 * clock.grid_every_weeks,
        due=_due(feeds, params, as_of),
    )
    held = [each for each in found if each.severity == "hold"]
    override = params.gate.override
    allowed = override is not None and day(override.as_of) == as_of
    about = {
        "as_of": str(as_of),
        "held": bool(held) and not allowed,
        "override": override.reason if override is not None and allowed and held else None,
        "findings": [each.as_json() for each in found],
    }
    write_json(about, workspace.reports / "feeds.json")
    if about["held"]:
        raise _hold(as_of, held)


def _due(feeds: Feeds, params: Params, as_of: Day) -> Day:
    """The date on which a list is expected: with `auto`, the latest that any feed has got to."""
    if params.as_of is not None:
        return as_of
    return max(as_of, params.clock.grid.floor(max(each.dated_until for each in coverage_of(feeds).values())))


def _hold(as_of: Day, held: list[FeedFinding]) -> StaleFeedError:
    first, more = held[0], len(held) - 1
    rest = f", and {more} more in reports/feeds.json" if more else ""
    return StaleFeedError(
        f"the list of {as_of} is held ({first.check}): {first.words}{rest}",
        where="gate",
        fix=f'fix the feed and run again, or set gate.override to {{as_of: "{as_of}", reason: ...}} in params.yaml',
    )
