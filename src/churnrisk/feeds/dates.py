"""Rows of usage that are there twice, or are dated wrong."""

from collections.abc import Iterator

import numpy as np

from churnrisk.feeds.finding import Evidence
from churnrisk.feeds.recent import Recent, worst
from churnrisk.feeds.seen import Counts
from churnrisk.feeds.usual import Least, Series, beyond, usual

_FEWEST_ROWS = 30  # of a day, to speak of shares of them
_COPIES, _AGAIN, _AHEAD = Least(0.05, 0.1), Least(0.1, 0.2), Least(0.02, 0.05)  # shares of a day's rows
_FEWEST_EVER = 1000  # rows in all: in fewer, even numbers throughout may be chance
_EVERYWHERE, _LOADED_AGAIN = 0.95, 0.45  # of all cells; of all rows, where half of them are the second load
_SHIFT_GAIN, _SHIFT_FIT = Least(0.2, 0.4), 0.15  # parts of a week's rows that lie on other days than usual
_SHIFTS = (
    1,
    -1,
    2,
    -2,
)  # a time zone or a date parsed wrong shifts by one day, rarely by two; further off is another week


def loaded_twice(recent: Recent) -> Iterator[Evidence]:
    """Exact copies of rows beyond what is usual, in one load or in a later one; or of all rows, whatever is usual."""
    yield from _all_of_it(recent)
    yield from _share(recent, "copies of other rows", recent.seen.copies, _COPIES)
    yield from _share(recent, "copies that came later", recent.seen.again, _AGAIN)


def _all_of_it(recent: Recent) -> Iterator[Evidence]:
    """Usage that has always been there twice: no day stands out, so it is judged by itself.

    Users leave copies too where a source gives no time of day, but then every other account has an odd number of rows.
    """
    seen = recent.seen
    again = seen.again.sum() / max(seen.rows.sum(), 1)
    if seen.rows.sum() >= _FEWEST_EVER and (seen.repeated >= _EVERYWHERE or again >= _LOADED_AGAIN):
        found = max(seen.repeated, again)
        sentence = f"all of its {seen.rows.sum():,} rows since {seen.days[seen.start]} are there two times or more"
        fix = "let queries/usage.sql read each row once"
        yield recent.evidence(seen.rows > 0, found, 0.0, f"{sentence}: {fix}")


def clock_skewed(recent: Recent) -> Iterator[Evidence]:
    """Rows that were known before the day on which they are dated, or whole weeks that are dated some days off."""
    yield from _share(recent, "dated after they were known", recent.seen.ahead, _AHEAD)
    yield from _shifted(recent)


def _share(recent: Recent, what: str, count: Counts, least: Least) -> Iterator[Evidence]:
    seen = recent.seen
    share = np.where(seen.rows >= _FEWEST_ROWS, count / np.maximum(seen.rows, 1), np.nan)
    ordinary = usual(share)
    flags = recent.leaned_on(beyond(share - ordinary, least))
    if flags.any():
        at = worst(flags, share)
        sentence = f"{share[at]:.1%} of the {seen.rows[at]:,} rows of {seen.days[at]} are {what}"
        yield recent.evidence(flags, share[at], ordinary[at], f"{sentence}; {ordinary[at]:.1%} are usual")


def _shifted(recent: Recent) -> Iterator[Evidence]:
    """A week whose days look like those before or after them: busy Saturdays and empty Mondays."""
    seen = recent.seen
    rows, ordinary = seen.rows.astype(float), usual(np.where(np.arange(len(seen.rows)) < seen.start, np.nan, seen.rows))
    gains, shifts = np.full(len(rows), np.nan), np.zeros(len(rows), int)
    for stop in range(7 - min(_SHIFTS), len(rows) + 1):
        gains[stop - 1], shifts[stop - 1] = _shift(rows[:stop], ordinary[:stop])
    flags = beyond(gains, _SHIFT_GAIN, apart=7) & (shifts != 0)
    flags &= np.arange(len(rows)) >= len(rows) - max(recent.days - 6, 1)
    if flags.any():
        at = worst(flags, gains)
        shift = int(shifts[at])
        days = abs(shift)
        way, other = ("later", "before") if shift > 0 else ("earlier", "after")
        week = np.zeros(len(rows), bool)
        week[at - 6 : at + 1] = True
        sentence = f"in the week up to {seen.days[at]} each day has the rows that are usual {days} day(s) {other}"
        yield recent.evidence(week, shift, 0.0, f"{sentence}: its facts are dated {days} day(s) {way}")


def _shift(rows: Series, ordinary: Series) -> tuple[float, int]:
    """How much better the last week fits what is usual when it is shifted, and by how many days; 0: no shift fits.

    A week that is dated early begins on the days before it, and its own last days are empty.

    >>> ordinary = np.array([90.0, 100, 100, 100, 80, 10, 10] * 2)
    >>> late, early = [*ordinary[:7], 0, *ordinary[:6]], [*ordinary[:6], 100, *ordinary[8:], 0]
    >>> _shift(ordinary, ordinary)[1], _shift(np.array(late), ordinary)[1], _shift(np.array(early), ordinary)[1]
    (0, 1, -1)
    """
    best, end = (np.nan, 0), len(rows)
    for shift in _SHIFTS:
        dated = np.arange(end - 7 + shift, end + min(shift, 0))
        happened = dated - shift
        if np.isnan(ordinary[dated]).any() or np.isnan(ordinary[happened]).any():
            continue
        off, fit = (_misfit(rows[dated], ordinary[days]) for days in (dated, happened))
        if not off - fit <= best[0]:
            best = off - fit, shift if fit < _SHIFT_FIT else 0
    return best


def _misfit(rows: Series, profile: Series) -> float:
    """How far the shares of days differ from a profile, 0 to 2."""
    return float(np.abs(rows / max(rows.sum(), 1) - profile / max(profile.sum(), 1)).sum())
