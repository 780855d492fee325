"""Do predictions belong to their own date? They are made again from the features of that date, and compared."""

from dataclasses import replace

import numpy as np
import pandas as pd

from churnrisk.clock import day
from churnrisk.doctor.finding import Finding
from churnrisk.errors import ModelError
from churnrisk.model.log_odds import probability
from churnrisk.model.risk_model import RiskModel
from churnrisk.store.columns import KEYS

SAME = 1e-9
"""Probabilities that differ by less are the same. Two runs of one model give the same bits; Parquet keeps them all."""


def own_date(predicted: pd.DataFrame, features: pd.DataFrame, model: RiskModel, where: str) -> list[Finding]:
    """Predictions that are not what the model gives for the features of their account and date.

    `predicted` has `account_id`, `as_of`, `probability`, and `offset` where each date has levels of segments of its
    own; `features` are those of the same dates at least.
    """
    own = replace(model, offsets=None) if "offset" in predicted else model
    try:
        again = features[KEYS].assign(again=own.log_odds(features)).drop_duplicates(KEYS)
    except ModelError as error:
        return [Finding(evidence=f"predictions can't be made again ({error})", where=where, fix="run `dvc repro`")]
    rows = predicted.merge(again, how="left", on=KEYS)
    offset = rows["offset"].to_numpy() if "offset" in rows else 0.0
    # A row without features has no log-odds, and then no probability.
    rows["again"] = probability((rows["again"] + offset).fillna(0.0)) + rows["again"] * 0
    again["again"] = probability(again["again"])
    wrong = rows[~(np.abs(rows["probability"] - rows["again"]) <= SAME)]
    if wrong.empty:
        return []
    first = wrong.sort_values(KEYS).iloc[0]
    return [
        Finding(
            evidence=f"{len(wrong):,} of {len(rows):,} probabilities are not those of their own date; account"
            f" {first['account_id']} on {day(first['as_of'])} has {first['probability']:.6f}, and its features give"
            f" {first['again']:.6f}{_whose(first, again)}",
            where=where,
            fix="join scores to snapshots on account and date, both, and never on the nearest date; run `dvc repro`",
        )
    ]


def _whose(row: "pd.Series[float]", again: pd.DataFrame) -> str:
    """The date whose features do give the probability, in words."""
    account = again[again["account_id"] == row["account_id"]]
    others = account.loc[np.abs(account["again"] - row["probability"]) <= SAME, "as_of"]
    return f"; those of {day(others.iloc[0])} give it" if len(others) else ""
