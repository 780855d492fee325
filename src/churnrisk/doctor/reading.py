"""The evidence of the checks, read from what the pipeline wrote."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from churnrisk.clock import Day, Days, of_column, to_column
from churnrisk.feeds.list_date import covered_until, list_date
from churnrisk.model.bundle import Bundle
from churnrisk.model.risk_model import RiskModel
from churnrisk.model.split import Split
from churnrisk.store.blocks import read_features
from churnrisk.store.catalogue.evaluate import BACKTEST
from churnrisk.store.catalogue.gate import GATE
from churnrisk.store.catalogue.label import LABELS
from churnrisk.store.catalogue.score import SCORES
from churnrisk.store.catalogue.snapshot import LEFT_OUT, SNAPSHOTS
from churnrisk.store.catalogue.train import SPLIT
from churnrisk.store.columns import KEYS
from churnrisk.store.workspace import Workspace

MOST_ACCOUNTS = 10_000
"""Accounts whose features are looked at one by one; from a larger company so many are drawn, which bounds the
memory."""

CUT_ACCOUNTS = 400
CUT_DATES = 5
"""Accounts and dates whose features are computed again from tables that end at the date. Each date costs a computation
of its own; these 2,000 rows, half of them of accounts that churned, show every leak that the tests plant."""

SEED = 7


@dataclass(frozen=True)
class Evidence:
    """Frames as the stages wrote them. `features` are those of `MOST_ACCOUNTS` accounts at every date, `labels` those
    of every horizon; `test_features` and `list_features` have every account, at the dates of the backtest and of the
    list. `scores` are None where the list's date has none, as where the gate holds it; `no_scores` says why. `judged`
    is the model of the backtest, `bundle` that of the list, `split` the one that both were trained by."""

    snapshots: pd.DataFrame
    left_out: pd.DataFrame
    labels: pd.DataFrame
    features: pd.DataFrame
    test_features: pd.DataFrame
    list_features: pd.DataFrame
    backtest: pd.DataFrame
    scores: pd.DataFrame | None
    no_scores: str
    judged: RiskModel
    bundle: Bundle
    split: Split
    as_of: Day
    seen_until: Day


def read_evidence(workspace: Workspace) -> Evidence:
    """Everything; raises SourceError or ModelError, with the fix, where a stage has not run.

    Scores may be missing: what was learned and judged on past dates does not depend on the newest feed.
    """
    as_of = list_date(workspace)
    no_scores = _no_scores(workspace, as_of)
    snapshots, backtest = SNAPSHOTS.read(workspace), BACKTEST.read(workspace)
    drawn = _drawn(snapshots["account_id"].unique().astype(object), MOST_ACCOUNTS)
    return Evidence(
        snapshots=snapshots,
        left_out=LEFT_OUT.read(workspace),
        labels=LABELS.read(workspace),
        features=_features(workspace, [("account_id", "in", list(drawn))]),
        test_features=_features(workspace, [("as_of", "in", list(backtest["as_of"].unique()))]),
        list_features=_features(workspace, [("as_of", "==", pd.Timestamp(as_of))]),
        backtest=backtest,
        scores=None if no_scores else SCORES.read(workspace, as_of=as_of),
        no_scores=no_scores,
        judged=RiskModel.load(workspace.models / "backtest"),
        bundle=Bundle.load(workspace.models / "bundle"),
        split=Split.of_record(SPLIT.read(workspace)),
        as_of=as_of,
        seen_until=covered_until(workspace),
    )


def _no_scores(workspace: Workspace, as_of: Day) -> str:
    """Why the date of the list has no scores, in words; empty where it has some."""
    if SCORES.at(workspace, as_of=as_of).exists():
        return ""
    why = "the gate holds it" if GATE.at(workspace).exists() and GATE.read(workspace).held else "nobody is scored yet"
    return f"the list of {as_of} has no scores, because {why}"


def to_cut(evidence: Evidence) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Some snapshots to make features of again, and the features that were written for them.

    The dates are spread over the history and end with that of the list. Half of the accounts are seen to churn, as far
    as there are so many, because it is on those that the future differs most.
    """
    dates = _spread_dates(np.unique(of_column(evidence.snapshots["as_of"])), evidence.as_of)
    here = evidence.features.loc[evidence.features["as_of"].isin(to_column(dates))]
    there = here["account_id"].unique().astype(object)
    churning = np.intersect1d(there, evidence.left_out["account_id"].to_numpy(object))
    some = _drawn(churning, CUT_ACCOUNTS // 2)
    others = _drawn(np.setdiff1d(there, some), CUT_ACCOUNTS - len(some))
    written = here[here["account_id"].isin([*some, *others])]
    return written[KEYS].merge(evidence.snapshots, on=KEYS), written


def _spread_dates(dates: Days, last: Day) -> Days:
    chosen = np.linspace(0, len(dates) - 1, CUT_DATES).round().astype(int)
    return np.union1d(dates[chosen], [last])


def _drawn(accounts: "np.ndarray[tuple[int], np.dtype[np.object_]]", most: int) -> list[str]:
    """Some of the accounts, drawn by a fixed seed; all where there are no more."""
    accounts = np.sort(accounts)
    if len(accounts) <= most:
        return list(accounts)
    return sorted(np.random.default_rng(SEED).choice(accounts, most, replace=False))


def _features(workspace: Workspace, which: list[tuple[str, str, object]]) -> pd.DataFrame:
    return read_features(workspace, filters=which).sort_values(["as_of", "account_id"], ignore_index=True)
