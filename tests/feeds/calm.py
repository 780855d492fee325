"""A calm company for the checks: everybody is there on every workday, a few at weekends, year in, year out."""

from dataclasses import replace
from typing import Any

import numpy as np

from churnrisk.clock import day
from churnrisk.feeds.seen import SPAN, Seen

ACCOUNTS = 300
AS_OF = day("2025-03-10")  # a Monday
DAYS = np.arange(AS_OF - SPAN, AS_OF)
WEEKEND = np.isin((DAYS.astype(int) + 3) % 7, (5, 6))
EVENTS = ("login", "report", "export", "invite")
MADE_BY = (1.0, 0.6, 0.5, 0.3)  # share of the accounts on a day, by event


def calm(days: int = SPAN) -> Seen:
    """Usage of so many days up to `AS_OF`, with the noise of chance; nothing is wrong with it."""
    rng = np.random.default_rng(7)
    there = rng.random((ACCOUNTS, SPAN)) < np.where(WEEKEND, 0.1, 0.97)
    there[:, : SPAN - days] = False
    events = np.stack([there & (rng.random((ACCOUNTS, 1)) < share) for share in MADE_BY])
    return counted(events, np.full(SPAN, 3.0))


def counted(events: Any, rows_each: Any, **known: Any) -> Seen:
    """Usage from who made which event, (events, accounts, days), with so many rows each time on each day."""
    cells = events.sum(axis=0) * rows_each
    rows, users = cells.sum(axis=0).astype(int), (cells > 0).sum(axis=0)
    none = np.zeros(SPAN, int)
    began = [DAYS[int(np.argmax(each.any(axis=0)))] for each in events]
    seen = Seen(
        days=DAYS,
        rows=rows,
        copies=none,
        ahead=none,
        again=none,
        accounts=users,
        users=users,
        user_rows=rows,
        cells=cells.astype(np.float32),
        events=events,
        running=np.ones(cells.shape, bool),
        names=EVENTS,
        began=np.array(began, "M8[D]"),
    )
    return replace(seen, **known)
