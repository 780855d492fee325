"""Events whose tracking began or ended, under one name or two."""

from collections.abc import Iterator

import numpy as np

from churnrisk.feeds.finding import Evidence
from churnrisk.feeds.recent import LEANED_ON, Recent, worst
from churnrisk.feeds.seen import Seen
from churnrisk.feeds.usual import Least, Series, beyond, days_ago, usual, within
from churnrisk.past.arrays import Mask

_FEWEST = 15  # accounts that use an event, to judge it by
_LOST, _MAJOR = Least(0.5, 0.8), 0.1  # share of an event's use; share of accounts that make a major event
_ERRORS = 5.0  # standard errors: chance doesn't reach that
_OTHER_EVENTS = 3  # events that it takes to say what a day is like
_TAKEN_UP = 0.2  # share of old hands in a new event's first week: no new part of a product spreads so fast
_SETTLED_IN = 56  # days before which everything is new


def tracking_ended(recent: Recent) -> Iterator[Evidence]:
    """An event that the accounts which are there no longer use at all, while others go on."""
    yield from (each for each in _lost(recent) if each.found == 0)


def event_dropped(recent: Recent) -> Iterator[Evidence]:
    """An event that the accounts which are there use far less than in the four weeks before, while others go on."""
    yield from (each for each in _lost(recent) if each.found > 0)


def _lost(recent: Recent) -> list[Evidence]:
    """Events that are used less or no more, each once. Two checks ask, and it is by far the most work of all."""
    return recent.once("lost events", lambda: list(_look_for_lost(recent)))


def _look_for_lost(recent: Recent) -> Iterator[Evidence]:
    seen, reported = recent.seen, set()
    for k in (7, 3, 1):
        on = seen.running & (within(seen.cells, k) > 0)
        made, expected = _made(seen, on, k)
        against = np.where(expected >= _FEWEST, made / np.maximum(expected, 1), np.nan)
        others = _middle(against)
        for number, name in enumerate(seen.names):
            ratio = against[number] / np.maximum(others, 0.1)
            lost = 1 - ratio / np.maximum(usual(ratio), 0.1)
            # The square root makes the spread of counts about the same everywhere: half, so twice the difference.
            chance = 2 * (np.sqrt(expected[number] * np.minimum(others, 1)) - np.sqrt(made[number]))
            flags = recent.leaned_on(beyond(lost, _LOST, apart=k) & (chance > _ERRORS))
            if flags.any() and name not in reported:
                reported.add(name)
                at = worst(flags, lost)
                did, usually = made[number][at], expected[number][at]
                yield recent.evidence(
                    flags,
                    did,
                    usually,
                    f"in the {k} days up to {seen.days[at]}, {name} was made by {did:,.0f} of the accounts that were"
                    f" there, where {usually:,.0f} made it in the weeks before",
                    note=bool(usually < _MAJOR * on[:, at].sum()),
                    event=name,
                )


def _made(seen: Seen, on: Mask, k: int) -> tuple[Series, Series]:
    """How many accounts that were there used each event, and did on average four weeks long: both (events, days)."""
    made, expected = np.zeros((2, len(seen.names), len(seen.days)))
    for number, used in enumerate(seen.events):
        did = within(used, k)
        made[number] = (did & on).sum(axis=0)
        expected[number] = sum((days_ago(did, 7 * week) & on).sum(axis=0) for week in range(1, 5)) / 4
    return made, expected


def _middle(values: Series) -> Series:
    """Median over events of each day; 1 where there are too few to compare with."""
    enough = (~np.isnan(values)).sum(axis=0) >= _OTHER_EVENTS
    filled = np.where(enough, values, 1.0)
    return np.asarray(np.where(enough, np.nanmedian(filled, axis=0), 1.0))


def tracking_began(recent: Recent) -> Iterator[Evidence]:
    """An event that never was before, and that most old hands use at once: tracking that began, or a new name."""
    seen = recent.seen
    for number, name in enumerate(seen.names):
        at = int(np.searchsorted(seen.days, seen.began[number]))
        if at - seen.start < _SETTLED_IN or at < len(seen.days) - LEANED_ON:
            continue
        stop = min(at + 7, len(seen.days))
        old = (seen.cells[:, at - LEANED_ON : at] > 0).any(axis=1) & (seen.cells[:, at:stop] > 0).any(axis=1)
        took = int((old & seen.events[number, :, at:stop].any(axis=1)).sum())
        if took >= _TAKEN_UP * old.sum() and took >= 2 * _FEWEST:
            sentence = f"{name} was never seen before {seen.began[number]}, and in its first days {took:,} of the"
            yield recent.evidence(
                np.arange(len(seen.days)) >= at,
                took,
                0.0,
                f"{sentence} {old.sum():,} accounts made it that were there before",
                event=name,
            )
