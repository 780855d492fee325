"""Past lists against what happened, as their labels mature: from the archive, and from the tables of today.

Labels are computed here for the dates of the archive, because a scheduled run labels nothing. A list counts from the
day on which its label is mature, by what was known on that day; what the tables learned after `as_of` is not seen.
"""

import json

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from churnrisk.clock import Day, as_date, day, of_column
from churnrisk.dispositions import known_dispositions
from churnrisk.evaluation.calibration import agreement
from churnrisk.evaluation.verdict import FEWEST_CHURNED
from churnrisk.evaluation.warning import DAYS_BEFORE
from churnrisk.labels.hindsight import Hindsight
from churnrisk.metrics.ranking import bounds, resampled
from churnrisk.model.matrix import Numbers
from churnrisk.monitoring.acted import acted, reached
from churnrisk.monitoring.looked import arr_of
from churnrisk.params import Params
from churnrisk.risk_list.groups import TO_CALL, Limits, grouped
from churnrisk.risk_list.outputs.files import RECORD
from churnrisk.store.catalogue.list import Publication
from churnrisk.store.catalogue.monitor import PastList, PastLists
from churnrisk.store.kept_scores import Kept, leading
from churnrisk.store.published import Published
from churnrisk.store.workspace import Workspace

MOST_DATES = 26
"""Dates that are judged, the newest that are mature: half a year of weekly lists tells what the model does lately, and
a longer history does not make a run longer."""

RESAMPLES, SEED = 200, 7
"""Of accounts, for the interval of the AUC; as many as the test has by default."""


def past_rows(workspace: Workspace, params: Params, as_of: Day) -> pd.DataFrame:
    """Every account that an archived list of a mature date knew: `account_id`, `as_of`, `lineage`, `probability`,
    `arr` (NaN: not known), `listed`, `label`, `churned_on`, `matures_on`, and `reached`: did somebody act on it,
    by what was known before `as_of`? Those without a label are left out.
    """
    hindsight = Hindsight.on(workspace, params.churn, as_of)
    kept = [each for each in leading(workspace) if hindsight.is_mature(each.as_of)]
    dates = set(sorted({each.as_of for each in kept})[-MOST_DATES:])
    lists = Published(workspace)
    went_out = {Kept.of(each): each for each in lists.all()}
    parts = [
        _labelled(params, hindsight, rows, each.as_of, _on_list(lists, went_out.get(each)))
        for each in sorted(kept)
        if each.as_of in dates and (rows := each.read(workspace)) is not None
    ]
    if not parts:
        return pd.DataFrame(columns=["lineage", "as_of"])
    rows = pd.concat(parts, ignore_index=True)
    return rows.assign(reached=reached(rows, known_dispositions(workspace, as_of)))


def _on_list(lists: Published, made: Publication | None) -> set[str] | None:
    """The accounts of a list as it went out; None where none did."""
    if made is None:
        return None
    return {str(row["account_id"]) for row in json.loads(lists.files(made)[RECORD])["rows"]}


def _labelled(
    params: Params, hindsight: Hindsight, scores: pd.DataFrame, date: Day, on_it: set[str] | None
) -> pd.DataFrame:
    """The scores of one list with what became of its accounts; `on_it` are those of the list that went out."""
    rows = scores[["account_id", "as_of", "lineage", "probability"]].reset_index(drop=True)
    rows["arr"] = arr_of(hindsight.workspace, date, rows["account_id"])
    rows["listed"] = listed(rows, params) if on_it is None else rows["account_id"].isin(on_it)
    return hindsight.of(rows, date, int(scores["horizon_days"].iloc[0]))


def listed(rows: pd.DataFrame, params: Params) -> "pd.Series[bool]":
    """Which accounts of one date (`account_id`, `probability`, `arr`) a list would have had to be called.

    For scores of which no list went out: what their accounts could decide then, and whose they were, is not kept.
    """
    worth = rows.assign(value_at_risk=rows["probability"] * rows["arr"], owner="", decides_in=np.nan, is_known=True)
    placed = grouped(worth, Limits.of(params))
    return rows["account_id"].isin(placed.loc[placed["group"] == TO_CALL, "account_id"])


