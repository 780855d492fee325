"""What the checks look at, read from what the pipeline wrote."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from churnrisk.clock import Day, Days, day
from churnrisk.model.bundle import RiskModel
from churnrisk.store.blocks import KEYS, read_features
from churnrisk.store.workspace import Workspace, read_json, read_table

MOST_ACCOUNTS = 10_000
"""Accounts whose features are looked at one by one; of more, so many are drawn. It bounds the memory."""

CUT_ACCOUNTS = 400
CUT_DATES = 5
SEED = 7


@dataclass(frozen=True)
class Evidence:
    """Frames as the stages wrote them. `features` are those of `MOST_ACCOUNTS` accounts at every date, `labels` those
    of every horizon; `test_features` and `list_features` have every account, at the dates of the backtest and of the
    list."""

    snapshots: pd.DataFrame
    left_out: pd.DataFrame
    labels: pd.DataFrame
    features: pd.DataFrame
    test_features: pd.DataFrame
    list_features: pd.DataFrame
    backtest: pd.DataFrame
    scores: pd.DataFrame
    judged: RiskModel
    final: RiskModel
    as_of: Day
    seen_until: Day


def read_evidence(workspace: Workspace) -> Evidence:
    """Everything; raises SourceError or ModelError, with the fix, where a stage has not run."""
    dates = read_json(workspace.snapshots / "as_of.json")
    as_of = day(dates["as_of"])
    snapshots = read_table(workspace.snapshots / "snapshots.parquet")
    backtest = read_table(workspace.reports / "backtest.parquet")
    drawn = _drawn(snapshots["account_id"].unique().astype(object), MOST_ACCOUNTS)
    return Evidence(
        snapshots=snapshots,
        left_out=read_table(workspace.snapshots / "left_out.parquet"),
        labels=read_table(workspace.labels / "labels.parquet"),
        features=_features(workspace, [("account_id", "in", list(drawn))]),
        test_features=_features(workspace, [("as_of", "in", list(backtest["as_of"].unique()))]),
        list_features=_features(workspace, [("as_of", "==", pd.Timestamp(as_of))]),
        backtest=backtest,
        scores=read_table(workspace.scores(as_of) / "scores.parquet"),
        judged=RiskModel.load(workspace.models / "backtest"),
        final=RiskModel.load(workspace.models / "final"),
        as_of=as_of,
        seen_until=day(dates["covered_until"]),
    )


def to_cut(evidence: Evidence) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Some snapshots to make features of again, and the features that were written for them.

    The dates are spread over the history and end with that of the list; half of the accounts are seen to leave, as
    far as there are so many, since it is on those that the future differs most.
    """
    dates = _spread(np.unique(evidence.snapshots["as_of"].to_numpy("M8[D]")), evidence.as_of)
    here = evidence.features.loc[evidence.features["as_of"].isin(dates.astype("M8[us]"))]
    there = here["account_id"].unique().astype(object)
    leaving = np.intersect1d(there, evidence.left_out["account_id"].to_numpy(object))
    some = _drawn(leaving, CUT_ACCOUNTS // 2)
    others = _drawn(np.setdiff1d(there, some), CUT_ACCOUNTS - len(some))
    written = here[here["account_id"].isin([*some, *others])]
    return written[KEYS].merge(evidence.snapshots, on=KEYS), written


def _spread(dates: Days, last: Day) -> Days:
    places = np.linspace(0, len(dates) - 1, CUT_DATES).round().astype(int)
    return np.union1d(dates[places], [last])


def _drawn(accounts: "np.ndarray[tuple[int], np.dtype[np.object_]]", most: int) -> list[str]:
    """Some of the accounts, drawn by a fixed seed; all where there are no more."""
    accounts = np.sort(accounts)
    if len(accounts) <= most:
        return list(accounts)
    return sorted(np.random.default_rng(SEED).choice(accounts, most, replace=False))


def _features(workspace: Workspace, which: list[tuple[str, str, object]]) -> pd.DataFrame:
    return read_features(workspace, filters=which).sort_values(["as_of", "account_id"], ignore_index=True)
