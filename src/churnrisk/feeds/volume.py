"""Rows of usage that are missing, or too many: a day, a part of a day, a part of the accounts."""

from collections.abc import Iterator

import numpy as np

from churnrisk.feeds.finding import FeedFinding
from churnrisk.feeds.recent import Recent, weekday, worst
from churnrisk.feeds.seen import Seen
from churnrisk.feeds.silent import absence
from churnrisk.feeds.usual import Least, beyond, usual

_FEWEST_ACCOUNTS, _FEWEST_PEOPLE = 60, 30
_EMPTY = 0.05  # of the rows of an ordinary day
_SILENT = {7: Least(0.05, 0.2), 3: Least(0.07, 0.3), 1: Least(0.12, 0.75)}  # by days in a row: share of accounts
_DEPTH = Least(float(np.log(1.12)), float(np.log(1.3)))
_ERRORS = 5.0  # standard errors: what chance does not do


def empty_days(seen: Seen, recent: Recent) -> Iterator[FeedFinding]:
    """Days with next to no rows on a weekday that usually has some."""
    rows = seen.rows.astype(float)
    rows[: seen.start] = np.nan
    ordinary = usual(rows)
    flags = recent.leaned_on((rows < _EMPTY * ordinary) & (ordinary >= _FEWEST_PEOPLE))
    if flags.any():
        at = worst(flags, ordinary - rows)
        evidence = f"{seen.days[at]} has {seen.rows[at]:,} rows; {ordinary[at]:,.0f} are usual on"
        yield recent.finding("empty day", flags, rows[at], ordinary[at], f"{evidence} {weekday(seen.days[at])}s")


def missing_part(seen: Seen, recent: Recent) -> Iterator[FeedFinding]:
    """Accounts that are there every week went silent all at once, while the others go on."""
    for k, least in _SILENT.items():
        found = absence(seen.cells, seen.running, k)
        alone = np.where(found.accounts >= _FEWEST_ACCOUNTS, found.alone, np.nan)
        flags = recent.leaned_on(beyond(alone, least, apart=k, noise=_ERRORS * np.nan_to_num(found.noise)))
        if flags.any():
            at = worst(flags, alone)
            span = np.zeros_like(flags)
            for place in np.flatnonzero(flags):
                span[place - k + 1 : place + 1] = True
            time = "on" if k == 1 else f"for {k} days up to"
            yield recent.finding(
                "drop shared across accounts",
                span,
                found.share[at],
                0.0,
                f"{found.share[at]:.0%} more than usual of the {found.accounts[at]:,} accounts that are there"
                f" every week were silent {time} {seen.days[at]}, while the others were at"
                f" {found.level[at]:.0%} of their level",
            )
            return


def depth(seen: Seen, recent: Recent) -> Iterator[FeedFinding]:
    """Rows a person and day (an account, where nobody knows who): half a day has fewer, a day loaded twice has more."""
    known = seen.people.sum() > 0
    who, rows, name = (seen.people, seen.people_rows, "person") if known else (seen.accounts, seen.rows, "account")
    each = np.where(who >= _FEWEST_PEOPLE, rows / np.maximum(who, 1), np.nan)
    ordinary = usual(each)
    off = np.log(np.where(each > 0, each, np.nan) / ordinary)
    for check, values in (("partial day", -off), ("more than usual", off)):
        flags = recent.leaned_on(beyond(values, _DEPTH))
        if flags.any():
            at = worst(flags, values)
            evidence = f"{seen.days[at]} has {seen.rows[at]:,} rows, {each[at]:.2f} for each active {name}"
            usually = f"{ordinary[at]:.2f} are usual on {weekday(seen.days[at])}s"
            yield recent.finding(check, flags, each[at], ordinary[at], f"{evidence}; {usually}")
