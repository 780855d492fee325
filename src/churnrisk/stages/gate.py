"""Are the feeds fresh and whole? No list is made from a broken feed; the last good one stays as it is."""

import pandas as pd

from churnrisk.clock import Day, as_date, day
from churnrisk.errors import StaleFeedError
from churnrisk.feeds.check import Inspected, check
from churnrisk.feeds.contracts import Contracts
from churnrisk.feeds.coverage import coverage
from churnrisk.feeds.finding import FeedFinding
from churnrisk.feeds.flow import Feeds
from churnrisk.feeds.known import Learning
from churnrisk.feeds.list_date import list_date
from churnrisk.feeds.reading import read_contracts, read_feeds, read_seen
from churnrisk.feeds.set_aside import SetAside
from churnrisk.params import Params
from churnrisk.past.tables.ledger import read_ledger
from churnrisk.store.catalogue.conform import REJECTED, TABLE
from churnrisk.store.catalogue.gate import GATE, GateReport
from churnrisk.store.catalogue.snapshot import LEFT_OUT, SNAPSHOTS
from churnrisk.store.workspace import Workspace


def run(workspace: Workspace, params: Params) -> None:
    as_of = list_date(workspace)
    findings = check(_read_inspected(workspace, params, as_of))
    held = [each for each in findings if each.severity == "hold"]
    override = params.gate.override
    allowed = override is not None and day(override.as_of) == as_of
    report = GateReport(
        as_of=as_date(as_of),
        held=bool(held) and not allowed,
        override=override.reason if override is not None and allowed and held else None,
        findings=[each.reported() for each in findings],
    )
    GATE.write(report, workspace)
    if report.held:
        raise _hold(as_of, held)


def _read_inspected(workspace: Workspace, params: Params, as_of: Day) -> Inspected:
    feeds, settle_days = read_feeds(workspace.tables, workspace.usage), params.clock.usage_settle_days
    return Inspected(
        feeds=feeds,
        seen=read_seen(workspace.tables, workspace.usage, as_of, settle_days),
        as_of=as_of,
        due=_due(feeds, params, as_of),
        set_aside=_read_set_aside(workspace, params, as_of),
        contracts=_read_contracts(workspace, params, as_of),
        learning=_learning(params, as_of),
        every_days=7 * params.clock.grid_every_weeks,
        settle_days=settle_days,
    )


def _read_contracts(workspace: Workspace, params: Params, as_of: Day) -> Contracts:
    return read_contracts(
        workspace.tables,
        workspace.usage,
        as_of,
        read_ledger(workspace, "subscriptions").before(as_of).frame(),
        settle_days=params.clock.usage_settle_days,
        most_without=params.gate.without_subscription_share,
    )


def _learning(params: Params, as_of: Day) -> Learning:
    clock = params.clock
    dates = clock.grid.dates(clock.grid.anchor, as_of)
    return Learning(usage_from=day(clock.usage_from), dates=dates, settle_days=clock.usage_settle_days)


def _read_set_aside(workspace: Workspace, params: Params, as_of: Day) -> SetAside | None:
    # Read before the early return: `dvc.yaml` declares this param, and a param that is declared must be read on every
    # company, or a change of it would rerun a stage that does not look at it.
    accept = params.intake.accept
    if not REJECTED.at(workspace, table="subscriptions").exists():
        return None
    on_date = [("as_of", "==", pd.Timestamp(as_of))]
    left_out = LEFT_OUT.read(workspace, ["account_id", "rule"], on_date).query("rule != 'internal'")
    watched = {*SNAPSHOTS.read(workspace, ["account_id"], on_date)["account_id"], *left_out["account_id"]}
    return SetAside(
        rows=REJECTED.read(workspace, table="subscriptions"),
        watched=watched,
        accept=accept,
        ended=float(TABLE["subscriptions"].read(workspace, ["ended_on"])["ended_on"].notna().mean()),
    )


def _due(feeds: Feeds, params: Params, as_of: Day) -> Day:
    """The date on which a list is expected: with `auto`, the latest that any feed has got to."""
    if params.as_of is not None:
        return as_of
    return max(as_of, params.clock.grid.floor(max(each.dated_until for each in coverage(feeds).values())))


def _hold(as_of: Day, held: list[FeedFinding]) -> StaleFeedError:
    first, more = held[0], len(held) - 1
    rest = f", and {more} more in reports/feeds.json" if more else ""
    return StaleFeedError(
        f"the list of {as_of} is held ({first.check}): {first.words}{rest}",
        where="gate",
        fix=f'fix the feed and run again, or set gate.override to {{as_of: "{as_of}", reason: ...}} in params.yaml',
    )
