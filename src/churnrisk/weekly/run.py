"""One list a week, by the champion: the functions of the stages, on a view of the workspace."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rich.console import Console

from churnrisk.clock import Day, day
from churnrisk.feeds.coverage import coverage
from churnrisk.feeds.reach import Reach
from churnrisk.feeds.reading import read_feeds
from churnrisk.model.bundle import Bundle
from churnrisk.monitoring.origin import has_origin
from churnrisk.monitoring.status import newest_date
from churnrisk.params import Params
from churnrisk.stages import conform, featurize, gate, list, monitor, pull, rollup, score, snapshot
from churnrisk.store.kept_scores import Kept
from churnrisk.store.published import Published
from churnrisk.store.workspace import Workspace
from churnrisk.weekly.bundle import SECONDS, fetch_champion
from churnrisk.weekly.dates import due, require_date, require_reached
from churnrisk.weekly.levels import recalibrate
from churnrisk.weekly.log import Log
from churnrisk.weekly.view import moved_to, view

DATES = 2
"""The date of the list, and the one before it, from which changes are measured."""


@dataclass(frozen=True)
class Asked:
    """What a run is asked for: the date of the list or None for the latest, whether to make up for missed ones, whether
    to read all months of the source again, and on which day; None: whatever the feeds reach is early enough.
    """

    as_of: Day | None = None
    catch_up: bool = False
    full: bool = False
    on: Day | None = None


def weekly(
    workspace: Workspace, params: Params, asked: Asked, console: Console, seconds: float = SECONDS
) -> Sequence[Day]:
    """Make the list of one date, or of all that are missed, with the champion; returns the dates.

    The champion comes first, because without one there is no list. Then the tables, once; then date by date. Nothing
    is published before its list is whole. Raises the errors of the stages, and those of `fetch_champion` and `due`.
    """
    log = Log(workspace, console)
    before = log.cut_off()
    if before:
        log.say(before)
    with log.run():
        return _lists(workspace, params, asked, log, seconds)


def _lists(workspace: Workspace, params: Params, asked: Asked, log: Log, seconds: float) -> Sequence[Day]:
    here, grid = view(workspace), params.clock.grid
    published = [day(each) for each in Published(workspace).shown()]
    as_of = next_date(params, asked, published, _unfinished(workspace))
    if as_of is not None:
        require_date(grid, as_of)
    settings = moved_to(params, as_of, max(published, default=None))
    bundle, warnings = _made_ready(here, settings, asked, log, seconds)
    reach, unfinished = _reach(here, settings), _unfinished(workspace)
    dates = due(grid, reach.latest, published, as_of=as_of, catch_up=asked.catch_up, unfinished=unfinished)
    expected = _expected(params, asked)
    if expected is not None:
        require_reached(reach, grid, expected)
    for each in dates:
        done, newest = each in published, max([*published, *dates])
        # Where no date was asked for, the gate asks whether a later list is due, which a feed that has stopped keeps
        # back: otherwise the last list would be made again, week after week, as if nothing were wrong.
        asked_for = None if as_of is None and each == dates[-1] else each
        week = Week(each, bundle, warnings)
        _one_date(here, moved_to(params, each, newest), moved_to(params, asked_for, newest), log, week)
        said = "the list was out already, and was made again" if done else "the list is out"
        log.say(f"{each}: {said}, by {bundle.model.lineage}")
    return dates


def _made_ready(
    here: Workspace, settings: Params, asked: Asked, log: Log, seconds: float
) -> tuple[Bundle, tuple[str, ...]]:
    """Fetch the champion and bring the tables up to date; returns it, and what there is to say of it."""
    with log.step("champion"):
        bundle, warnings = fetch_champion(here, settings, seconds)
    for warning in warnings:
        log.say(warning)
    # Not `source`: it only shows DVC the folder of the files, and `pull` goes to the folder itself.
    with log.step("pull"):
        pull.run(here, settings, carried=True, full=asked.full)
    for stage in (conform, rollup):
        with log.step(stage.__name__.rpartition(".")[2]):
            stage.run(here, settings, carried=True)
    return bundle, warnings


def _unfinished(workspace: Workspace) -> set[Day]:
    """The dates whose list is out without its origin, which is written last: the run was cut off in between."""
    shown = Published(workspace).shown().items()
    return {day(on) for on, made in shown if not has_origin(workspace, Kept.of(made))}


def next_date(params: Params, asked: Asked, published: Sequence[Day], unfinished: Collection[Day] = ()) -> Day | None:
    """The date that is asked for. Where none is, a simulated company goes on to the step after its last list, and any
    other, None, to wherever its feeds have got. A last list that is `unfinished` comes first.
    """
    if asked.as_of is not None or params.source.simulator is None or not published:
        return asked.as_of
    last = max(published)
    return last if last in unfinished else last + params.clock.grid.step


def _expected(params: Params, asked: Asked) -> Day | None:
    """The date whose list is due on the day of the run, where a run without a date is asked to know it.

    A simulated company lives in a time of its own.
    """
    if asked.as_of is not None or asked.on is None or params.source.simulator is not None:
        return None
    return newest_date(params, asked.on)


def _reach(workspace: Workspace, params: Params) -> Reach:
    return Reach.of(coverage(read_feeds(workspace.tables, workspace.usage)), params.clock.usage_settle_days)


@dataclass(frozen=True)
class Week:
    """The list of a date, the champion that makes it, and what there is to say of that."""

    as_of: Day
    champion: Bundle
    warnings: tuple[str, ...]


def _one_date(workspace: Workspace, params: Params, of_gate: Params, log: Log, week: Week) -> None:
    as_of = week.as_of
    with log.step("snapshot", as_of):
        snapshot.run(workspace, params, last=DATES)
    with log.step("gate", as_of):
        gate.run(workspace, of_gate)
    with log.step("featurize", as_of):
        featurize.run(workspace, params)
    with log.step("recalibrate", as_of):
        moved = recalibrate(workspace, params, week.champion, as_of)
    if moved:
        log.say(moved)
    with log.step("score", as_of):
        score.run(workspace, params)
    with log.step("list", as_of):
        list.run(workspace, params, warnings=week.warnings, backfill=True)
    with log.step("monitor", as_of):
        monitor.run(workspace, params, backfill=True)


def plan(workspace: Workspace, params: Params, asked: Asked) -> str:
    """What a run would do, in a sentence; nothing is written, and nothing but the archive is read.

    Raises ParamsError for a date off the grid.
    """
    published = [day(each) for each in Published(workspace).shown()]
    as_of = next_date(params, asked, published, _unfinished(workspace))
    if as_of is not None:
        require_date(params.clock.grid, as_of)
    last = f"the last list that is out is of {max(published)}" if published else "no list is out yet"
    until = _latest_allowed(params, asked) if as_of is None else str(as_of)
    missed = ", and before it of every date since the first that is missing" if asked.catch_up and published else ""
    again = "; it is out already, and would be made again" if as_of in published else ""
    return f"would fetch the champion, read the source, and make the list of {until}{missed}{again} ({last})"


def _latest_allowed(params: Params, asked: Asked) -> str:
    expected = _expected(params, asked)
    least = "" if expected is None else f", which has to be {expected} at least,"
    return f"the latest date that the feeds allow{least}"
