"""How far each feed covers: the first day that it can't speak for yet, whatever stray dates its rows carry."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from churnrisk.clock import Day, days
from churnrisk.feeds.flow import Feeds, Flow, table_of
from churnrisk.feeds.strays import FAR_BEYOND, FEWEST_GAPS, without_strays

REQUIRED = ("usage", "subscriptions")
"""Feeds that must cover the date of a list."""

STARTS = "subscriptions.known_at"
"""A column that may pause while ends go on."""

ONE_DAY = days(1)
LEAST_SILENCE = 14
"""Days; no shorter silence is an end, so that Christmas or a broken export of a few days is none."""

_LEAST_SHARE = 0.05  # of what is usual on a day of its kind: with less, a day holds stray rows and not the feed
_AFTER_HOLE = 0.25  # of an ordinary day: what it takes for a feed to begin again after more than a week
_LATELY = 8  # days of one weekday that say what is usual
_QUIET_SHARE = 0.1  # of an ordinary day: on a weekday with less, nothing is expected
_DENSE = 20.0  # facts that one step of a flow should hold, so that an ordinary step is told from strays
_HANDFUL = 10  # facts of a day that may as well be none
_STEPS = (1, 7, 28)  # days: a feed too thin by day may be thick enough by week or by four weeks
A_YEAR_AND_MORE = 400  # days: longer holes than this are not bridged, and gaps before are of another time
_PLANS = ("touchpoints", "goals", "invoices")  # may hold what is planned, and say nothing of how far the others are
_WEEKEND = 2  # days on which nothing need happen in any feed


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """The reach of one feed: `first` and `last` day of its life, and how far it can be trusted.

    `covered_until` is the first day that it can't speak for yet. `dated_until` is the latest date of a list: a silence
    that is ordinary for the feed needn't be waited for. `strays` are facts dated before `first`, or on or after
    `covered_until`; `last` is the last of them all.
    """

    first: Day
    last: Day
    covered_until: Day
    dated_until: Day
    strays: int


def coverage(feeds: Feeds, before: Day | None = None) -> dict[str, Coverage]:
    """The reach of every feed that has facts; with `before`, by what was known before that day.

    A dense feed (usage) covers up to its last day that holds a fair part of what is usual on that weekday. A sparse one
    covers as far as the freshest feed does, unless it has been silent for far longer than ever before.
    """
    whole, parts = coverage_of(feeds.flows(before)), coverage_of(feeds.columns_apart(before))
    # Starts that go on don't speak for ends that have stopped coming in; but a company may sell in one season alone.
    for name in set(REQUIRED) & set(whole):
        own = [whole[name], *(part for column, part in parts.items() if table_of(column) == name and column != STARTS)]
        covered, dated = (min(getattr(each, end) for each in own) for end in ("covered_until", "dated_until"))
        whole[name] = replace(whole[name], covered_until=covered, dated_until=dated)
    return whole


def coverage_of(flows: Mapping[str, Flow]) -> dict[str, Coverage]:
    """The reach of every flow, judged beside the others."""
    alive = {name: without_strays(flow) for name, flow in flows.items()}
    ends = {name: end_of(flow) for name, flow in alive.items()}
    others = [
        flow.days[-1] + ONE_DAY for name, flow in alive.items() if not flow.dense and table_of(name) not in _PLANS
    ]
    covered = _until(alive, ends)
    dated = _until(alive, {name: _awaited(flow, ends[name], max(others, default=None)) for name, flow in alive.items()})
    return {
        name: Coverage(
            first=alive[name].days[0],
            last=flow.days[-1],
            covered_until=covered[name],
            dated_until=dated[name],
            strays=_strays(flow, alive[name], covered[name]),
        )
        for name, flow in flows.items()
    }


def _strays(flow: Flow, alive: Flow, until: Day) -> int:
    return int(flow.counts[(flow.days < alive.days[0]) | (flow.days >= until)].sum())


def _until(flows: dict[str, Flow], ends: dict[str, Day | None]) -> dict[str, Day]:
    """How far each flow covers, where thick ones have these ends; a thin one covers as far as the freshest of them."""
    known = [end for name, end in ends.items() if end is not None and table_of(name) not in _PLANS] or [
        flow.days[-1] + ONE_DAY for flow in flows.values()
    ]
    freshest = max(known, default=None)
    return {
        name: end if flow.dense and (end := ends[name]) is not None else _unless_silent(flow, freshest)
        for name, flow in flows.items()
        if freshest is not None
    }


def _awaited(flow: Flow, end: Day | None, others: Day | None) -> Day | None:
    """The end of a dense flow and, after it, a silence that is ordinary for it.

    The other feeds must have got that far, all but a weekend: a list must not be dated ahead of its day.
    """
    if end is None or not flow.dense:
        return end
    began = silent_from(flow, end)
    seen = 0 if others is None else int((others - began).astype(int))
    return max(end, began + days(min(ordinary_silence(flow, began), max(seen, _WEEKEND))))


def silent_from(flow: Flow, end: Day) -> Day:
    """The first day of the silence before `end`, which may be `end` itself."""
    return Day(flow.days[flow.days < end][-1] + ONE_DAY, "D")


def ordinary_silence(flow: Flow, began: Day) -> int:
    """Days without a fact from `began` on that are ordinary: as many in a row as came twice in the year before.

    One such day is ordinary too where that weekday has a handful of facts.

    >>> days = np.arange("2025-01-01", "2025-03-10", dtype="M8[D]")
    >>> seldom = np.delete(days, [10, 11, 30, 31, 32, 50, 51])
    >>> ordinary_silence(Flow("usage", seldom, np.full(61, 90)), Day("2025-03-10"))
    2
    >>> [ordinary_silence(Flow("usage", days, np.full(68, facts)), Day("2025-03-10")) for facts in (90, 9)]
    [0, 1]
    """
    year = flow.days[(flow.days < began) & (flow.days >= began - days(A_YEAR_AND_MORE))]
    silent = np.sort(np.diff(year).astype(int)) - 1
    before = np.isin(flow.days, began - days(7) * np.arange(1, _LATELY + 1))
    handful = flow.counts[before].sum() < _HANDFUL * _LATELY
    return max(int(silent[-2]) if len(silent) > FEWEST_GAPS else 0, int(handful))


def _unless_silent(flow: Flow, freshest: Day) -> Day:
    """The end of the freshest feed, or of this one if it has been silent for far longer than ever before."""
    silent, limit = silent_for(flow, freshest)
    return freshest - days(silent) if silent >= limit else freshest


def silent_for(flow: Flow, at: Day) -> tuple[int, float]:
    """Whole days without a fact before `at`, and from how many on that is far longer than ever in the year before.

    The limit is infinite for a flow with too few facts to say.

    >>> weekly = Flow("tickets", np.arange("2025-01-06", "2025-06-02", 7, "M8[D]"), np.ones(21, int))
    >>> silent_for(weekly, Day("2025-06-17"))
    (21, 21)
    """
    active = flow.days[(flow.days < at) & (flow.days >= at - days(A_YEAR_AND_MORE))]
    if len(active) <= FEWEST_GAPS:
        return 0, np.inf
    longest = int(np.diff(active).max().astype(int))
    return int((at - ONE_DAY - active[-1]).astype(int)), max(FAR_BEYOND * longest, LEAST_SILENCE)


def end_of(flow: Flow) -> Day | None:
    """The first day after the last one that holds a fair part of what is usual; None where the flow is too thin to say.

    >>> days = np.append(np.arange("2025-01-01", "2025-03-10", dtype="M8[D]"), Day("2031-05-05"))
    >>> end_of(Flow("usage", days, np.append(np.full(68, 400), 1)))
    np.datetime64('2025-03-10')
    """
    for step in (1,) if flow.dense else _STEPS:
        starts, counts = flow.by(step)
        if flow.dense or np.median(counts[counts > 0]) >= _DENSE:
            last = _last_ordinary(counts, kinds=7 if step == 1 else 1, longest=A_YEAR_AND_MORE // step)
            stop = starts[0] + days((last + 1) * step)  # beyond the last one, where a weekend follows
            return Day(stop if step == 1 else flow.days[flow.days < stop][-1] + ONE_DAY, "D")
    return None


def _last_ordinary(counts: npt.NDArray[np.int64], kinds: int, longest: int) -> int:
    """The index of the last step that holds a fair part of what was usual lately for its kind (the weekday).

    After a hole longer than a week a larger part is needed, so that stray rows don't look like a feed that goes on.
    Steps after the last one on which nothing is expected, such as weekends, are taken with it.
    """
    filled = np.flatnonzero(counts)
    lately = [[int(counts[step]) for step in filled[filled % kinds == kind][:_LATELY]] for kind in range(kinds)]
    last = None
    for step in filled:
        if last is not None and step - last > longest:
            break
        hole = last is not None and step - last > kinds
        usual = _AFTER_HOLE * _typical(lately).mean() if hole else _LEAST_SHARE * _median(lately[step % kinds])
        if counts[step] < usual:
            continue
        # Empty steps between two that hold something say what is usual; a hole doesn't.
        for between in range(step if hole or last is None else last + 1, step):
            _remember(lately, between, counts)
        _remember(lately, int(step), counts)
        last = int(step)
    last = int(filled[-1]) if last is None else last
    typical = _typical(lately)
    while kinds > 1 and typical[(last + 1) % kinds] < _QUIET_SHARE * typical.mean():
        last += 1
    return last


def _typical(lately: list[list[int]]) -> npt.NDArray[np.float64]:
    return np.array([_median(each) for each in lately])


def _median(counts: list[int]) -> float:
    """The upper of the middle two where they are even in number; 0 where there are none."""
    return float(sorted(counts)[len(counts) // 2]) if counts else 0.0


def _remember(lately: list[list[int]], step: int, counts: npt.NDArray[np.int64]) -> None:
    kind = lately[step % len(lately)]
    kind.append(int(counts[step]))
    del kind[:-_LATELY]
