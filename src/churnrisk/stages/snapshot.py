"""Whom do we watch, and when? Keys only, and for everybody else the rule that left them out."""

import pandas as pd

from churnrisk.clock import day
from churnrisk.cohort import AT_RISK, cohort, summary
from churnrisk.cohort import snapshot_dates as dates
from churnrisk.contract import TABLES
from churnrisk.errors import ModelError
from churnrisk.history.ledger import Ledger
from churnrisk.intake.tables import feed
from churnrisk.params import Params
from churnrisk.workspace import Workspace, read_table, write_json, write_table


def run(workspace: Workspace, params: Params) -> None:
    clock = params.clock
    first_day, last_day = feed(workspace.reports / "intake.json")
    named = [day(each) for each in params.folds.test_as_of]
    as_ofs, as_of = dates(clock.grid, params.as_of, named, first_day, last_day)
    accounts = Ledger(read_table(workspace.tables / "accounts.parquet"), TABLES["accounts"])
    subscriptions = Ledger(read_table(workspace.tables / "subscriptions.parquet"), TABLES["subscriptions"])
    rows = pd.concat(
        [
            cohort(
                accounts,
                subscriptions,
                each,
                window=params.churn.window(),
                min_age_days=params.cohort.min_age_days,
                trials=params.cohort.trials,
            )
            for each in as_ofs
        ],
        ignore_index=True,
    )
    watched = rows["rule"] == AT_RISK
    if not watched.any():
        raise ModelError(
            "nobody is at risk on any date",
            where="params.yaml, cohort and clock",
            mend=f"loosen {', '.join(sorted(set(rows['rule'])))}",
        )
    write_table(
        rows.loc[watched, ["account_id", "as_of", "spell_started_on"]], workspace.snapshots / "snapshots.parquet"
    )
    write_table(
        rows.loc[~watched, ["account_id", "as_of", "rule", "ended_on"]], workspace.snapshots / "left_out.parquet"
    )
    write_json({"as_of": str(as_of)}, workspace.snapshots / "as_of.json")
    write_json(summary(rows, as_of), workspace.reports / "cohort.json")
