"""Tables of events that go on with far fewer rows than they always had."""

from collections.abc import Iterator

import numpy as np

from churnrisk.clock import Day, days
from churnrisk.feeds.coverage import ONE_DAY
from churnrisk.feeds.finding import Evidence
from churnrisk.feeds.flow import Feeds, Flow
from churnrisk.feeds.recent import LEANED_ON
from churnrisk.feeds.strays import without_strays

EVENTS = ("tickets", "touchpoints", "invoices", "surveys")
"""Tables in which something happens all the time; of `goals` and `subscriptions` fewer may be so many as there are."""

_SPANS = 6
"""Spans of four weeks that say what is usual, at the least: half a year, so that a slow month is among them."""

_YEAR = 13  # spans of four weeks
_LESS = 0.6  # of the least of all spans before: a quiet month may be quieter than any before it, and is not half of it
_FEWEST = 30  # rows that the quietest span before has: chance moves fewer by more than the limit
_ERRORS = 5.0  # standard errors: chance doesn't reach that


def thinner(feeds: Feeds, as_of: Day) -> Iterator[Evidence]:
    """Tables whose last four weeks have far fewer rows than any four weeks of the year before, and still some.

    The least of a year and not the usual, so that a season that comes every year holds nothing; in the first year, the
    least is of what there is. What was known late does not count as missing: rows are counted by the day on which they
    became known. A table that has stopped is left to the check on that.
    """
    for name, flow in feeds.flows(before=as_of).items():
        if name in EVENTS:
            yield from _thinner(without_strays(flow), as_of)


def _thinner(flow: Flow, as_of: Day) -> Iterator[Evidence]:
    ends = as_of - days(LEANED_ON) * np.arange(_YEAR + 1)
    began = flow.days[0]
    # A span that the feed began within would be less than usual by itself.
    counts = np.array([_between(flow, end - days(LEANED_ON), end) for end in ends if end - days(LEANED_ON) >= began])
    if len(counts) <= _SPANS:
        return
    now, least, usual = counts[0], counts[1:].min(), float(np.median(counts[1:]))
    # The square root makes the spread of counts about the same everywhere: half.
    chance = 2 * (np.sqrt(least) - np.sqrt(now))
    if least < _FEWEST or not 0 < now < _LESS * least or chance < _ERRORS:
        return
    yield Evidence(
        feed=flow.name,
        severity="hold",
        first_day=as_of - days(LEANED_ON),
        last_day=as_of - ONE_DAY,
        found=float(now),
        usual=usual,
        sentence=f"{now:,} rows became known in the last {LEANED_ON} days, where {usual:,.0f} are usual and"
        f" {least:,} were the fewest of the {len(counts) - 1} such spans before",
    )


def _between(flow: Flow, first: Day, stop: Day) -> int:
    return int(flow.counts[(flow.days >= first) & (flow.days < stop)].sum())
