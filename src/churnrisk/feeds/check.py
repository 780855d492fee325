"""Is every feed fresh and whole at a date? All checks together."""

from collections.abc import Iterator

import numpy as np

from churnrisk.clock import Day
from churnrisk.feeds.coverage import coverage_of
from churnrisk.feeds.dates import clock_ahead, clock_shifted, loaded_twice
from churnrisk.feeds.events import events_begun, events_lost
from churnrisk.feeds.finding import FeedFinding
from churnrisk.feeds.flow import Feeds
from churnrisk.feeds.recent import LEANED_ON, Recent
from churnrisk.feeds.seen import see
from churnrisk.feeds.stale import holes, stale
from churnrisk.feeds.volume import depth, empty_days, missing_part

OF_USAGE = (
    empty_days,
    missing_part,
    depth,
    events_lost,
    events_begun,
    loaded_twice,
    clock_ahead,
    clock_shifted,
)  # the plainest evidence first
_STRAYS_SHARE, _FEWEST_STRAYS = 0.0005, 10  # of the rows of four weeks


def check(
    feeds: Feeds, as_of: Day, *, settle_days: int = 0, every_days: int = 7, due: Day | None = None
) -> list[FeedFinding]:
    """What is wrong with the feeds at `as_of`, by what was known before it; what holds a list comes first.

    `every_days` is the time from list to list. `due` is the date on which a list is expected, where it is later than
    `as_of`: feeds that have not got there are stale.
    """
    found = [*stale(feeds, settle_days, due or as_of), *future(feeds, as_of, every_days), *holes(feeds, as_of)]
    seen = see(feeds.tables, feeds.usage, as_of, settle_days)
    if not seen.rows.any():
        days = seen.days[0], seen.days[-1]
        return [FeedFinding("usage", "empty", "hold", *days, 0.0, 1.0, f"nothing of it was known before {as_of}")]
    recent = Recent(seen, max(every_days, 7))
    for each in OF_USAGE:
        found += each(seen, recent)
    return sorted(found, key=lambda finding: finding.severity != "hold")


def future(feeds: Feeds, as_of: Day, every_days: int) -> Iterator[FeedFinding]:
    """Facts that are dated after the date and after their feed has ended.

    Nothing says when such a row came in. Where a feed has gone on by a list or more since the date, it may have come
    with what was known later, and is left to the later list.
    """
    found = coverage_of(feeds)
    for name, flow in feeds.flows().items():
        until = found[name].covered_until
        if until >= as_of + np.timedelta64(every_days, "D"):
            continue
        ahead = (flow.days >= until) & (flow.days > as_of)
        strays = int(flow.counts[ahead].sum())
        if strays:
            lately = int(flow.counts[~ahead & (flow.days >= until - np.timedelta64(LEANED_ON, "D"))].sum())
            many = strays >= max(_FEWEST_STRAYS, _STRAYS_SHARE * lately) and name == "usage"
            first, last = flow.days[ahead][[0, -1]]
            yield FeedFinding(
                name,
                "future dates",
                "hold" if many else "note",
                first,
                last,
                float(strays),
                0.0,
                f"{strays:,} facts are dated from {first} to {last}; the last four weeks have {lately:,}",
            )
