"""Is every feed fresh and whole at a date? All checks, each with its words."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from churnrisk.clock import Day, days
from churnrisk.feeds.contracts import Contracts, short_gaps, without_subscription
from churnrisk.feeds.coverage import coverage
from churnrisk.feeds.dates import clock_skewed, loaded_twice
from churnrisk.feeds.events import event_dropped, tracking_began, tracking_ended
from churnrisk.feeds.finding import Evidence, FeedFinding
from churnrisk.feeds.flow import Feeds
from churnrisk.feeds.known import Learning, begins_later, known_late
from churnrisk.feeds.recent import LEANED_ON, Recent
from churnrisk.feeds.seen import Seen
from churnrisk.feeds.set_aside import SetAside, rows_set_aside
from churnrisk.feeds.stale import holes, stale
from churnrisk.feeds.thin import thinner as thinner_table
from churnrisk.feeds.volume import empty_days, missing_group, missing_part, thicker, thinner
from churnrisk.rules import Rule, Rules

_STRAYS_SHARE, _FEWEST_STRAYS = 0.0005, 10  # of the rows of four weeks: fewer stray rows move no feature


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """What checks look at: all `feeds`, and usage as it was `seen` before `as_of`.

    `every_days` is the time from list to list. `due` is the date on which a list is expected; it is later than `as_of`
    where the feeds have not got that far. A date does not look at its last `settle_days` days. `set_aside` is None
    where no row of subscriptions was. `contracts` and `learning` are None where only feeds and usage are looked at.
    """

    feeds: Feeds
    seen: Seen
    as_of: Day
    due: Day
    set_aside: SetAside | None = None
    contracts: Contracts | None = None
    learning: Learning | None = None
    every_days: int = 7
    settle_days: int = 0

    @cached_property
    def usage(self) -> Recent:
        """Usage, of which at least the last week counts as recent: a shorter one has no weekend."""
        return Recent(self.seen, max(self.every_days, 7))


def future(inspected: Inspected) -> Iterator[Evidence]:
    """Facts that are dated after the date and after their feed has ended.

    Nothing says when such a row came in. Where a feed has gone on by a list or more since the date, it may have come
    with what was known later, and is left to the later list.
    """
    reached = coverage(inspected.feeds)
    for name, flow in inspected.feeds.flows().items():
        until = reached[name].covered_until
        if until >= inspected.as_of + days(inspected.every_days):
            continue
        ahead = (flow.days >= until) & (flow.days > inspected.as_of)
        strays = int(flow.counts[ahead].sum())
        if strays:
            lately = int(flow.counts[~ahead & (flow.days >= until - days(LEANED_ON))].sum())
            many = strays >= max(_FEWEST_STRAYS, _STRAYS_SHARE * lately) and name == "usage"
            first, last = flow.days[ahead][[0, -1]]
            yield Evidence(
                feed=name,
                severity="hold" if many else "note",
                first_day=first,
                last_day=last,
                found=float(strays),
                usual=0.0,
                sentence=f"{strays:,} facts are dated from {first} to {last}; the last four weeks have {lately:,}",
            )


def nothing_known(inspected: Inspected) -> Iterator[Evidence]:
    """No usage at all that was known before the date."""
    if not inspected.seen.rows.any():
        yield Evidence(
            severity="hold",
            first_day=inspected.seen.days[0],
            last_day=inspected.seen.days[-1],
            found=0.0,
            usual=1.0,
            sentence=f"nothing of it was known before {inspected.as_of}",
        )


Check = Rule[Inspected, Iterator[Evidence]]

EMPTY: Check = Rule("empty", "no usage was known before the date", nothing_known)

CHECKS: Rules[Inspected, Iterator[Evidence]] = Rules(
    [
        EMPTY,
        Rule(
            "stale",
            "the feed has stopped before the date on which a list is due",
            lambda each: stale(each.feeds, each.settle_days, each.due),
        ),
        Rule(
            "thinner than ever",
            "a table of events goes on with far fewer rows than in any four weeks of the year before",
            lambda each: thinner_table(each.feeds, each.as_of),
        ),
        Rule(
            "rows set aside",
            "rows of subscriptions were set aside, which changes what the other rows of their accounts mean",
            lambda each: iter(()) if each.set_aside is None else rows_set_aside(each.set_aside, each.as_of),
        ),
        Rule(
            "known late",
            "dates to learn from knew less than half of what had happened, since rows became known long after it",
            lambda each: iter(()) if each.learning is None else known_late(each.feeds, each.learning, each.as_of),
        ),
        Rule(
            "begins later",
            "usage begins much later than is configured",
            lambda each: iter(()) if each.learning is None else begins_later(each.feeds, each.learning, each.as_of),
        ),
        Rule(
            "short gaps",
            "subscriptions of an account follow each other with a gap of a few days, again and again",
            lambda each: iter(()) if each.contracts is None else short_gaps(each.contracts),
        ),
        Rule(
            "no subscription",
            "accounts use the product and have no subscription of any time",
            lambda each: iter(()) if each.contracts is None else without_subscription(each.contracts, each.as_of),
        ),
        Rule("future dates", "facts are dated after the date and after their feed has ended", future),
        Rule(
            "hole",
            "for a time that is over, no start or no end of a subscription became known",
            lambda each: holes(each.feeds, each.as_of),
        ),
        Rule("empty day", "a day that usually has rows has next to none", lambda each: empty_days(each.usage)),
        Rule(
            "drop shared across accounts",
            "accounts that are there every week went silent all at once, while the others go on",
            lambda each: missing_part(each.usage),
        ),
        Rule(
            "drop within a region or segment",
            "accounts of one region or segment went silent all at once, while those of others go on",
            lambda each: missing_group(each.usage),
        ),
        Rule("partial day", "a day has fewer rows a user than usual", lambda each: thinner(each.usage)),
        Rule("more than usual", "a day has more rows a user than usual", lambda each: thicker(each.usage)),
        Rule(
            "tracking of {event} ended",
            "the accounts that are there no longer use an event, while others go on",
            lambda each: tracking_ended(each.usage),
        ),
        Rule(
            "drop within {event}",
            "the accounts that are there use an event far less than before, while others go on",
            lambda each: event_dropped(each.usage),
        ),
        Rule(
            "tracking of {event} began",
            "most old hands use an event at once that never was before",
            lambda each: tracking_began(each.usage),
        ),
        Rule("duplicated load", "rows are exact copies of others", lambda each: loaded_twice(each.usage)),
        Rule(
            "clock skew",
            "rows were known before the day on which they are dated, or a week is dated some days off",
            lambda each: clock_skewed(each.usage),
        ),
    ]
)
"""All checks, in the order in which they report: whole feeds first, then usage, the plainest evidence first."""


def check(inspected: Inspected) -> list[FeedFinding]:
    """What is wrong with the feeds at a date, by what was known before it; what holds a list comes first.

    Where no usage was known, that is all that is reported: every other check would report the same in its own words.
    """
    asked = CHECKS if inspected.seen.rows.any() else [EMPTY]
    findings = [FeedFinding(each, evidence) for each in asked for evidence in each(inspected)]
    return sorted(findings, key=lambda finding: finding.severity != "hold")
