"""Rows of usage that are missing, or too many: a day, a part of a day, a part of the accounts."""

from collections.abc import Iterator
from itertools import product

import numpy as np

from churnrisk.feeds.finding import Evidence
from churnrisk.feeds.recent import Recent, weekday, worst
from churnrisk.feeds.seen import Counts
from churnrisk.feeds.silent import Absence, absence
from churnrisk.feeds.usual import Least, Series, beyond, usual
from churnrisk.past.arrays import Mask

_FEWEST_USERS = 30  # below that, chance alone moves means by more than the limits
_FEWEST_ACCOUNTS = {7: 40, 3: 60, 1: 60}  # by days in a row: of fewer, a long weekend moves the share beyond its limits
_EMPTY = 0.05  # of the rows of an ordinary day
_SILENT = {7: Least(0.05, 0.2), 3: Least(0.07, 0.3), 1: Least(0.12, 0.75)}  # by days in a row: share of accounts
_UNHEARD_OF = Least(0.3, np.inf)
"""Share of accounts silent for a week, whatever the others do: on the two Christmases of OULAD, where every student is
on holiday alone, it was 0.20 and 0.25. What a first year's holidays are like, nobody can say."""
_MOST_SPREAD = 0.5  # standard deviation of being silent where half are, the greatest: a holiday may silence any share
_A_WEEK = 7
_FEWEST_IN_GROUP = 10  # accounts of a region or segment: of fewer, all may be on holiday
_GROUP_SILENT_DAYS = (7, 5)  # a shorter silence may be a public holiday of a region: Easter has four days
_GROUP_SILENT = Least(0.5, 0.75)  # share of its accounts
_DEPTH = Least(float(np.log(1.12)), float(np.log(1.3)))
_ERRORS = 5.0  # standard errors: chance doesn't reach that on any day of many years
_ERRORS_OF_MEAN = 4.0  # the same for rows a user, which vary less and are never below 1: once in decades
_ERRORS_OF_FEW = 3.0  # and where few came though many are usual: there are ten such days in a year, not 250


def empty_days(recent: Recent) -> Iterator[Evidence]:
    """Days with next to no rows on a weekday that usually has some."""
    seen = recent.seen
    rows = seen.rows.astype(float)
    rows[: seen.start] = np.nan
    ordinary = usual(rows)
    flags = recent.leaned_on((rows < _EMPTY * ordinary) & (ordinary >= _FEWEST_USERS))
    if flags.any():
        at = worst(flags, ordinary - rows)
        sentence = f"{seen.days[at]} has {seen.rows[at]:,} rows; {ordinary[at]:,.0f} are usual on"
        yield recent.evidence(flags, rows[at], ordinary[at], f"{sentence} {weekday(seen.days[at])}s")


def missing_part(recent: Recent) -> Iterator[Evidence]:
    """Accounts that are there every week went silent all at once, while the others go on."""
    seen = recent.seen
    # The longest silence first: it is the plainest, and it is enough.
    for k, least in _SILENT.items():
        found = absence(seen.cells, seen.running, k)
        enough = found.accounts >= _FEWEST_ACCOUNTS[k]
        flags = recent.leaned_on(_alone(found, enough, k, least) | _unheard_of(found, enough, k))
        if flags.any():
            at = worst(flags, found.alone)
            time = "on" if k == 1 else f"for {k} days up to"
            yield recent.evidence(
                _span(flags, k),
                found.share[at],
                0.0,
                f"{found.share[at]:.0%} more than usual of the {found.accounts[at]:,} accounts that are there"
                f" every week were silent {time} {seen.days[at]}, while the others were at"
                f" {found.level[at]:.0%} of their level",
            )
            return


