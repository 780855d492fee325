"""The one door of the book: reads what the stages before wrote, and gives typed inputs."""

import numpy as np
import pandas as pd

from churnrisk.book.inputs import Inputs, Settings
from churnrisk.book.outlooks import dates_made_afterwards
from churnrisk.clock import Day, day, days
from churnrisk.contract import TABLES
from churnrisk.params import Params
from churnrisk.past.tables.ledger import Ledger
from churnrisk.past.usage.activity import read_activity
from churnrisk.store.archive import Archive
from churnrisk.store.catalogue.book import ARCHIVED_FORECASTS
from churnrisk.store.catalogue.conform import TABLE
from churnrisk.store.catalogue.evaluate import BACKTEST
from churnrisk.store.catalogue.score import SCORES
from churnrisk.store.workspace import Workspace

_COLUMNS = {
    "accounts": ["account_id", "created_on", "owner", "segment", "is_internal", "known_at"],
    "subscriptions": [
        *("subscription_id", "account_id", "started_on", "ended_on", "planned_end_on", "mrr", "term_months"),
        *("auto_renew", "is_trial", "is_paused", "end_reason", "end_known_at", "known_at"),
    ],
    "invoices": ["invoice_id", "account_id", "issued_on", "paid_on", "failed_on", "amount", "known_at"],
    "surveys": ["survey_id", "account_id", "answered_on", "score", "known_at", "sent_on"],
}
"""What the book looks at; a company has many invoices, and their other columns would be most of its memory."""


def gather(workspace: Workspace, params: Params, as_of: Day) -> Inputs:
    """The inputs of the book of one date; raises SourceError where a stage before has not run.

    Accounts go by their position among all ids in order, because whole numbers are looked up and put in order many
    times faster than texts, and none of the book shows an id.
    """
    accounts = TABLE["accounts"].read(workspace, _COLUMNS["accounts"])
    ids = pd.Index(accounts["account_id"]).unique().sort_values()
    names = [name for name in ("subscriptions", "invoices", "surveys") if TABLE[name].at(workspace).exists()]
    tables = {"accounts": accounts} | {name: TABLE[name].read(workspace, _COLUMNS[name]) for name in names}
    events, silent = params.churn.activity_events, params.churn.inactive_days
    archived = Archive(workspace, ARCHIVED_FORECASTS).before(as_of)
    return Inputs(
        as_of=as_of,
        settings=_settings(params),
        ledgers={name: Ledger(_numbered(rows, name, ids), TABLES[name]) for name, rows in tables.items()},
        activity=None if silent is None else read_activity(workspace.usage, events).numbered(ids),
        scores=_predictions(SCORES.read(workspace, as_of=as_of), ids),
        backtest=_predictions(_backtest(workspace, archived, as_of - days(params.churn.reporting_lag_days)), ids),
        archived=archived,
    )


def _numbered(rows: pd.DataFrame, name: str, ids: pd.Index) -> pd.DataFrame:
    """Rows with whole numbers for their account and their own key; rows of accounts that nobody knows are left out."""
    numbers = {"account_id": ids.get_indexer(pd.Index(rows["account_id"]))}
    if name != "accounts":
        own = TABLES[name].key[0]
        numbers[own] = pd.factorize(rows[own])[0]
    if "end_reason" in rows:
        # Only whether a reason is stated counts.
        numbers["end_reason"] = np.where(rows["end_reason"].isna(), np.nan, 1.0)
    rows = rows.assign(**numbers)
    return rows[rows["account_id"] >= 0]


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


def _backtest(workspace: Workspace, archived: pd.DataFrame, settled: Day) -> pd.DataFrame:
    """The predictions of the dates on which forecasts are made afterwards; none where enough were published."""
    dates = [day(each) for each in BACKTEST.read(workspace, ["as_of"])["as_of"].unique()]
    chosen = dates_made_afterwards(dates, archived, settled)
    return BACKTEST.read(workspace, filters=[("as_of", "in", [pd.Timestamp(each) for each in chosen])])


def _predictions(rows: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    """Without contributions, labels and what simple systems gave."""
    own = rows[[name for name in rows if str(name).startswith(("account_id", "as_of", "probability"))]]
    return own.assign(account_id=ids.get_indexer(pd.Index(own["account_id"])))
