"""Judging out-of-time predictions: all of them, by date, by slice, and beside simpler systems."""

from collections.abc import Mapping

import pandas as pd

from churnrisk.clock import day
from churnrisk.metrics.catalogue import METRICS, OF_A_RANKING, OF_PROBABILITIES
from churnrisk.metrics.metric import Numbers, Predictions
from churnrisk.metrics.ranking import bounds, bounds_ahead, resampled
from churnrisk.model.bundle import Figures

FEWEST_CHURNS = 20
"""Churns in a slice below which it is counted and not judged. The standard error of an AUC of 0.8 from 20 churns among
many that stay is about 0.06, so slices with fewer would differ by luck alone."""

SEED = 7
"""Of the bootstrap, so that a rerun gives the same intervals."""

SLICE_KEYS = ["slice", "value", "rows", "churned"]

BOUNDS = ["auc_low", "auc_high", "ap_low", "ap_high"]


def judge(backtest: pd.DataFrame, baselines: Mapping[str, Numbers], resamples: int) -> Figures:
    """Figures of the model and of each baseline on the same rows; of a baseline, by how much the model's AUC is ahead.

    `backtest` has `account_id`, `as_of`, `probability`, `label`; baselines are scores or probabilities of these rows.
    """
    own, label = _predictions(backtest), backtest["label"].to_numpy()
    account, as_of = backtest["account_id"].to_numpy(), backtest["as_of"].to_numpy()

    def ranked(score: Numbers) -> tuple[Figures, Numbers]:
        draws = resampled(label, score, account, resamples, SEED)
        return METRICS.figures(OF_A_RANKING, Predictions(label=label, score=score, as_of=as_of)) | bounds(draws), draws

    model, own_draws = ranked(own.score)
    rivals = {}
    for name, score in baselines.items():
        figures, draws = ranked(score)
        ahead = {"auc_ahead": model["auc"] - figures["auc"], **bounds_ahead(own_draws, draws)}
        rivals[name] = _rounded(figures | ahead)
    return {
        "test": {
            "first_as_of": str(day(as_of.min())),
            "last_as_of": str(day(as_of.max())),
            "rows": len(backtest),
            "accounts": int(backtest["account_id"].nunique()),
            "churned": int(label.sum()),
            "accounts_churned": int(backtest.loc[label == 1, "account_id"].nunique()),
        },
        "model": _rounded(model | METRICS.figures(OF_PROBABILITIES, own)),
        **rivals,
    }


def judge_slices(backtest: pd.DataFrame, slices: Mapping[str, "pd.Series[str]"], resamples: int) -> pd.DataFrame:
    """The same figures by date and by slice: `slice`, `value`, `rows`, `churned`, then the figures and the intervals of
    AUC and average precision over accounts, NaN where churns are few.

    `slices` gives a word for every row of `backtest`, by the name of the slice; categories are kept in their order.
    """
    by = {"as_of": backtest["as_of"].dt.strftime("%Y-%m-%d"), **slices}
    rows = [
        {"slice": name, "value": value, **_slice(backtest[(words == value).to_numpy()], resamples)}
        for name, words in by.items()
        for value in _values(words)
    ]
    return pd.DataFrame(rows, columns=[*SLICE_KEYS, *OF_A_RANKING, *OF_PROBABILITIES, *BOUNDS])


def _values(words: "pd.Series[str]") -> list[str]:
    return [str(each) for each in words.dropna().drop_duplicates().sort_values()]


def _slice(rows: pd.DataFrame, resamples: int) -> Figures:
    label = rows["label"].to_numpy()
    counts: Figures = {"rows": len(rows), "churned": int(label.sum())}
    if label.sum() < FEWEST_CHURNS or (1 - label).sum() < FEWEST_CHURNS:
        return counts
    own = _predictions(rows)
    draws = resampled(label, own.score, rows["account_id"].to_numpy(), resamples, SEED)
    return counts | _rounded(METRICS.figures((*OF_A_RANKING, *OF_PROBABILITIES), own) | bounds(draws))


def _predictions(rows: pd.DataFrame) -> Predictions:
    label, score, as_of = (rows[name].to_numpy() for name in ("label", "probability", "as_of"))
    return Predictions(label=label, score=score, as_of=as_of)


def _rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: round(float(value), 6) for name, value in figures.items()}
