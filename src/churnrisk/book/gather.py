"""The one door of the book: reads what the stages before wrote, and gives typed inputs."""

import pandas as pd

from churnrisk.book.inputs import Inputs, Settings
from churnrisk.clock import Day, day
from churnrisk.params import Params
from churnrisk.past.tables.ledger import read_ledger
from churnrisk.past.usage.activity import read_activity
from churnrisk.store.archive import Archive
from churnrisk.store.catalogue.book import ARCHIVED_FORECASTS
from churnrisk.store.catalogue.conform import TABLE
from churnrisk.store.catalogue.evaluate import BACKTEST
from churnrisk.store.catalogue.score import SCORES
from churnrisk.store.workspace import Workspace


def gather(workspace: Workspace, params: Params, as_of: Day) -> Inputs:
    """The inputs of the book of one date; raises SourceError where a stage before has not run."""
    names = [name for name in ("invoices", "surveys") if TABLE[name].at(workspace).exists()]
    events, silent = params.churn.activity_events, params.churn.inactive_days
    return Inputs(
        as_of=as_of,
        settings=_settings(params),
        ledgers={name: read_ledger(workspace, name) for name in ("accounts", "subscriptions", *names)},
        activity=None if silent is None else read_activity(workspace.usage, events),
        scores=_predictions(SCORES.read(workspace, as_of=as_of)),
        backtest=_predictions(BACKTEST.read(workspace)),
        archived=Archive(workspace, ARCHIVED_FORECASTS).before(as_of),
    )


def _settings(params: Params) -> Settings:
    churn, shown = params.churn, params.risk_list
    return Settings(
        trials=params.cohort.trials,
        active_days=churn.inactive_days,
        recorded_from=day(params.clock.usage_from),
        lag_days=churn.reporting_lag_days,
        lead_days=churn.lead_days,
        horizon_days=churn.horizon_days,
        currency=shown.currency,
        margin=shown.margin_share,
        discount=shown.discount_share_a_year,
    )


def _predictions(rows: pd.DataFrame) -> pd.DataFrame:
    """Without contributions, labels and what simple systems gave."""
    return rows[[name for name in rows if str(name).startswith(("account_id", "as_of", "probability"))]]
