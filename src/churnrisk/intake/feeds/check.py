"""Is every feed fresh and whole at a date? All checks together."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from churnrisk.clock import Day
from churnrisk.intake.feeds.coverage import ONE_DAY, REQUIRED, coverage, end_of, silent_for
from churnrisk.intake.feeds.dates import clock_ahead, clock_shifted, loaded_twice
from churnrisk.intake.feeds.events import events_begun, events_lost
from churnrisk.intake.feeds.finding import Finding, Severity
from churnrisk.intake.feeds.flow import Flow, flows
from churnrisk.intake.feeds.recent import LEANED_ON, Recent
from churnrisk.intake.feeds.seen import see
from churnrisk.intake.feeds.volume import depth, empty_days, missing_part

OF_USAGE = (
    empty_days,
    missing_part,
    depth,
    events_lost,
    events_begun,
    loaded_twice,
    clock_ahead,
    clock_shifted,
)  # the plainest evidence first
_STRAYS_SHARE, _FEWEST_STRAYS = 0.0005, 10  # of the rows of four weeks


def check(
    tables: Path, usage: Path, as_of: Day, *, settle_days: int = 0, every_days: int = 7, due: Day | None = None
) -> list[Finding]:
    """What is wrong with the feeds at `as_of`, by what was known before it; what holds a list comes first.

    `every_days` is the time from list to list. `due` is the date on which a list is expected, where it is later than
    `as_of`: feeds that have not got there are stale.
    """
    found = [*stale(tables, usage, settle_days, due or as_of), *future(tables, usage)]
    seen = see(tables, usage, as_of, settle_days)
    if not seen.rows.any():
        days = seen.days[0], seen.days[-1]
        return [Finding("usage", "empty", "hold", *days, 0.0, 1.0, f"nothing of it was known before {as_of}")]
    recent = Recent(seen, max(every_days, 7))
    for each in OF_USAGE:
        found += each(seen, recent)
    return sorted(found, key=lambda finding: finding.severity != "hold")


def stale(tables: Path, usage: Path, settle_days: int, due: Day) -> Iterator[Finding]:
    """Feeds that have stopped: usage before the date, another one for far longer than in the year before.

    Where one column of an optional table goes on while another has stopped, that is a note: goals may be reached long
    after the last one was set. So is a silence longer than all that was before it, as after a campaign. Of
    subscriptions, starts and ends have to go on both.
    """
    found = flows(tables, usage, before=due, apart=True)
    alive = {name.split(".")[0] for name, flow in found.items() if not flow.dense and not _silent(flow, due)}
    for name, flow in found.items():
        if flow.dense:
            yield from _short_of(flow, due, due - np.timedelta64(settle_days, "D"))
        elif _silent(flow, due):
            table = name.split(".")[0]
            silent, limit = silent_for(flow, due)
            last = due - np.timedelta64(silent + 1, "D")
            evidence = (
                f"nothing has become known since {last}, {silent} days; {limit:.0f} are far beyond a year's longest"
            )
            long_enough = last - flow.days[0] >= np.timedelta64(silent, "D")
            dead = table in REQUIRED or (table not in alive and long_enough)
            severity: Severity = "hold" if dead else "note"
            yield Finding(name, "stale", severity, last + ONE_DAY, due - ONE_DAY, silent, limit, evidence)


def _silent(flow: Flow, at: Day) -> bool:
    silent, limit = silent_for(flow, at)
    return silent >= limit


def _short_of(flow: Flow, due: Day, needed: Day) -> Iterator[Finding]:
    """A dense feed that ends before a day."""
    until = end_of(flow)
    if until is not None and until < needed:
        late = int((needed - until).astype(int))
        evidence = f"the last day with a fair part of its usual rows is {until - ONE_DAY}: {late} days are missing"
        yield Finding(flow.name, "stale", "hold", until, due - ONE_DAY, late, 0.0, evidence)


def future(tables: Path, usage: Path) -> Iterator[Finding]:
    """Facts that are dated after their feed has ended."""
    found = coverage(tables, usage)
    for name, flow in flows(tables, usage).items():
        reach = found[name]
        if reach.strays:
            lately = int(flow.counts[flow.days >= reach.covered_until - np.timedelta64(LEANED_ON, "D")].sum())
            many = reach.strays >= max(_FEWEST_STRAYS, _STRAYS_SHARE * lately) and name == "usage"
            evidence = f"{reach.strays:,} facts are dated {reach.covered_until} or later, up to {reach.last}"
            yield Finding(
                name,
                "future dates",
                "hold" if many else "note",
                reach.covered_until,
                reach.last,
                float(reach.strays),
                0.0,
                f"{evidence}; the last four weeks have {lately - reach.strays:,}",
            )