def missing_group(recent: Recent) -> Iterator[Evidence]:
    """Accounts of one region or segment that are there every week went silent all at once, while others go on."""
    seen = recent.seen
    for k, (column, values) in product(_GROUP_SILENT_DAYS, seen.groups.items()):
        for value in sorted({each for each in values if isinstance(each, str)}):
            members = values == value
            found = absence(seen.cells[members], seen.running[members], k)
            enough = found.accounts >= _FEWEST_IN_GROUP
            flags = recent.leaned_on(_alone(found, enough, k, _GROUP_SILENT))
            if flags.any() and not members.all():
                at = worst(flags, found.alone)
                yield recent.evidence(
                    _span(flags, k),
                    found.share[at],
                    0.0,
                    f"{found.share[at]:.0%} more than usual of the {found.accounts[at]:,} accounts of the {column}"
                    f" {value} that are there every week were silent for {k} days up to {seen.days[at]}",
                )
                return


def _alone(found: Absence, enough: Mask, k: int, least: Least) -> Mask:
    """On which days more accounts went silent than is explained by the others doing less."""
    alone = np.where(enough, found.alone, np.nan)
    return beyond(alone, least, apart=k, noise=np.nan_to_num(found.by_chance(_ERRORS)))


def _unheard_of(found: Absence, enough: Mask, k: int) -> Mask:
    """On which days more accounts were silent for a week than in any week of the year before, holidays included.

    On a holiday all do less, so much less that it would explain half of the accounts missing. But that they are less
    active silences few of them for a whole week, and the year before has shown how many. Less than a week is not
    asked: the next holiday may be longer by a weekend. Nor is a region or segment: its own year may end, as those of
    OULAD's modules do, each on another day.
    """
    if k < _A_WEEK:
        return np.zeros_like(enough)
    chance = _MOST_SPREAD / np.sqrt(np.maximum(found.accounts, 1))
    return beyond(np.where(enough, found.share, np.nan), _UNHEARD_OF, apart=k, noise=_ERRORS * chance)


def _span(flags: Mask, k: int) -> Mask:
    """The days of the silences of `k` days that end on the days marked."""
    span = np.zeros_like(flags)
    for last in np.flatnonzero(flags):
        span[last - k + 1 : last + 1] = True
    return span


def thinner(recent: Recent) -> Iterator[Evidence]:
    """A day with fewer rows a user than usual: half of it is missing."""
    yield from _depth(recent, sign=-1)


def thicker(recent: Recent) -> Iterator[Evidence]:
    """A day with more rows a user than usual: it was loaded twice."""
    yield from _depth(recent, sign=1)


def _by_chance(off: Series, who: Counts) -> Series:
    """How far a mean over so many users is off by chance alone, for each day.

    Measured on the days on which they are enough: a mean over n users varies by the root of n less than one of them.
    """
    enough = who >= _FEWEST_USERS
    one = np.abs(off[enough]) * np.sqrt(who[enough])
    # The mean of absolute deviations is 0.8 of the standard deviation, and few extreme days do not move it much.
    spread = np.nanmean(one) / 0.8 if np.isfinite(one).any() else np.inf
    return np.where(enough, _ERRORS_OF_MEAN, _ERRORS_OF_FEW) * spread / np.sqrt(np.maximum(who, 1))


def _depth(recent: Recent, sign: int) -> Iterator[Evidence]:
    """Days on which rows a user (an account, where nobody knows who) are off from the usual, below it or above."""
    seen = recent.seen
    known = seen.users.sum() > 0
    who, rows, name = (seen.users, seen.user_rows, "person") if known else (seen.accounts, seen.rows, "account")
    enough = who >= _FEWEST_USERS
    if sign < 0:
        # What is left of a day that lost most of its rows has few users itself, so the usual number of them decides.
        enough |= usual(who.astype(float)) >= _FEWEST_USERS
    each = np.where(enough & (who > 0), rows / np.maximum(who, 1), np.nan)
    ordinary = usual(each)
    # As a logarithm, so that half of the usual and twice the usual are equally far off.
    off = np.log(np.where(each > 0, each, np.nan) / ordinary)
    flags = recent.leaned_on(beyond(sign * off, _DEPTH, noise=_by_chance(off, who)))
    if flags.any():
        at = worst(flags, off)
        sentence = f"{seen.days[at]} has {seen.rows[at]:,} rows, {each[at]:.2f} for each active {name}"
        usually = f"{ordinary[at]:.2f} are usual on {weekday(seen.days[at])}s"
        yield recent.evidence(flags, each[at], ordinary[at], f"{sentence}; {usually}")
