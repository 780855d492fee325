"""Judging out-of-time predictions: all, by period, by slice, and beside simpler systems."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from churnrisk.clock import day
from churnrisk.metrics.calibration import calibration
from churnrisk.metrics.ranking import intervals, ranking

FEWEST = 20
"""A slice with fewer churns than this is counted, and not judged."""

SEED = 7

SLICE_KEYS = ["slice", "value", "rows", "churned"]
SLICE_FIGURES = ["auc", "ap", "lift10", "ece", "log_loss", "brier", "mean_probability", "churn_rate"]

Figures = dict[str, Any]


def judge(backtest: pd.DataFrame, baselines: dict[str, npt.NDArray[np.float64]], resamples: int) -> Figures:
    """Figures of the model and of each baseline on the same rows.

    `backtest` has `account_id`, `as_of`, `probability`, `label`; baselines are scores or probabilities of these rows.
    """
    label, as_of, account = (backtest[name].to_numpy() for name in ("label", "as_of", "account_id"))
    chance = backtest["probability"].to_numpy()
    rivals = {
        name: _rounded(ranking(label, score, as_of) | intervals(label, score, account, resamples, SEED))
        for name, score in baselines.items()
    }
    own = (
        ranking(label, chance, as_of) | intervals(label, chance, account, resamples, SEED) | calibration(label, chance)
    )
    return {
        "test": {
            "first_as_of": str(day(as_of.min())),
            "last_as_of": str(day(as_of.max())),
            "rows": len(backtest),
            "accounts": int(backtest["account_id"].nunique()),
            "churned": int(label.sum()),
            "accounts_left": int(backtest.loc[label == 1, "account_id"].nunique()),
        },
        "model": _rounded(own),
        **rivals,
    }


def judge_slices(backtest: pd.DataFrame, slices: dict[str, "pd.Series[str]"]) -> pd.DataFrame:
    """The same figures by date and by slice: `slice`, `value`, `rows`, `churned`, then the figures, NaN where churns
    are few.

    `slices` gives a word for every row of `backtest`, by the name of the slice.
    """
    by = {"as_of": backtest["as_of"].dt.strftime("%Y-%m-%d"), **slices}
    rows = [
        {"slice": name, "value": value, **_slice(backtest[words == value])}
        for name, words in by.items()
        for value in sorted(words.dropna().unique())
    ]
    return pd.DataFrame(rows, columns=[*SLICE_KEYS, *SLICE_FIGURES])


def _slice(rows: pd.DataFrame) -> Figures:
    label, chance = rows["label"].to_numpy(), rows["probability"].to_numpy()
    counts: Figures = {"rows": len(rows), "churned": int(label.sum())}
    if label.sum() < FEWEST or (1 - label).sum() < FEWEST:
        return counts
    return counts | _rounded(ranking(label, chance, rows["as_of"].to_numpy()) | calibration(label, chance))


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(float(value), 6) for name, value in figures.items()}
