"""What the monitor looks at, read once: the run of one date, the date before it, and the model."""

from dataclasses import dataclass

import pandas as pd

from churnrisk.clock import Day, day
from churnrisk.evaluation.groups import OWNER, words_of, words_of_accounts
from churnrisk.feeds.flow import Flow
from churnrisk.feeds.list_date import list_date
from churnrisk.feeds.reading import read_feeds
from churnrisk.model.bundle import Bundle
from churnrisk.model.examples import read_features_on
from churnrisk.params import Params
from churnrisk.past.tables.ledger import read_ledger
from churnrisk.risk_list.gather import contracts
from churnrisk.store.catalogue.gate import GATE, GateReport
from churnrisk.store.catalogue.score import SCORES, SCORES_REPORT
from churnrisk.store.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Looked:
    """The run of `as_of`, row by row the same in `features`, `scores` (as the stage `score` writes them), `groups`
    (words by which accounts are told apart) and `arr` (NaN: not known).

    `before` has the features of `previous`, and `before_probability` what the present model gives for them; None where
    there is no earlier date. `flows` are the facts of each feed by day, as they were known before `as_of`.
    """

    as_of: Day
    previous: Day | None
    bundle: Bundle
    features: pd.DataFrame
    scores: pd.DataFrame
    groups: pd.DataFrame
    arr: "pd.Series[float]"
    before: pd.DataFrame | None
    before_probability: "pd.Series[float] | None"
    flows: dict[str, Flow]
    gate: GateReport


def read_looked(workspace: Workspace, params: Params) -> Looked:
    """Read it from a workspace; raises SourceError where a stage before has not run, ModelError where the scores are
    not those of the bundle.
    """
    as_of, bundle = list_date(workspace), Bundle.load(workspace.models / "bundle")
    report = SCORES_REPORT.read(workspace, as_of=as_of)
    bundle.require_made(report.lineage, "data/scores")
    previous = None if report.previous_as_of is None else day(report.previous_as_of)
    features = read_features_on(workspace, as_of)
    before = None if previous is None else read_features_on(workspace, previous)
    scores = features[["account_id"]].merge(SCORES.read(workspace, as_of=as_of), on="account_id", validate="1:1")
    return Looked(
        as_of=as_of,
        previous=previous,
        bundle=bundle,
        features=features,
        scores=scores,
        groups=_groups(workspace, features),
        arr=arr_of(workspace, as_of, scores["account_id"]),
        before=before,
        before_probability=None if before is None else _probability(bundle, before),
        flows=read_feeds(workspace.tables, workspace.usage).flows(before=as_of),
        gate=GATE.read(workspace),
    )


def arr_of(workspace: Workspace, as_of: Day, accounts: "pd.Series[str]") -> "pd.Series[float]":
    """ARR of each account as it was known at a date, row by row; NaN where it is not known."""
    mrr = contracts(workspace, as_of).set_index("account_id")["mrr"].reindex(accounts)
    return (12 * mrr.astype(float)).reset_index(drop=True)


def _probability(bundle: Bundle, features: pd.DataFrame) -> "pd.Series[float]":
    return pd.Series(bundle.model.probabilities(features), index=features["account_id"].to_numpy())


def _groups(workspace: Workspace, features: pd.DataFrame) -> pd.DataFrame:
    """Features of words, and the owner where `accounts` has one, which is no feature."""
    accounts = words_of_accounts(read_ledger(workspace, "accounts"), features).reset_index(drop=True)
    owner = {OWNER: accounts[OWNER]} if OWNER in accounts else {}
    return pd.DataFrame(words_of(features) | owner, index=features.index)
