"""How far each feed covers: the first day that it can't speak for yet, whatever stray dates its rows carry."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from churnrisk.clock import Day
from churnrisk.intake.feeds.flow import Flow, flows

REQUIRED = ("usage", "subscriptions")
"""Feeds that must cover the date of a list."""

ONE_DAY = np.timedelta64(1, "D")
_LEAST_SHARE = 0.05  # of what is usual on a day of its kind, that makes it a day of the feed and not a stray row
_AFTER_HOLE = 0.25  # of an ordinary day, where the feed begins again after more than a week
_LATELY = 8  # days of one weekday that say what is usual
_QUIET_SHARE = 0.1  # of an ordinary day: a weekday with less is one on which nothing is expected
_DENSE = 20.0  # facts that one step of a flow should hold, so that an ordinary one is told from strays
_STEPS = (1, 7, 28)
_A_YEAR_AND_MORE = 400  # days: longer holes than this are not bridged, and gaps before are of another time
_PLANS = ("touchpoints", "goals")  # tables that may hold what is planned: they say nothing of how far the others are
_FEWEST_GAPS = 10  # between days with facts: fewer don't say what gap is usual
_FAR_BEYOND, _LEAST_SILENCE = 3, 14  # times the longest gap so far, and days, from which on a silence is an end


@dataclass(frozen=True)
class Coverage:
    """The reach of one feed: `first` and `last` day with a fact, and the first day that is not covered.

    `strays` are facts dated on or after `covered_until`.
    """

    first: Day
    last: Day
    covered_until: Day
    strays: int


def coverage(tables: Path, usage: Path, before: Day | None = None) -> dict[str, Coverage]:
    """The reach of every feed that has facts, from `data/tables/` and the rollup in `data/usage/`.

    With `before`, by what was known before that day. A dense feed (usage) covers up to its last day that holds a fair
    part of what is usual on that weekday. A sparse one covers as far as the freshest feed does, unless it has been
    silent for far longer than ever before. `accounts` don't flow, and are left out.
    """
    found = reach(flows(tables, usage, before))
    # Starts that go on don't speak for ends that have stopped coming in.
    parts = reach({n: f for n, f in flows(tables, usage, before, apart=True).items() if n.split(".")[0] in REQUIRED})
    for name in set(REQUIRED) & set(found):
        until = min(part.covered_until for each, part in parts.items() if each.split(".")[0] == name)
        found[name] = replace(found[name], covered_until=min(found[name].covered_until, until))
    return found


def reach(found: dict[str, Flow]) -> dict[str, Coverage]:
    """The reach of every flow, judged beside the others."""
    ends = {name: end_of(flow) for name, flow in found.items()}
    known = [end for name, end in ends.items() if end is not None and name not in _PLANS] or [
        flow.days[-1] + ONE_DAY for flow in found.values()
    ]
    freshest = max(known, default=None)
    return {name: _covered(flow, ends[name], freshest) for name, flow in found.items() if freshest is not None}


def _covered(flow: Flow, end: Day | None, freshest: Day) -> Coverage:
    until = end if end is not None and flow.dense else _unless_silent(flow, freshest)
    return Coverage(flow.days[0], flow.days[-1], until, int(flow.counts[flow.days >= until].sum()))


def _unless_silent(flow: Flow, freshest: Day) -> Day:
    """The end of the freshest feed, or of this one where it has been silent for far longer than ever before."""
    silent, limit = silent_for(flow, freshest)
    return freshest - np.timedelta64(silent, "D") if silent >= limit else freshest


def silent_for(flow: Flow, at: Day) -> tuple[int, float]:
    """Whole days without a fact before `at`, and from how many on that is far longer than ever in the year before.

    The limit is infinite for a flow with too few facts to say.

    >>> weekly = Flow("tickets", np.arange("2025-01-06", "2025-06-02", 7, "M8[D]"), np.ones(21, int))
    >>> silent_for(weekly, Day("2025-06-17"))
    (21, 21)
    """
    days = flow.days[(flow.days < at) & (flow.days >= at - np.timedelta64(_A_YEAR_AND_MORE, "D"))]
    if len(days) <= _FEWEST_GAPS:
        return 0, np.inf
    longest = int(np.diff(days).max().astype(int))
    return int((at - ONE_DAY - days[-1]).astype(int)), max(_FAR_BEYOND * longest, _LEAST_SILENCE)


def end_of(flow: Flow) -> Day | None:
    """The first day after the last one that holds a fair part of what is usual; None where the flow is too thin to say.

    >>> days = np.append(np.arange("2025-01-01", "2025-03-10", dtype="M8[D]"), Day("2031-05-05"))
    >>> end_of(Flow("usage", days, np.append(np.full(68, 400), 1)))
    np.datetime64('2025-03-10')
    """
    for step in (1,) if flow.dense else _STEPS:
        starts, counts = flow.by(step)
        if flow.dense or np.median(counts[counts > 0]) >= _DENSE:
            last = _last_ordinary(counts, kinds=7 if step == 1 else 1, longest=_A_YEAR_AND_MORE // step)
            stop = starts[0] + np.timedelta64((last + 1) * step, "D")  # beyond the last one, where a weekend follows
            return Day(stop if step == 1 else flow.days[flow.days < stop][-1] + ONE_DAY, "D")
    return None


def _last_ordinary(counts: npt.NDArray[np.int64], kinds: int, longest: int) -> int:
    """The place of the last step that holds a fair part of the usual of its kind (the weekday), lately.

    After a hole longer than a week more is asked for, so that stray rows don't look like a feed that goes on. Steps
    after the last on which nothing is expected, such as weekends, are taken with it.
    """
    filled = np.flatnonzero(counts)
    lately = [[int(counts[place]) for place in filled[filled % kinds == kind][:_LATELY]] for kind in range(kinds)]
    last = None
    for place in filled:
        if last is not None and place - last > longest:
            break
        hole, usual = last is not None and place - last > kinds, _usual(lately)
        if counts[place] < (_AFTER_HOLE * usual.mean() if hole else _LEAST_SHARE * usual[place % kinds]):
            continue
        for between in range(place if hole or last is None else last + 1, place):  # a hole is no sign of what is usual
            _remember(lately, between, counts)
        _remember(lately, int(place), counts)
        last = int(place)
    last = int(filled[-1]) if last is None else last
    usual = _usual(lately)
    while kinds > 1 and usual[(last + 1) % kinds] < _QUIET_SHARE * usual.mean():
        last += 1
    return last


def _usual(lately: list[list[int]]) -> npt.NDArray[np.float64]:
    return np.array([sorted(each)[len(each) // 2] if each else 0.0 for each in lately])


def _remember(lately: list[list[int]], place: int, counts: npt.NDArray[np.int64]) -> None:
    kind = lately[place % len(lately)]
    kind.append(int(counts[place]))
    del kind[:-_LATELY]
