"""Is a feature the churn rate of the group that shares its value? Then it was learned from the labels themselves."""

import numpy as np
import pandas as pd

from churnrisk.doctor.finding import Finding
from churnrisk.store.columns import KEYS

NEAR = 0.05
"""How far values may lie from the rates, as a share of the rates' own spread."""

MOST_GROUPS = 1000
"""A feature with more different values is not a rate of groups: few accounts would share one."""


def target_encoding(features: pd.DataFrame, outcomes: pd.DataFrame) -> list[Finding]:
    """Features whose values are the churn rates of their groups over all time; row by row the same as `outcomes`."""
    return [
        finding
        for name in features
        if name not in KEYS and pd.api.types.is_numeric_dtype(features[name])
        for finding in _encoded(str(name), features, outcomes)
    ]


def _encoded(name: str, features: pd.DataFrame, outcomes: pd.DataFrame) -> list[Finding]:
    values = features[name].dropna()
    distinct = values.unique()
    if not 2 <= len(distinct) <= MOST_GROUPS or distinct.min() < 0 or distinct.max() > 1:
        return []
    for outcome, rates in _rates(name, features, outcomes).items():
        if _is_near(rates):
            return [_finding(name, outcome, rates)]
    return []


def _rates(name: str, features: pd.DataFrame, outcomes: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """By what was counted: a row a group with its `value`, the `rate` at which it churns, and its `size`."""
    rows = outcomes.assign(account_id=features["account_id"].to_numpy(), value=features[name].to_numpy(float))
    by_account = rows.groupby(["value", "account_id"])[list(outcomes)].max().reset_index()
    counted = {"rows that churn in their window": (rows, "in window"), "accounts that ever churn": (by_account, "ever")}
    return {
        words: table.dropna(subset=[outcome]).groupby("value")[outcome].agg(rate="mean", size="size").reset_index()
        for words, (table, outcome) in counted.items()
    }


def _is_near(rates: pd.DataFrame) -> bool:
    if len(rates) < 2 or rates["rate"].nunique() < 2:
        return False
    weight = rates["size"] / rates["size"].sum()
    spread = np.sqrt((weight * (rates["rate"] - (weight * rates["rate"]).sum()) ** 2).sum())
    miss = np.sqrt((weight * (rates["value"] - rates["rate"]) ** 2).sum())
    return bool(miss <= NEAR * spread)


def _finding(name: str, outcome: str, rates: pd.DataFrame) -> Finding:
    most = rates.sort_values("size").iloc[-1]
    return Finding(
        evidence=f"{name} is the share of {outcome}, in each of its {len(rates)} groups: {most['value']:.4f} stands"
        f" where {most['rate']:.4f} of {int(most['size']):,} churned",
        where="data/features",
        fix="give the group itself, as words, and let the model find its rate from what it may learn from",
        feature=name,
    )
