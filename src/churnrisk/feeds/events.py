"""Events whose tracking began or ended, under one name or two."""

from collections.abc import Iterator

import numpy as np

from churnrisk.feeds.finding import FeedFinding
from churnrisk.feeds.recent import LEANED_ON, Recent, worst
from churnrisk.feeds.seen import Seen
from churnrisk.feeds.usual import Least, Mask, Series, beyond, days_ago, usual, within

_FEWEST = 15  # accounts that make an event, to judge it by
_LOST, _MAJOR = Least(0.5, 0.8), 0.1  # share of an event's use; share of accounts that make a major event
_ERRORS = 5.0  # standard errors: what chance does not do
_OTHER_EVENTS = 3  # that say what a day is like
_TAKEN_UP, _SETTLED_IN = 0.2, 56  # share of old hands in a new event's first week; days before which nothing is new


def events_lost(seen: Seen, recent: Recent) -> Iterator[FeedFinding]:
    """One event that the accounts which are there make far less than in the four weeks before, while others go on."""
    told = set()
    for k in (7, 3, 1):
        on = seen.running & (within(seen.cells, k) > 0)
        made, expected = _made(seen, on, k)
        against = np.where(expected >= _FEWEST, made / np.maximum(expected, 1), np.nan)
        others = _middle(against)
        for place, name in enumerate(seen.names):
            ratio = against[place] / np.maximum(others, 0.1)
            lost = 1 - ratio / np.maximum(usual(ratio), 0.1)
            chance = 2 * (np.sqrt(expected[place] * np.minimum(others, 1)) - np.sqrt(made[place]))
            flags = recent.leaned_on(beyond(lost, _LOST, apart=k) & (chance > _ERRORS))
            if flags.any() and name not in told:
                told.add(name)
                at = worst(flags, lost)
                did, usually = made[place][at], expected[place][at]
                yield recent.finding(
                    f"tracking of {name} ended" if did == 0 else f"drop within {name}",
                    flags,
                    did,
                    usually,
                    f"in the {k} days up to {seen.days[at]}, {name} was made by {did:,.0f} of the accounts that were"
                    f" there, where {usually:,.0f} made it in the weeks before",
                    note=usually < _MAJOR * on[:, at].sum(),
                )


def _made(seen: Seen, on: Mask, k: int) -> tuple[Series, Series]:
    """How many of the accounts that were there made each event, and did on average in the four weeks before."""
    made, expected = np.zeros((2, len(seen.names), len(seen.days)))
    for place, used in enumerate(seen.events):
        did = within(used, k)
        made[place] = (did & on).sum(axis=0)
        expected[place] = sum((days_ago(did, 7 * week) & on).sum(axis=0) for week in range(1, 5)) / 4
    return made, expected


def _middle(values: Series) -> Series:
    """Median over events of each day; 1 where there are too few to compare with."""
    enough = (~np.isnan(values)).sum(axis=0) >= _OTHER_EVENTS
    filled = np.where(enough, values, 1.0)
    return np.asarray(np.where(enough, np.nanmedian(filled, axis=0), 1.0))


def events_begun(seen: Seen, recent: Recent) -> Iterator[FeedFinding]:
    """An event that never was before, and that most old hands make at once: tracking that began, or a new name."""
    for place, name in enumerate(seen.names):
        at = int(np.searchsorted(seen.days, seen.began[place]))
        if at - seen.start < _SETTLED_IN or at < len(seen.days) - LEANED_ON:
            continue
        stop = min(at + 7, len(seen.days))
        old = (seen.cells[:, at - LEANED_ON : at] > 0).any(axis=1) & (seen.cells[:, at:stop] > 0).any(axis=1)
        took = int((old & seen.events[place, :, at:stop].any(axis=1)).sum())
        if took >= _TAKEN_UP * old.sum() and took >= 2 * _FEWEST:
            flags = np.arange(len(seen.days)) >= at
            evidence = f"{name} was never seen before {seen.began[place]}, and in its first days {took:,} of the"
            yield recent.finding(
                f"tracking of {name} began",
                flags,
                took,
                0.0,
                f"{evidence} {old.sum():,} accounts made it that were there before",
            )
