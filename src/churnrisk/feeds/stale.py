"""Feeds that have stopped, or had stopped for a time."""

from collections.abc import Iterator

import numpy as np

from churnrisk.clock import Day
from churnrisk.feeds.coverage import (
    A_YEAR_AND_MORE,
    LEAST_SILENCE,
    ONE_DAY,
    REQUIRED,
    STARTS,
    end_of,
    ordinary_silence,
    silent_for,
    silent_from,
)
from churnrisk.feeds.finding import Evidence, Severity
from churnrisk.feeds.flow import Feeds, Flow, table_of
from churnrisk.feeds.strays import FAR_BEYOND, FEWEST_GAPS, without_strays


def stale(feeds: Feeds, settle_days: int, due: Day) -> Iterator[Evidence]:
    """Feeds that have stopped: usage before the date `due`, another one for far longer than in the year before.

    It is a note where one column of an optional table goes on while another has stopped, because goals may be reached
    long after the last one was set, and where the silence is longer than all of the feed's life, as after a campaign.
    Ends of subscriptions have to go on, and starts where ends don't: a company may sell in one season alone.
    """
    flows = feeds.columns_apart(before=due)
    alive = {table_of(name) for name, flow in flows.items() if not flow.dense and not _silent(flow, due)}
    for name, flow in flows.items():
        if flow.dense:
            yield from _short_of(flow, due, due - np.timedelta64(settle_days, "D"))
        elif _silent(flow, due):
            table = table_of(name)
            silent, limit = silent_for(flow, due)
            last = due - np.timedelta64(silent + 1, "D")
            sentence = (
                f"nothing has become known since {last}, {silent} days; {limit:.0f} are far beyond a year's longest"
            )
            long_enough = last - flow.days[0] >= np.timedelta64(silent, "D")
            paused = name == STARTS and table in alive
            dead = (table in REQUIRED and not paused) or (table not in alive and long_enough)
            severity: Severity = "hold" if dead else "note"
            yield Evidence(
                feed=name,
                severity=severity,
                first_day=last + ONE_DAY,
                last_day=due - ONE_DAY,
                found=silent,
                usual=limit,
                sentence=sentence,
            )


def _silent(flow: Flow, at: Day) -> bool:
    silent, limit = silent_for(flow, at)
    return silent >= limit


def _short_of(flow: Flow, due: Day, needed: Day) -> Iterator[Evidence]:
    """A dense feed that ends before a day by more than a silence that is ordinary for it."""
    alive = without_strays(flow)
    until = end_of(alive)
    if until is None:
        return
    began = silent_from(alive, until)
    ordinary = ordinary_silence(alive, began)
    if max(until, began + np.timedelta64(ordinary, "D")) < needed:
        late = int((needed - until).astype(int))
        yield Evidence(
            feed=flow.name,
            severity="hold",
            first_day=until,
            last_day=due - ONE_DAY,
            found=late,
            usual=ordinary,
            sentence=f"the last day with a fair part of its usual rows is {until - ONE_DAY}: {late} days are missing",
        )


def holes(feeds: Feeds, as_of: Day) -> Iterator[Evidence]:
    """Times in which no start or no end of a subscription became known, and which are over.

    They are notes and never hold a list: today's list is made from what goes on again, and a hole would hold every list
    until it has left the history. But labels say that nobody churned in it.
    """
    for name, flow in feeds.columns_apart(before=as_of).items():
        if table_of(name) == "subscriptions":
            for before, after, limit in _gaps_far_beyond(without_strays(flow)):
                first, last = before + ONE_DAY, after - ONE_DAY
                missing = float((after - first).astype(int))
                sentence = (
                    f"nothing became known from {first} to {last}, {missing:.0f} days; {limit:.0f} are far beyond the"
                    " longest other silence. Labels say that nothing happened then: load it, or learn from later dates"
                )
                yield Evidence(
                    feed=name,
                    severity="note",
                    first_day=first,
                    last_day=last,
                    found=missing,
                    usual=limit,
                    sentence=sentence,
                )


def _gaps_far_beyond(flow: Flow) -> Iterator[tuple[Day, Day, float]]:
    """The days before and after each gap far beyond the longest other one within a year of it, and its limit."""
    gaps = np.diff(flow.days).astype(int)
    for before in np.flatnonzero(gaps > LEAST_SILENCE):
        apart = np.abs((flow.days[before] - flow.days[:-1]).astype(int))
        near = (apart <= A_YEAR_AND_MORE) & (apart > 0)
        if near.sum() <= FEWEST_GAPS:
            continue
        limit = max(FAR_BEYOND * int(gaps[near].max()), LEAST_SILENCE)
        if gaps[before] > limit:
            yield Day(flow.days[before], "D"), Day(flow.days[before + 1], "D"), float(limit)
