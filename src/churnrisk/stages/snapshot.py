"""Whom do we watch, and when? Keys only, and for everybody else the rule that left them out."""

import numpy as np
import pandas as pd

from churnrisk.clock import day
from churnrisk.cohort.cohort import AT_RISK, Watch, cohort, summary
from churnrisk.cohort.cohort import snapshot_dates as dates
from churnrisk.contract import TABLES
from churnrisk.errors import ContractError, ModelError
from churnrisk.feeds.coverage import REQUIRED, coverage
from churnrisk.params import Params
from churnrisk.past.tables.ledger import Ledger
from churnrisk.past.usage.activity import read_activity
from churnrisk.store.workspace import Workspace, read_table, whole_folder, write_json, write_table


def run(workspace: Workspace, params: Params) -> None:
    feeds = coverage(workspace.tables, workspace.usage)
    silent = [name for name in REQUIRED if name not in feeds]
    if silent:
        fix = "give rows with a quantity above 0 in queries/usage.sql" if "usage" in silent else "give its rows"
        raise ContractError(f"nothing happens in {silent[0]}", where="data/tables", fix=fix)
    covered = {name: feeds[name].covered_until for name in REQUIRED}
    # The last days before a date are not looked at while they settle, so they needn't be there.
    wait = np.timedelta64(params.clock.usage_settle_days, "D")
    settled = {name: until + wait for name, until in covered.items()}
    # Nor may a list be dated ahead of everything that is known.
    reached = max(each.dated_until for each in feeds.values())
    latest = min(min(feeds[name].dated_until for name in REQUIRED) + wait, reached)
    named = [day(each) for each in params.folds.test_as_of]
    as_ofs, as_of = dates(params.clock.grid, params.as_of, named, feeds["usage"].first, settled, latest)
    accounts, subscriptions = (
        Ledger(read_table(workspace.tables / f"{name}.parquet"), TABLES[name]) for name in ("accounts", "subscriptions")
    )
    watch, window = _watch(workspace, params), params.churn.window()
    by_date = [cohort(accounts, subscriptions, each, window, watch) for each in as_ofs]
    rows = pd.concat(by_date, ignore_index=True)
    watched = rows["rule"] == AT_RISK
    if not watched.any():
        raise ModelError(
            "nobody is at risk on any date",
            where="params.yaml, cohort and clock",
            fix=f"loosen {', '.join(sorted(set(rows['rule'])))}",
        )
    with whole_folder(workspace.snapshots) as folder:
        write_table(rows.loc[watched, ["account_id", "as_of", "spell_started_on"]], folder / "snapshots.parquet")
        write_table(rows.loc[~watched, ["account_id", "as_of", "rule", "ended_on"]], folder / "left_out.parquet")
        write_json({"as_of": str(as_of), "covered_until": str(min(covered.values()))}, folder / "as_of.json")
        write_json(summary(rows, as_of), folder / "cohort.json")


def _watch(workspace: Workspace, params: Params) -> Watch:
    churn, told = params.churn, params.cohort
    needs_activity = churn.kind == "inactivity" or told.min_active_days
    return Watch(
        min_age_days=told.min_age_days,
        trials=told.trials,
        contraction_share=churn.contraction_share,
        activity=read_activity(workspace.usage, churn.activity_events) if needs_activity else None,
        min_active_days=told.min_active_days,
        inactive_days=None if told.lapsed else churn.inactive_days,
    )
