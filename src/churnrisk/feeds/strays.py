"""Facts dated far away from all others of their feed: in 1970, or years ahead."""

from dataclasses import replace

import numpy as np

from churnrisk.feeds.flow import Flow

FEWEST_GAPS = 10
"""Gaps between days with facts that it takes to say which gap is usual."""

FAR_BEYOND = 3
"""A silence of this many times the usual gap is no longer one of the usual gaps."""

_FEWEST_DAYS = 28  # days of silence that separate strays from the feed; a shorter one may be a holiday
_FEWEST_FACTS = 10  # facts of a single day after a silence that are a sign that the feed has begun again
_SHARE = 0.01  # share of all facts that, before a silence, is the feed's beginning; fewer are strays


def without_strays(flow: Flow) -> Flow:
    """The flow without what lies far off at either end. A single day far away is not part of the feed's life.

    >>> days = np.append(np.arange("2025-01-01", "2025-03-10", dtype="M8[D]"), np.array(["2025-06-01"], "M8[D]"))
    >>> days = np.insert(days, 0, np.datetime64("1970-01-01"))
    >>> alive = without_strays(Flow("usage", days, np.ones(70, int)))
    >>> alive.days[[0, -1]], len(alive.days)
    (array(['2025-01-01', '2025-03-09'], dtype='datetime64[D]'), 68)
    """
    gaps = np.diff(flow.days).astype(np.int64)
    if len(gaps) <= FEWEST_GAPS:
        return flow
    far = max(FAR_BEYOND * np.quantile(gaps, 0.95), _FEWEST_DAYS)
    starts = np.append(0, np.flatnonzero(gaps > far) + 1)
    stops = np.append(starts[1:], len(flow.days))
    facts = np.add.reduceat(flow.counts, starts)
    lasting = (stops - starts > 1) | (facts >= _FEWEST_FACTS)
    begun = lasting & (facts >= _SHARE * facts.sum())
    if not begun.any():
        return flow
    alive = slice(starts[begun.argmax()], stops[np.flatnonzero(lasting)[-1]])
    return replace(flow, days=flow.days[alive], counts=flow.counts[alive])
