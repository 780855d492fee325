"""Since when facts are known: what each date knew, against what is configured and what was known later."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from churnrisk.clock import Day, Days, day, days, of_column
from churnrisk.feeds.finding import Evidence
from churnrisk.feeds.flow import Feeds, Flow
from churnrisk.feeds.strays import without_strays

_BELIEVED = days(28)
"""Usage may begin so long after the day that is configured: the first weeks of a small company may be empty."""

_QUARTER = days(84)
"""What features of a date look back on at least; an account or a subscription counts however old it is."""

_FEWEST, _HALF = 30, 0.5  # facts that say how much of them was known; the share of them that a date must have known
_MANY_DATES = 0.1  # share of the dates to learn from: fewer were in an outage that was filled up later, and are noted
_STATE = ("accounts", "subscriptions")


@dataclass(frozen=True, kw_only=True)
class Learning:
    """What is configured: the day from which usage is recorded, and the `dates` to learn from, up to that of the list.

    A date does not look at its last `settle_days` days of usage.
    """

    usage_from: Day
    dates: Days
    settle_days: int = 0


def recorded_from(feeds: Feeds, dates: Iterable[Day], usage_from: Day) -> dict[Day, Day]:
    """By date, the first day of usage on record as far as the date knew, where that is not `usage_from`.

    Where nothing was known yet, it is the date itself. Later knowledge changes nothing for a date.
    """
    found = {each: _begins(feeds.columns["usage"], each) for each in dates}
    return {each: begins for each, begins in found.items() if begins > usage_from + _BELIEVED}


def _begins(usage: pd.DataFrame, as_of: Day) -> Day:
    known = usage[(usage["known_on"] < as_of) & (usage["day"] < as_of)].groupby("day")["facts"].sum()
    if known.empty:
        return as_of
    return Day(without_strays(Flow("usage", of_column(known.index), known.to_numpy(np.int64))).days[0], "D")


def begins_later(feeds: Feeds, learning: Learning, as_of: Day) -> Iterator[Evidence]:
    """Usage that begins much later than is configured."""
    begins = _begins(feeds.columns["usage"].assign(known_on=pd.Timestamp(as_of) - pd.Timedelta(days=1)), as_of)
    if begins > learning.usage_from + _BELIEVED:
        yield Evidence(
            severity="hold",
            first_day=learning.usage_from,
            last_day=begins - days(1),
            found=float((begins - learning.usage_from).astype(int)),
            usual=0.0,
            sentence=f"its first day is {begins}, and clock.usage_from says {learning.usage_from}. Load what is"
            f' missing, or set clock.usage_from to "{begins}"',
        )


def known_late(feeds: Feeds, learning: Learning, as_of: Day) -> Iterator[Evidence]:
    """Tables of which dates to learn from knew less than half, because `known_at` says when rows were loaded."""
    for name, facts in feeds.facts.items():
        rows = facts[facts["known_on"] < as_of]
        blind = _blind(name, rows, learning.dates[learning.dates < as_of], learning)
        if not blind:
            continue
        days_late = (rows["known_on"] - rows["day"]).dt.days.clip(lower=0).to_numpy()
        late = float(np.median(np.repeat(days_late, rows["facts"].to_numpy())))
        by_day = rows.groupby("known_on")["facts"].sum()
        load, share = day(by_day.idxmax()), by_day.max() / by_day.sum()
        yield Evidence(
            feed=name,
            severity="hold" if len(blind) >= _MANY_DATES * len(learning.dates) else "note",
            first_day=blind[0],
            last_day=blind[-1],
            found=late,
            usual=0.0,
            sentence=f"it is known a median of {late:.0f} days late, {share:.0%} of it on {load}:"
            f" {len(blind)} of {len(learning.dates)} dates, up to {blind[-1]}, knew less than half of what had"
            " happened, and nothing can be learned from them. Leave known_at empty where it says when a row was loaded,"
            f" or set clock.first_as_of to a date after {blind[-1]}",
        )


def _blind(name: str, rows: pd.DataFrame, dates: Days, learning: Learning) -> list[Day]:
    """The dates that knew less than half of what had happened."""
    happened, known = of_column(rows["day"]), of_column(rows["known_on"])
    facts, found = rows["facts"].to_numpy(), []
    for date in dates:
        stop = date - days(learning.settle_days if name == "usage" else 0)
        lies = happened < stop
        if name not in _STATE:
            lies &= happened >= stop - _QUARTER
        total = facts[lies].sum()
        if total >= _FEWEST and facts[lies & (known < date)].sum() < _HALF * total:
            found.append(date)
    return found
