"""The list as JSON for other systems: complete, with the meaning of every key beside the values."""

import datetime as dt
from dataclasses import asdict
from typing import Any

from churnrisk.risk_list.structure import RiskList

FORMAT = "churnrisk risk list 1"

MEANING = {
    "format": "name and version of this format; the version changes when a key is renamed or goes",
    "as_of": "date of the list; it sees what was known before this day, UTC",
    "lead_days": "days from as_of in which leaving is not counted, for they are too late to act on",
    "horizon_days": "days after these in which leaving counts",
    "leaves_from": "first day that the probability speaks of",
    "leaves_to": "last day that the probability speaks of",
    "rank_by": "what the rows are ranked by",
    "currency": "symbol of all amounts",
    "accounts_watched": "accounts that were scored",
    "expected_churns": "sum of the probabilities of all accounts watched",
    "revenue_at_risk": "sum of probability x ARR, a year; of all accounts watched, or of one owner's",
    "revenue_at_risk_on_list": "the part of revenue_at_risk that is on the list",
    "previous_as_of": "date of the list that changes are measured from; null where there is none",
    "rows": "the list, first to call first",
    "owners": "totals by owner",
    "in_notice": "accounts that have said they leave; not on the list",
    "left_out": "accounts not watched, counted by rule",
    "model": "where the probabilities come from",
    "notes": "sentences that a reader should know",
    "warnings": "sentences that a reader must know before using the list; empty in an ordinary week",
    "rank": "1 is the first to call",
    "account_id": "the account's own key",
    "name": "what people call the account; its key where it has no name",
    "owner": "who looks after it, or 'no owner'",
    "segment": "the group of accounts that it is compared with; empty where not known",
    "plan": "what it has bought; empty where not known",
    "arr": "recurring revenue a year; null where not known",
    "value_at_risk": "probability x ARR; null where the ARR is not known",
    "renews_on": "next renewal; null where there is none",
    "days_to_renewal": "days from as_of to the renewal",
    "probability": "that the account leaves from leaves_from to leaves_to, 0 to 1",
    "probability_before": "the same on the list before; null where it was not scored then",
    "change": "probability less probability_before, in percentage points",
    "moved": "which theme moved most, in words; empty where nothing stands out",
    "reasons": "what raises the risk, strongest first",
    "protects": "what lowers the risk most; null where nothing does",
    "sentence": "a fact about the account",
    "theme": "what the reason is about",
    "feature": "the feature that the sentence states",
    "odds": "factor by which the theme changes the odds of leaving",
    "ladder": "probability of leaving by horizon in days, each counted from leaves_from",
    "usage": "weekly totals, oldest first, the last ends the day before as_of; null before the account began",
    "accounts_on_list": "how many of the owner's accounts are on the list",
    "ended_on": "first day without us; null where not known",
    "lineage": "names the run that made the model",
    "trained_through": "last day that the model learnt from",
    "auc": "area under the ROC curve in the out-of-time backtest; null where there was none",
    "lift": "how many times as often as the average the riskiest tenth left in the backtest; null where there was none",
}
"""What each key of the JSON file means."""


def record(risk_list: RiskList) -> dict[str, Any]:
    """The list as plain values: ISO dates, null where nothing is known, never NaN."""
    found = asdict(risk_list)
    found["left_out"] = dict(risk_list.left_out)
    for row in found["rows"]:
        row["ladder"] = {str(days): probability for days, probability in row["ladder"]}
    return {"format": FORMAT, **_plain(found), "meaning": MEANING}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, dt.date) else value