def past_lists(rows: pd.DataFrame) -> list[PastList]:
    """Each list, in order of date and model."""
    return [_list(each) for _, each in rows.groupby(["as_of", "lineage"], sort=True)]


def _list(rows: pd.DataFrame) -> PastList:
    own, churned = rows[rows["listed"]], rows["label"] == 1
    ahead = (own["churned_on"] - own["as_of"]).dt.days.dropna()
    priced = bool(rows["arr"].notna().any())
    return PastList(
        as_of=as_date(day(rows["as_of"].iloc[0])),
        lineage=str(rows["lineage"].iloc[0]),
        matured_on=as_date(of_column(rows["matures_on"])[0]),
        accounts=len(rows),
        listed=len(own),
        churned=int(churned.sum()),
        found=int(own["label"].sum()),
        found_expected=round(float(own["probability"].sum()), 2),
        found_by_lot=round(len(own) * float(rows["label"].mean()), 2),
        precision=None if own.empty else round(float(own["label"].mean()), 4),
        churn_rate=round(float(rows["label"].mean()), 4),
        mean_probability=round(float(rows["probability"].mean()), 6),
        arr_lost=round(float(rows.loc[churned, "arr"].sum()), 2) if priced else None,
        arr_lost_on_list=round(float(rows.loc[churned & rows["listed"], "arr"].sum()), 2) if priced else None,
        days_ahead=None if ahead.empty else float(ahead.median()),
    )


def of_model(rows: pd.DataFrame, lineage: str) -> PastLists | None:
    """All lists of one model together; None where none is mature."""
    rows = rows[rows["lineage"] == lineage]
    if rows.empty:
        return None
    account, own = rows["account_id"].to_numpy(object), rows[rows["listed"]]
    label, probability = rows["label"].to_numpy(float), rows["probability"].to_numpy(float)
    enough = len(np.unique(account[label == 1].astype(str))) >= FEWEST_CHURNED
    agrees = agreement(label, probability, account)
    auc = _auc(label, probability, account) if enough else {}
    return PastLists(
        lineage=lineage,
        lists=int(rows["as_of"].nunique()),
        accounts=int(rows["account_id"].nunique()),
        churned=int(agrees["accounts_churned"]),
        listed=len(own),
        found=int(own["label"].sum()),
        found_expected=round(float(own["probability"].sum()), 2),
        found_by_lot=round(float((own["as_of"].map(rows.groupby("as_of")["label"].mean())).sum()), 2),
        auc=auc.get("auc"),
        auc_low=auc.get("auc_low"),
        auc_high=auc.get("auc_high"),
        ratio=round(agrees["ratio"], 4) if enough else None,
        ratio_low=round(agrees["ratio_low"], 4) if enough else None,
        ratio_high=round(agrees["ratio_high"], 4) if enough else None,
        warned=warned(rows),
        acted=acted(rows),
    )


def _auc(label: Numbers, probability: Numbers, account: Numbers) -> dict[str, float]:
    if label.all():
        return {}
    limits = bounds(resampled(label, probability, account, RESAMPLES, SEED))
    figures = {"auc": roc_auc_score(label, probability), "auc_low": limits["auc_low"], "auc_high": limits["auc_high"]}
    return {name: round(float(value), 4) for name, value in figures.items()}


def warned(rows: pd.DataFrame) -> dict[str, float | None]:
    """Of the accounts that churned, the share that stood on a list so many days before; None where none was watched
    that early.

    >>> dates = pd.to_datetime(["2025-01-06", "2025-02-24"])
    >>> rows = pd.DataFrame({"account_id": "a", "as_of": dates, "listed": [True, False], "label": 1.0})
    >>> warned(rows.assign(churned_on=pd.Timestamp("2025-03-15")))
    {'30': 1.0, '60': 1.0, '90': None}
    """
    churned = rows[rows["label"] == 1]
    ahead = (churned["churned_on"] - churned["as_of"]).dt.days
    shares: dict[str, float | None] = {}
    for days in DAYS_BEFORE:
        early = churned[ahead >= days]
        watched, seen = early["account_id"].nunique(), early.loc[early["listed"], "account_id"].nunique()
        shares[str(days)] = round(seen / watched, 4) if watched else None
    return shares
