"""Which accounts are watched, and when? Keys only, and for every other account the rule that leaves it out."""

import pandas as pd

from churnrisk.clock import as_date, day
from churnrisk.cohort.cohort import cohort
from churnrisk.cohort.dates import snapshot_dates
from churnrisk.cohort.rules import AT_RISK, Watch
from churnrisk.cohort.summary import require_watched, summary
from churnrisk.feeds.coverage import coverage
from churnrisk.feeds.reach import Reach
from churnrisk.feeds.reading import read_feeds
from churnrisk.params import Params
from churnrisk.past.tables.ledger import read_ledger
from churnrisk.past.usage.activity import read_activity
from churnrisk.store.catalogue.snapshot import COHORT_COUNTS, LEFT_OUT, LIST_DATE, SNAPSHOTS, ListDate
from churnrisk.store.files import rewriting
from churnrisk.store.workspace import Workspace


def run(workspace: Workspace, params: Params, last: int | None = None) -> None:
    """Write the snapshots of every date, or of the `last` few up to that of the list alone."""
    reach = Reach.of(coverage(read_feeds(workspace.tables, workspace.usage)), params.clock.usage_settle_days)
    test = [day(each) for each in params.folds.test_as_of] if last is None else []
    dates, as_of = snapshot_dates(params.clock.grid, reach, as_of=params.as_of, test=test, last=last)
    accounts, subscriptions = (read_ledger(workspace, name) for name in ("accounts", "subscriptions"))
    watch, window = _read_watch(workspace, params), params.churn.window()
    by_date = [cohort(accounts, subscriptions, each, window, watch) for each in dates]
    rows = pd.concat(by_date, ignore_index=True)
    require_watched(rows)
    watched = rows["rule"] == AT_RISK
    with rewriting(workspace, SNAPSHOTS, LEFT_OUT, LIST_DATE, COHORT_COUNTS) as draft:
        SNAPSHOTS.write(rows.loc[watched, list(SNAPSHOTS.columns)], draft)
        LEFT_OUT.write(rows.loc[~watched, list(LEFT_OUT.columns)], draft)
        LIST_DATE.write(ListDate(as_of=as_date(as_of), covered_until=as_date(reach.covered_until)), draft)
        COHORT_COUNTS.write(summary(rows, as_of), draft)


def _read_watch(workspace: Workspace, params: Params) -> Watch:
    churn, settings = params.churn, params.cohort
    needs_activity = churn.kind == "inactivity" or settings.min_active_days
    return Watch(
        min_age_days=settings.min_age_days,
        trials=settings.trials,
        contraction_share=churn.contraction_share,
        activity=read_activity(workspace.usage, churn.activity_events) if needs_activity else None,
        min_active_days=settings.min_active_days,
        inactive_days=None if settings.lapsed else churn.inactive_days,
    )
